#include "wire/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "gen/iam/operations.h"
#include "gen/sts/operations.h"
#include "wire/limits.h"

namespace claviger::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

codec::Form FormOf(std::string_view text) {
  auto form = ParseForm("", text);
  EXPECT_TRUE(form.ok());
  return std::move(form).value();
}

template <class Operation>
typename Operation::Request Decoded(std::string_view text) {
  auto request = Decode<Operation>(FormOf(text));
  EXPECT_TRUE(request.ok()) << request.error().message;
  return request.ok() ? std::move(request).value() : typename Operation::Request();
}

template <class Operation>
Error Refused(std::string_view text) {
  const auto request = Decode<Operation>(FormOf(text));
  EXPECT_FALSE(request.ok()) << text;
  return request.ok() ? Error{} : request.error();
}

const Error kMalformedInput = {ErrorCode::kMalformedInput, ""};

TEST(Decode, ReadsScalarsAndLeavesTheRestAbsent) {
  const auto request = Decoded<gen::iam::api::CreateUser>("Action=CreateUser&UserName=eve&Path=/a/");
  EXPECT_EQ(request.user_name, "eve");
  EXPECT_THAT(request.path, Optional(std::string("/a/")));
  EXPECT_EQ(request.permissions_boundary, std::nullopt);
  EXPECT_EQ(request.tags, std::nullopt);
}

TEST(Decode, ReadsNumbersAndBooleans) {
  const auto request = Decoded<gen::iam::api::UpdateAccountPasswordPolicy>(
      "MinimumPasswordLength=8&RequireSymbols=true&RequireNumbers=False");
  EXPECT_THAT(request.minimum_password_length, Optional(8));
  EXPECT_THAT(request.require_symbols, Optional(true));
  EXPECT_THAT(request.require_numbers, Optional(false));
  EXPECT_EQ(request.hard_expiry, std::nullopt);
}

TEST(Decode, AnswersMalformedInputToWhatIsNoNumberOrBoolean) {
  for (const char* text :
       {"MaxItems=ten", "MaxItems=", "MaxItems=1x", "MaxItems=1.5", "MaxItems=%201", "MaxItems=2147483648"}) {
    EXPECT_EQ(Refused<gen::iam::api::ListUsers>(text), kMalformedInput) << text;
  }
  EXPECT_EQ(Refused<gen::iam::api::UpdateAccountPasswordPolicy>("RequireSymbols=yes"), kMalformedInput);
}

TEST(Decode, ReadsAListOfStructuresInTheOrderOfItsNumbers) {
  const auto request = Decoded<gen::iam::api::TagUser>(
      "UserName=u&Tags.member.10.Key=c&Tags.member.10.Value=3&Tags.member.9.Key=b&Tags.member.9.Value=2&"
      "Tags.member.1.Value=1&Tags.member.1.Key=a");
  EXPECT_THAT(request.tags,
              ElementsAre(gen::iam::Tag{.key = "a", .value = "1"}, gen::iam::Tag{.key = "b", .value = "2"},
                          gen::iam::Tag{.key = "c", .value = "3"}));
}

TEST(Decode, ReadsAListOfScalarsAcrossGaps) {
  const auto request =
      Decoded<gen::iam::api::UntagUser>("UserName=u&TagKeys.member.7=z&TagKeys.member.2=y&TagKeys.member.11=x");
  EXPECT_THAT(request.tag_keys, ElementsAre("y", "z", "x"));
}

TEST(Decode, TellsAnEmptyListFromAnAbsentOne) {
  EXPECT_THAT(Decoded<gen::iam::api::CreateUser>("UserName=u&Tags=").tags, Optional(IsEmpty()));
  EXPECT_EQ(Decoded<gen::iam::api::CreateUser>("UserName=u").tags, std::nullopt);
}

TEST(Decode, IgnoresWhatItDoesNotKnow) {
  const auto request = Decoded<gen::iam::api::UntagUser>(
      "UserName=u&Bogus=1&TagKeys.member.1=a&TagKeys.member.x=b&TagKeys.member.01=c&TagKeys.member.2.Key=d&"
      "TagKeys.member.=e&TagKeys.member.1234567890=f&TagKeys.member.-1=g&TagKeys.1=h");
  EXPECT_THAT(request.tag_keys, ElementsAre("a"));
}

TEST(Decode, ReadsListsWithinStructuresWithinLists) {
  const auto request = Decoded<gen::iam::api::SimulatePrincipalPolicy>(
      "PolicySourceArn=arn:aws:iam::123456789012:user/u&ActionNames.member.1=s3:GetObject&"
      "ContextEntries.member.1.ContextKeyName=aws:username&ContextEntries.member.1.ContextKeyType=stringList&"
      "ContextEntries.member.1.ContextKeyValues.member.1=a&ContextEntries.member.1.ContextKeyValues.member.2=b");
  ASSERT_TRUE(request.context_entries.has_value());
  ASSERT_EQ(request.context_entries->size(), 1U);
  EXPECT_THAT(request.context_entries->front().context_key_values, Optional(ElementsAre("a", "b")));
}

TEST(Decode, ReadsNestedStructures) {
  const auto request = Decoded<gen::sts::api::AssumeRoot>(
      "TargetPrincipal=123456789012&TaskPolicyArn.arn=arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials");
  EXPECT_THAT(request.task_policy_arn.arn, Optional(HasSubstr("root-task")));
}

TEST(Decode, NamesAMissingStructureOnce) {
  EXPECT_EQ(Refused<gen::sts::api::AssumeRoot>("TargetPrincipal=123456789012").message,
            "1 validation error detected: Value null at 'taskPolicyArn' failed to satisfy constraint: Member must not "
            "be null");
}

TEST(Decode, ReadsSessionPoliciesByTheirLowerCaseMember) {
  const auto request = Decoded<gen::sts::api::AssumeRole>(
      "RoleArn=arn:aws:iam::123456789012:role/r&RoleSessionName=ss&PolicyArns.member.1.arn=arn:aws:iam::aws:policy/P");
  ASSERT_TRUE(request.policy_arns.has_value());
  EXPECT_THAT(request.policy_arns->front().arn, Optional(std::string("arn:aws:iam::aws:policy/P")));
}

TEST(Decode, NamesAtMostItsLimitOfViolations) {
  std::string text = "UserName=u";
  for (int index = 1; index <= 50; ++index) text += "&Tags.member." + std::to_string(index) + ".x=";
  text += "&Tags.member.51=";
  EXPECT_THAT(Refused<gen::iam::api::TagUser>(text).message, testing::StartsWith("100 validation errors detected: "));
}

TEST(ParseForm, ReadsQueryStringAndBody) {
  const auto form = ParseForm("Action=GetUser", "UserName=eve");
  ASSERT_TRUE(form.ok());
  EXPECT_TRUE(form->Find("Action").has_value());
  EXPECT_TRUE(form->Find("UserName").has_value());
}

TEST(ParseForm, RefusesWhatIsNoForm) {
  const auto form = ParseForm("Action=%", "");
  ASSERT_FALSE(form.ok());
  EXPECT_EQ(form.error().code, ErrorCode::kMalformedQueryString);
}

TEST(ParseForm, RefusesTooManyParameters) {
  std::string text;
  for (std::size_t index = 0; index <= kParametersMax; ++index) text += "a&";
  const auto form = ParseForm("", text);
  ASSERT_FALSE(form.ok());
  EXPECT_EQ(form.error().code, ErrorCode::kRequestEntityTooLarge);
}

}  // namespace
}  // namespace claviger::wire
