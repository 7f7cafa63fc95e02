#include "ops/iam/delegation_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "policy/parse.h"

namespace claviger::ops::iam {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Of statements whose quotation marks may be single ones.
std::string Summary(std::string statements, std::chrono::seconds duration = std::chrono::hours(1),
                    const std::string& provider_name = {}) {
  std::ranges::replace(statements, '\'', '"');
  const auto document =
      policy::Parse(R"({"Version":"2012-10-17","Statement":[)" + statements + "]}", policy::Kind::kSession);
  EXPECT_TRUE(document.ok()) << document.error().reason;
  return SummarizeDelegation(
      {.provider = *AccountId::Parse("123456789012"), .provider_name = provider_name, .session_duration = duration},
      **document, directory::BuiltinServices());
}

TEST(SummarizeDelegation, TellsServicesLevelsAndConditions) {
  EXPECT_THAT(
      Summary("{'Effect':'Allow','Action':['iam:CreateRole','iam:GetRole','sts:AssumeRole'],'Resource':'*','Condition':"
              "{'StringEquals':{'iam:PermissionsBoundary':'arn:aws:iam::aws:policy/ReadOnlyAccess'},'Null':"
              "{'aws:RequestTag/team':'false'}}},{'Effect':'Deny','Action':'s3:*','NotResource':'arn:aws:s3:::b'}"),
      HasSubstr(
          "### What it may do\n\n"
          "1. AWS Identity and Access Management (`iam`) and AWS Security Token Service (`sts`): to read and write\n"
          "   - actions: `iam:CreateRole`, `iam:GetRole`, `sts:AssumeRole`\n"
          "   - on resources: `*`\n"
          "   - only if: `iam:PermissionsBoundary` StringEquals `arn:aws:iam::aws:policy/ReadOnlyAccess`\n"
          "   - only if: `aws:RequestTag/team` Null `false`\n"
          "\n### What it may not do\n\n"
          "1. `s3`\n   - actions: `s3:*`\n   - on all resources but: `arn:aws:s3:::b`\n"
          "\nRoles that it makes stay when its access has ended. They can never do more than "
          "`arn:aws:iam::aws:policy/ReadOnlyAccess` allows.\n"));
}

TEST(SummarizeDelegation, TellsWhatIsLeftOut) {
  EXPECT_THAT(Summary("{'Effect':'Deny','NotAction':['s3:*'],'Resource':'*'}"),
              HasSubstr("1. Every action of every service but those below\n   - not these actions: `s3:*`\n"));
  EXPECT_THAT(Summary("{'Effect':'Deny','Action':'*','Resource':'*'}"),
              HasSubstr("1. All services: to list, read, write, tag and manage permissions"));
}

TEST(SummarizeDelegation, TellsWhoAndForHowLong) {
  const std::string statement = "{'Effect':'Allow','Action':'s3:GetObject','Resource':'*'}";
  EXPECT_THAT(Summary(statement), StartsWith("Account `123456789012` asks to act in your place for 1 hour, "));
  EXPECT_THAT(Summary(statement, std::chrono::seconds(43200)), HasSubstr(" for 12 hours, "));
  EXPECT_THAT(Summary(statement, std::chrono::seconds(5461)), HasSubstr(" for 1 hour, 31 minutes and 1 second, "));
  EXPECT_THAT(Summary(statement, std::chrono::seconds(300)), HasSubstr(" for 5 minutes, "));
}

TEST(SummarizeDelegation, LetsNothingOutOfItsCode) {
  EXPECT_THAT(Summary("{'Effect':'Allow','Action':'s3:GetObject','Resource':'arn:aws:s3:::a`](https://evil)`'}",
                      std::chrono::hours(1), "Ac`me"),
              testing::AllOf(HasSubstr("`arn:aws:s3:::a'](https://evil)'`"), StartsWith("`Ac'me` (account ")));
}

}  // namespace
}  // namespace claviger::ops::iam
