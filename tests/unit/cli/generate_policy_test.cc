#include "cli/generate_policy.h"

#include <gtest/gtest.h>

namespace claviger::cli {
namespace {

TEST(WritePolicyOf, JoinsActionsWithTheSameResources) {
  const std::string document = WritePolicyOf({{"iam:GetUser", {"arn:aws:iam::123456789012:user/bob"}},
                                              {"iam:ListUsers", {"*"}},
                                              {"iam:ListAccessKeys", {"arn:aws:iam::123456789012:user/bob"}}});
  EXPECT_EQ(document, R"({"Version":"2012-10-17","Statement":[)"
                      R"({"Effect":"Allow","Action":["iam:ListUsers"],"Resource":["*"]},)"
                      R"({"Effect":"Allow","Action":["iam:GetUser","iam:ListAccessKeys"],)"
                      R"("Resource":["arn:aws:iam::123456789012:user/bob"]}]})");
}

}  // namespace
}  // namespace claviger::cli
