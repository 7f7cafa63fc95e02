#include "codec/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace claviger::codec {
namespace {

using ::testing::HasSubstr;

JsonDocument Parsed(std::string_view text) {
  auto document = ParseJson(text);
  EXPECT_TRUE(document.ok()) << text << ": " << document.error().message;
  return std::move(document).value();
}

JsonError Refused(std::string_view text, const JsonLimits& limits = {}) {
  const auto document = ParseJson(text, limits);
  EXPECT_FALSE(document.ok()) << text;
  return document.ok() ? JsonError{} : document.error();
}

TEST(ParseJson, ReadsEveryKindOfValue) {
  const JsonDocument document = Parsed(R"({"a": [1, -2.50e+3, true, false, null, "x"], "b": {}})");
  const JsonValue& root = document.root();
  ASSERT_TRUE(root.IsObject());
  const JsonValue& a = *root.Find("a");
  ASSERT_EQ(a.items.size(), 6U);
  EXPECT_EQ(a.items[0].kind, JsonKind::kNumber);
  EXPECT_EQ(a.items[1].text, "-2.50e+3");
  EXPECT_EQ(a.items[2].kind, JsonKind::kBool);
  EXPECT_EQ(a.items[3].text, "false");
  EXPECT_EQ(a.items[4].kind, JsonKind::kNull);
  EXPECT_EQ(a.items[5].text, "x");
  EXPECT_TRUE(root.Find("b")->IsObject());
  EXPECT_EQ(root.Find("c"), nullptr);
}

TEST(ParseJson, UndoesEscapes) {
  const JsonDocument document = Parsed(R"(["a\"\\\/\b\f\n\r\tz", "\u00e9\u20AC\ud83D\ude00", "plain"])");
  EXPECT_EQ(document.root().items[0].text, "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(document.root().items[1].text, "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(document.root().items[2].text, "plain");
}

TEST(ParseJson, KeepsViewsValidWhenMoved) {
  JsonDocument document = Parsed(R"(["\n1", "2"])");
  const JsonDocument moved = std::move(document);
  EXPECT_EQ(moved.root().items[0].text, "\n1");
  EXPECT_EQ(moved.root().items[1].text, "2");
}

TEST(ParseJson, TellsWhereValuesAre) {
  const JsonDocument document = Parsed("{\n  \"\xC3\xA9\": [ 1,\n 22]}");
  const JsonMember& member = document.root().members[0];
  EXPECT_EQ(member.begin, (TextPosition{4, 2, 3}));
  EXPECT_EQ(member.value.begin, (TextPosition{10, 2, 8}));
  EXPECT_EQ(member.value.items[0].lead, (TextPosition{11, 2, 9}));
  EXPECT_EQ(member.value.items[0].begin, (TextPosition{12, 2, 10}));
  EXPECT_EQ(member.value.items[1].lead, (TextPosition{14, 2, 12}));
  EXPECT_EQ(member.value.items[1].begin, (TextPosition{16, 3, 2}));
  EXPECT_EQ(member.value.items[1].end, (TextPosition{18, 3, 4}));
  EXPECT_EQ(member.value.end, (TextPosition{19, 3, 5}));
}

TEST(ParseJson, RefusesWhatTheGrammarDoesNotKnow) {
  for (const std::string_view text : {"",        " ",     "{",       "[",           "[1,]",     "{\"a\":1,}",
                                      "{\"a\"}", "{a:1}", "{'a':1}", "01",          "1.",       ".5",
                                      "+1",      "-",     "1e",      "tru",         "True",     "nul",
                                      "NaN",     "\"",    "\"\\x\"", "\"\\u12g4\"", "\"\\u123", "[1 2]",
                                      "1 2",     "{} {}", "// x\n1", "[1]]",        "\"\t\"",   "\xEF\xBB\xBF{}"}) {
    EXPECT_EQ(Refused(text).kind, JsonErrorKind::kSyntax) << text;
  }
}

TEST(ParseJson, RefusesANulByteBetweenValues) {
  EXPECT_EQ(Refused(std::string_view("[1\0]", 4)).kind, JsonErrorKind::kSyntax);
  EXPECT_EQ(Refused(std::string_view("1\0", 2)).kind, JsonErrorKind::kSyntax);
  EXPECT_EQ(Refused(std::string_view("\"\\\0\"", 4)).kind, JsonErrorKind::kSyntax);
}

TEST(ParseJson, RefusesTextThatIsNotUtf8) {
  for (const std::string_view text :
       {"\"\x80\"", "\"\xC0\x80\"", "\"\xC3\"", "\"\xE0\x80\x80\"", "\"\xED\xA0\x80\"", "\"\xF0\x80\x80\x80\"",
        "\"\xF4\x90\x80\x80\"", "\"\xF5\x80\x80\x80\"", "\"\xFF\""}) {
    EXPECT_THAT(Refused(text).message, HasSubstr("UTF-8")) << text;
  }
}

TEST(ParseJson, RefusesLonelySurrogates) {
  for (const std::string_view text :
       {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")", R"("\ud800\n")"}) {
    EXPECT_FALSE(ParseJson(text).ok()) << text;
  }
}

TEST(ParseJson, RefusesDuplicateNamesEvenWhenEscapesHideThem) {
  const JsonError error = Refused(R"({"a": 1, "\u0061": 2})");
  EXPECT_EQ(error.kind, JsonErrorKind::kDuplicateName);
  EXPECT_EQ(error.position.column, 10U);
}

TEST(ParseJson, FindsADuplicateAmongManyNames) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) text += '"' + std::to_string(i) + "\": 0, ";
  EXPECT_EQ(Refused(text + "\"500\": 1}").kind, JsonErrorKind::kDuplicateName);
  EXPECT_TRUE(ParseJson(text + "\"x\": 1}").ok());
}

TEST(ParseJson, BoundsDepthAndSize) {
  const std::string deep = std::string(100'000, '[');
  EXPECT_EQ(Refused(deep).kind, JsonErrorKind::kTooDeep);
  EXPECT_TRUE(ParseJson("[[1]]", {.depth_max = 2}).ok());
  EXPECT_EQ(Refused("[[[1]]]", {.depth_max = 2}).kind, JsonErrorKind::kTooDeep);
  EXPECT_EQ(Refused("[1]", {.bytes_max = 2}).kind, JsonErrorKind::kTooLarge);
}

TEST(ParseJson, NamesThePlaceOfAnError) {
  const JsonError error = Refused("{\n \"a\" 1}");
  EXPECT_EQ(error.message, "expected `:`");
  EXPECT_EQ(error.position, (TextPosition{7, 2, 6}));
}

}  // namespace
}  // namespace claviger::codec
