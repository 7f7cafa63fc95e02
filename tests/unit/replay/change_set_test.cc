#include "replay/change_set.h"

#include <gmock/gmock.h>

#include "unit/replay/replay_fixture.h"

namespace claviger::replay {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using ::testing::HasSubstr;

std::string WhyNot(std::string_view text) {
  const auto parsed = ParseChangeSet(text);
  return parsed.ok() ? "it is one" : parsed.error();
}

TEST(ParseChangeSet, ReadsCallsWithTheirAccountsAndDocuments) {
  const auto calls = ParseChangeSet(R"({"Account": "111122223333", "Changes": [
      {"PutUserPolicy": {"UserName": "bob", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}},
      {"organizations:DetachPolicy": {"PolicyId": "p-1"}, "Account": "444455556666"}]})");
  ASSERT_TRUE(calls.ok()) << calls.error();
  ASSERT_EQ(calls->size(), 2U);
  EXPECT_EQ(calls->front().operation->name, "PutUserPolicy");
  EXPECT_EQ(calls->front().account->ToString(), "111122223333");
  EXPECT_EQ(calls->front().parameters,
            R"({"UserName":"bob","PolicyDocument":"{\"Version\": \"2012-10-17\", \"Statement\": []}"})");
  EXPECT_EQ(calls->back().operation->service->name, "organizations");
  EXPECT_EQ(calls->back().account->ToString(), "444455556666");
}

TEST(ParseChangeSet, SaysWhatIsWrong) {
  EXPECT_THAT(WhyNot("["), HasSubstr("1:2: "));
  EXPECT_THAT(WhyNot("[]"), HasSubstr("give a list of changes"));
  EXPECT_THAT(WhyNot(R"({"Changes": {}})"), HasSubstr("give a list of changes"));
  EXPECT_THAT(WhyNot("[1]"), HasSubstr("change 1: each change must be an object"));
  EXPECT_THAT(WhyNot("[{}]"), HasSubstr("each change must be an object"));
  EXPECT_THAT(WhyNot(R"([{"DeleteUser": {}, "DeleteRole": {}}])"), HasSubstr("each change must be an object"));
  EXPECT_THAT(WhyNot(R"([{"PutUserPolice": {}}])"), HasSubstr("there is no operation `PutUserPolice`"));
  EXPECT_THAT(WhyNot(R"([{"sts:AssumeRole": {}}])"), HasSubstr("there is no operation `sts:AssumeRole`"));
  EXPECT_THAT(WhyNot(R"([{"GetUser": {}}])"), HasSubstr("`GetUser` changes nothing"));
  EXPECT_THAT(WhyNot(R"([{"DeleteUser": {"Name": "bob"}}])"), HasSubstr("DeleteUser has no parameter `Name`"));
  EXPECT_THAT(WhyNot(R"([{"DeleteUser": []}])"), HasSubstr("must be an object"));
  EXPECT_THAT(WhyNot(R"([{"DeleteUser": {}, "Account": 1}])"), HasSubstr("twelve digits"));
}

class ApplyTest : public ReplayTest {
 protected:
  std::string Applied(const std::string& changes) {
    const auto calls = ParseChangeSet(changes);
    if (!calls.ok()) return calls.error();
    const auto reader = *service_.store.NewReader();
    store::Transaction transaction(*reader);
    const auto applied = Apply(*calls, {.operations = operations_,
                                        .directories = directories_,
                                        .transaction = transaction,
                                        .account = kAccount,
                                        .now = service_.clock.now});
    return applied.ok() ? "done" : applied.error();
  }
};

TEST_F(ApplyTest, RunsTheOperationsOneAfterTheOther) {
  EXPECT_EQ(Applied(R"([{"CreateUser": {"UserName": "bob"}},
                        {"PutUserPolicy": {"UserName": "bob", "PolicyName": "p", "PolicyDocument": {
                           "Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}}},
                        {"DeleteUserPolicy": {"UserName": "bob", "PolicyName": "p"}}])"),
            "done");
}

TEST_F(ApplyTest, TellsInTheApisWordsWhatFails) {
  EXPECT_EQ(Applied(R"([{"CreateUser": {"UserName": "bob"}}, {"DeleteUser": {"UserName": "eve"}}])"),
            "change 2, DeleteUser: NoSuchEntity: The user with name eve cannot be found.");
  EXPECT_THAT(Applied(R"([{"CreateUser": {}}])"), HasSubstr("change 1, CreateUser: ValidationError: "));
  EXPECT_THAT(Applied(R"([{"CreateUser": {"UserName": "bob"}, "Account": "444455556666"}])"),
              HasSubstr("there is no account 444455556666"));
  EXPECT_THAT(Applied(R"([{"CreateGroup": {"GroupName": "g"}}])"), HasSubstr("is not implemented"));
}

TEST_F(ApplyTest, GivesAnswersOnToLaterCalls) {
  EXPECT_EQ(Applied(R"([{"CreateUser": {"UserName": "bob"}}, {"DeleteUser": {"UserName": "$1.User.UserName"}}])"),
            "done");
  EXPECT_THAT(Applied(R"([{"DeleteUser": {"UserName": "$1.User.UserName"}}])"),
              HasSubstr("no earlier change has an answer with $1.User.UserName"));
  EXPECT_THAT(Applied(R"([{"CreateUser": {"UserName": "bob"}}, {"DeleteUser": {"UserName": "$1.User.Nothing"}}])"),
              HasSubstr("no earlier change has an answer with $1.User.Nothing"));
}

}  // namespace
}  // namespace claviger::replay
