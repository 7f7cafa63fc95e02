#include "codec/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace claviger::codec {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Optional;

constexpr FormLimits kLimits = {.encoded_bytes_max = 1000, .parameters_max = 5};

Form Parsed(std::string_view text) {
  auto form = Form::Parse({text}, kLimits);
  EXPECT_TRUE(form.ok()) << text;
  return form.ok() ? std::move(form).value() : Form();
}

FormError Refused(std::string_view text) {
  const auto form = Form::Parse({text}, kLimits);
  EXPECT_FALSE(form.ok()) << text;
  return form.error();
}

TEST(Form, DecodesNamesAndValues) {
  const Form form = Parsed("Action=ListUsers&a%2Eb=x+y%20z%2B&%C3%BC=%e2%82%ac");
  EXPECT_THAT(form.Find("Action"), Optional(std::string_view("ListUsers")));
  EXPECT_THAT(form.Find("a.b"), Optional(std::string_view("x y z+")));
  EXPECT_THAT(form.Find("\xC3\xBC"), Optional(std::string_view("\xE2\x82\xAC")));
  EXPECT_EQ(form.Find("action"), std::nullopt);
}

TEST(Form, TellsAnEmptyValueFromAMissingName) {
  const Form form = Parsed("Tags=&Flag&&");
  EXPECT_THAT(form.Find("Tags"), Optional(std::string_view("")));
  EXPECT_THAT(form.Find("Flag"), Optional(std::string_view("")));
  EXPECT_EQ(form.Find(""), std::nullopt);
  EXPECT_EQ(form.parameters().size(), 2U);
}

TEST(Form, KeepsEverythingBehindTheFirstEqualsSign) {
  EXPECT_THAT(Parsed("Doc=a=b==").Find("Doc"), Optional(std::string_view("a=b==")));
}

TEST(Form, FindsTheFirstOfRepeatedNames) {
  const Form form = Parsed("b=1&a=2&b=3&a=4");
  EXPECT_THAT(form.Find("a"), Optional(std::string_view("2")));
  EXPECT_THAT(form.Find("b"), Optional(std::string_view("1")));
}

TEST(Form, PutsTheQueryStringBeforeTheBody) {
  const auto form = Form::Parse({"Action=Query", "Action=Body&x=1"}, kLimits);
  ASSERT_TRUE(form.ok());
  EXPECT_THAT(form->Find("Action"), Optional(std::string_view("Query")));
  EXPECT_THAT(form->Find("x"), Optional(std::string_view("1")));
}

TEST(Form, FindsByPrefix) {
  const Form form = Parsed("L.member.2=b&L.member.10=c&L.member.1=a&L=&M=x");
  const auto names = form.WithPrefix("L.member.");
  EXPECT_THAT(names, ElementsAre(Field(&FormParameter::name, "L.member.1"), Field(&FormParameter::name, "L.member.10"),
                                 Field(&FormParameter::name, "L.member.2")));
  EXPECT_THAT(form.WithPrefix("N"), IsEmpty());
  EXPECT_EQ(form.WithPrefix("").size(), 5U);
}

TEST(Form, KeepsItsViewsWhenMoved) {
  Form first = Parsed("a=1");
  const Form second = std::move(first);
  EXPECT_THAT(second.Find("a"), Optional(std::string_view("1")));
}

TEST(Form, RefusesBadEscapes) {
  EXPECT_EQ(Refused("a=%"), FormError::kBadEscape);
  EXPECT_EQ(Refused("a=%4"), FormError::kBadEscape);
  EXPECT_EQ(Refused("a=%4&b=1"), FormError::kBadEscape);
  EXPECT_EQ(Refused("%zz=1"), FormError::kBadEscape);
}

TEST(Form, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ(Refused("a=%FF"), FormError::kBadUtf8);
  EXPECT_EQ(Refused("a=%C0%80"), FormError::kBadUtf8);          // Overlong.
  EXPECT_EQ(Refused("a=%ED%A0%80"), FormError::kBadUtf8);       // A surrogate.
  EXPECT_EQ(Refused("%F4%90%80%80=1"), FormError::kBadUtf8);    // Beyond U+10FFFF.
  EXPECT_EQ(Refused("a=%E2%82&b=%AC"), FormError::kBadUtf8);    // Not across parameters.
  EXPECT_EQ(Refused("a=12345678%E2%82"), FormError::kBadUtf8);  // Cut off behind a block of ASCII.
}

TEST(Form, HoldsItsLimits) {
  EXPECT_EQ(Parsed("a=1&b=2&c=3&d=4&e=5").parameters().size(), 5U);
  EXPECT_EQ(Refused("a=1&b=2&c=3&d=4&e=5&f=6"), FormError::kTooManyParameters);
  EXPECT_EQ(Parsed("a=" + std::string(998, 'x')).Find("a")->size(), 998U);
  EXPECT_EQ(Refused("a=" + std::string(999, 'x')), FormError::kTooLarge);
  EXPECT_EQ(Parsed(std::string(1000, '&')).parameters().size(), 0U);
}

}  // namespace
}  // namespace claviger::codec
