#include "cli/explain.h"

#include <gtest/gtest.h>

#include <sstream>

namespace claviger::cli {
namespace {

TEST(DescribeDenial, TellsADenialByAStatement) {
  EXPECT_EQ(DescribeDenial(
                R"({"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{"statementId":"No",)"
                R"("effect":"DENY","principals":{"items":[]},"principalGroups":{"items":[]},)"
                R"("actions":{"items":[{"value":"iam:*"},{"value":"sts:*"}]},"resources":{"items":[{"value":"*"}]},)"
                R"("conditions":{"items":[{"key":"aws:username","values":{"items":[{"value":"bob"}]}}]}}]},)"
                R"("failures":{"items":[]},"context":{"principal":{"id":"AIDA1","name":"bob","arn":"arn:b"},)"
                R"("action":"iam:GetUser","resource":"arn:e","conditions":{"items":[)"
                R"({"key":"aws:tagkeys","values":{"items":[{"value":"a"},{"value":"b"}]}}]}}})"),
            "denied: arn:b (AIDA1) asked for iam:GetUser on arn:e\n"
            "because of a statement `No` with Deny:\n"
            "  actions     iam:*, sts:*\n"
            "  resources   *\n"
            "  condition   on aws:username, with bob\n"
            "condition keys of the request:\n"
            "  aws:tagkeys = a, b\n");
}

TEST(DescribeDenial, TellsADenialByNobodysAllow) {
  EXPECT_EQ(DescribeDenial(R"({"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]},)"
                           R"("context":{"principal":{"id":"i","name":"n","arn":"a"},"action":"x:Y","resource":"*",)"
                           R"("conditions":{"items":[]}}})"),
            "denied: a (i) asked for x:Y on *\n"
            "because no statement of the policies that had to allow it does\n"
            "condition keys of the request:\n");
}

TEST(DescribeDenial, ShowsWhatItDoesNotKnowAsItIs) {
  EXPECT_EQ(DescribeDenial("{}"), "{}\n");
  EXPECT_EQ(DescribeDenial("text"), "text\n");
  EXPECT_EQ(DescribeDenial("[]"), "[]\n");
}

TEST(FindInAccessLog, TakesTheLineOfTheRequest) {
  const std::string log =
      "not json with id-1\n"
      R"({"request_id":"id-2","user_agent":"id-1","authorization_message":"wrong"})"
      "\n"
      R"({"request_id":"id-1","status":403,"authorization_message":"right"})"
      "\n"
      R"({"request_id":"id-3","status":200})";
  const auto find = [&](const char* id) {
    std::istringstream in(log);
    return FindInAccessLog(in, id);
  };
  EXPECT_EQ(find("id-1"), "right");
  EXPECT_EQ(find("id-3"), std::nullopt);
  EXPECT_EQ(find("id-4"), std::nullopt);
}

}  // namespace
}  // namespace claviger::cli
