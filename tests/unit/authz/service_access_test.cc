#include "authz/service_access.h"

#include <gtest/gtest.h>

#include <string>

#include "policy/parse.h"

namespace claviger::authz {
namespace {

bool Grants(const std::string& statement, std::string_view service) {
  const auto document = policy::Parse(R"({"Statement": [)" + statement + "]}", policy::Kind::kAny);
  EXPECT_TRUE(document.ok());
  return document.ok() && GrantsService(**document, service);
}

std::string Allows(std::string_view action) {
  std::string text = R"({"Effect": "Allow", "Resource": "*", "Action": ")";
  return text.append(action).append("\"}");
}
std::string AllowsAllBut(std::string_view action) {
  std::string text = R"({"Effect": "Allow", "Resource": "*", "NotAction": ")";
  return text.append(action).append("\"}");
}

TEST(GrantsService, TakesAnyActionOfTheService) {
  EXPECT_TRUE(Grants(Allows("s3:GetObject"), "s3"));
  EXPECT_TRUE(Grants(Allows("S3:Get*"), "s3"));
  EXPECT_TRUE(Grants(Allows("*"), "s3"));
  EXPECT_TRUE(Grants(Allows("*:*"), "s3"));
  EXPECT_FALSE(Grants(Allows("s3-outposts:GetObject"), "s3"));
  EXPECT_FALSE(Grants(Allows("ec2:*"), "s3"));
  EXPECT_FALSE(Grants(R"({"Effect": "Deny", "Resource": "*", "Action": "s3:*"})", "s3"));
}

TEST(GrantsService, TakesWhatNotActionLeaves) {
  EXPECT_TRUE(Grants(AllowsAllBut("ec2:*"), "s3"));
  EXPECT_TRUE(Grants(AllowsAllBut("s3:Delete*"), "s3"));
  EXPECT_FALSE(Grants(AllowsAllBut("s3:*"), "s3"));
  EXPECT_FALSE(Grants(AllowsAllBut("*"), "s3"));
}

}  // namespace
}  // namespace claviger::authz
