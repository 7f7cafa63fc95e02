#include "wire/pattern.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "wire/operation.h"

namespace claviger::wire {
namespace {

void CollectPatterns(const Shape& shape, std::set<const Pattern*>& found, std::set<const Shape*>& seen) {
  if (!seen.insert(&shape).second) return;
  if (shape.pattern != nullptr) found.insert(shape.pattern);
  if (shape.element != nullptr) CollectPatterns(*shape.element, found, seen);
  if (shape.key != nullptr) CollectPatterns(*shape.key, found, seen);
  for (const Member& member : shape.members) {
    if (member.check != nullptr) found.insert(member.check->pattern);
    CollectPatterns(*member.shape, found, seen);
  }
}

std::set<const Pattern*> AllPatterns() {
  std::set<const Pattern*> found;
  std::set<const Shape*> seen;
  for (const ServiceInfo* service : Services()) {
    for (const OperationInfo& operation : service->operations) {
      CollectPatterns(*operation.request, found, seen);
      CollectPatterns(*operation.response, found, seen);
    }
  }
  return found;
}

const Pattern& PatternWithText(std::string_view text) {
  for (const Pattern* pattern : AllPatterns()) {
    if (pattern->text == text) return *pattern;
  }
  ADD_FAILURE() << "no pattern " << text;
  static const Pattern kNone = {.text = "", .re2 = ""};
  return kNone;
}

TEST(Pattern, EveryOneOfTheModelsCompiles) {
  const auto patterns = AllPatterns();
  EXPECT_GT(patterns.size(), 30U);
  for (const Pattern* pattern : patterns) EXPECT_TRUE(Compiles(*pattern)) << pattern->text << "\n" << pattern->re2;
}

TEST(Pattern, MatchesTheWholeTextOnly) {
  const Pattern& pattern = PatternWithText(R"(v[1-9][0-9]*(\.[A-Za-z0-9-]*)?)");
  EXPECT_TRUE(Matches(pattern, "v12"));
  EXPECT_TRUE(Matches(pattern, "v1.x-y"));
  EXPECT_FALSE(Matches(pattern, "v12 "));
  EXPECT_FALSE(Matches(pattern, "v12\n"));
  EXPECT_FALSE(Matches(pattern, "xv12"));
}

TEST(Pattern, ReadsUnicodeEscapesAsCodePoints) {
  const Pattern& latin = PatternWithText(R"([\u0009\u000A\u000D\u0020-\u00FF]+)");
  EXPECT_TRUE(Matches(latin, "tab\t line\n \xC3\xBF"));
  EXPECT_FALSE(Matches(latin, "\xC4\x80"));
  EXPECT_FALSE(Matches(latin, std::string_view("\0", 1)));
  const Pattern& all =
      PatternWithText(R"([\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+)");
  EXPECT_TRUE(Matches(all, "\xF0\x9F\xA6\x8A"));
  EXPECT_FALSE(Matches(all, "\x7F"));
}

TEST(Pattern, TakesWordCharactersAsAscii) {
  const Pattern& name = PatternWithText(R"([\w+=,.@-]+)");
  EXPECT_TRUE(Matches(name, "A_z9+=,.@-"));
  EXPECT_FALSE(Matches(name, "\xC3\xBC"));
}

TEST(Pattern, TakesLettersOfTagsAsUnicode) {
  const Pattern& key = PatternWithText(R"([\p{L}\p{Z}\p{N}_.:/=+\-@]+)");
  EXPECT_TRUE(Matches(key, "\xC3\xBC\xE2\x85\xA7 a/b"));
  EXPECT_FALSE(Matches(key, "a*"));
}

TEST(Pattern, KeepsTheMeaningOfTheAliasesLookahead) {
  const Pattern& alias = PatternWithText("^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$");
  for (const char* good : {"abc", "a-b", "a-b-c", "0a9"}) EXPECT_TRUE(Matches(alias, good)) << good;
  for (const char* bad : {"ab", "-ab", "ab-", "a--b", "aBc", ""}) EXPECT_FALSE(Matches(alias, bad)) << bad;
  EXPECT_TRUE(Matches(alias, std::string(63, 'a')));
  EXPECT_FALSE(Matches(alias, std::string(64, 'a')));
}

}  // namespace
}  // namespace claviger::wire
