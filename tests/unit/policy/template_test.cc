#include "policy/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/parse.h"

namespace claviger::policy {
namespace {

using ::testing::ElementsAre;

constexpr TemplateRules kBoth{.variables = true, .wildcards = true};

Piece Text(std::string text) { return {PieceKind::kText, std::move(text), {}}; }
Piece Variable(std::string key, std::optional<std::string> fallback = {}) {
  return {PieceKind::kVariable, std::move(key), std::move(fallback)};
}
const Piece kRun{PieceKind::kAnyRun, "", {}};
const Piece kOne{PieceKind::kAnyOne, "", {}};

TEST(SplitTemplate, FindsWildcardsAndVariables) {
  EXPECT_THAT(SplitTemplate("home/${aws:username}/**?", kBoth),
              ElementsAre(Text("home/"), Variable("aws:username"), Text("/"), kRun, kOne));
  EXPECT_THAT(SplitTemplate("", kBoth), ElementsAre());
}

TEST(SplitTemplate, TakesOnlyWhatTheRulesName) {
  EXPECT_THAT(SplitTemplate("a*${x}", {.variables = true}), ElementsAre(Text("a*"), Variable("x")));
  EXPECT_THAT(SplitTemplate("a*${x}", {.wildcards = true}), ElementsAre(Text("a"), kRun, Text("${x}")));
  EXPECT_THAT(SplitTemplate("a*${*}", {}), ElementsAre(Text("a*${*}")));
}

TEST(SplitTemplate, UndoesEscapes) {
  EXPECT_THAT(SplitTemplate("${*}a${?}b${$}{x}", kBoth), ElementsAre(Text("*a?b${x}")));
}

TEST(SplitTemplate, ReadsDefaults) {
  EXPECT_THAT(SplitTemplate("${aws:PrincipalTag/team, 'company-wide'}", kBoth),
              ElementsAre(Variable("aws:PrincipalTag/team", "company-wide")));
  EXPECT_THAT(SplitTemplate("${ k ,'a}, *b' }x", kBoth), ElementsAre(Variable("k", "a}, *b"), Text("x")));
  EXPECT_THAT(SplitTemplate("${k,''}", kBoth), ElementsAre(Variable("k", "")));
}

TEST(SplitTemplate, NeverResolvesABrokenDefault) {
  EXPECT_THAT(SplitTemplate("${k, x}", kBoth), ElementsAre(Variable("k, x")));
  EXPECT_THAT(SplitTemplate("${k, 'x' y}", kBoth), ElementsAre(Variable("k, 'x' y")));
  EXPECT_THAT(SplitTemplate("${}", kBoth), ElementsAre(Variable("")));
}

TEST(SplitTemplate, ReadsAnUnclosedVariableAsText) {
  EXPECT_THAT(SplitTemplate("a${b*", kBoth), ElementsAre(Text("a${b"), kRun));
  EXPECT_THAT(SplitTemplate("${k, 'x'", kBoth), ElementsAre(Text("${k, 'x'")));
  EXPECT_THAT(SplitTemplate("$", kBoth), ElementsAre(Text("$")));
}

TEST(ResourceVariablesBegin, IsBehindTheFifthColon) {
  EXPECT_EQ(ResourceVariablesBegin("a:b:c:d:e:f:g"), 10U);
  EXPECT_EQ(ResourceVariablesBegin("a:b:c"), 5U);
}

TEST(ContextKeysOf, ListsEveryKeyOnce) {
  const auto document = Parse(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*",
      "Resource": "arn:aws:s3:::b/${aws:username}", "Condition": {
        "StringEquals": {"aws:UserName": "x", "s3:prefix": ["${aws:userid}", "${x, 'y'}"]},
        "NumericEquals": {"n": "${not:read}"}, "Null": {"aws:TokenIssueTime": "true"}}}]})",
                              Kind::kAny);
  EXPECT_THAT(ContextKeysOf(**document),
              ElementsAre("aws:username", "s3:prefix", "aws:userid", "x", "n", "aws:TokenIssueTime"));
}

TEST(ContextKeysOf, KnowsNoVariablesInTheOldVersion) {
  const auto document = Parse(
      R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}"}})", Kind::kAny);
  EXPECT_THAT(ContextKeysOf(**document), ElementsAre());
}

}  // namespace
}  // namespace claviger::policy
