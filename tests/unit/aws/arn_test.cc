#include "aws/arn.h"

#include <gtest/gtest.h>

namespace claviger {
namespace {

const AccountId kAccount = AccountId::Parse("123456789012").value();

TEST(Arn, IsBuiltAsAwsWritesIt) {
  EXPECT_EQ(RootArn(kAccount), "arn:aws:iam::123456789012:root");
  EXPECT_EQ(IamArn(kAccount, "user", "/ops/", "dana"), "arn:aws:iam::123456789012:user/ops/dana");
  EXPECT_EQ(AssumedRoleArn(kAccount, "Reader", "dana-1"), "arn:aws:sts::123456789012:assumed-role/Reader/dana-1");
  EXPECT_EQ(FederatedUserArn(kAccount, "bob"), "arn:aws:sts::123456789012:federated-user/bob");
}

TEST(Arn, IsTakenApartIntoSixParts) {
  const auto arn = Arn::Parse("arn:aws:sns:us-east-1:123456789012:topic:with:colons");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->partition, "aws");
  EXPECT_EQ(arn->service, "sns");
  EXPECT_EQ(arn->region, "us-east-1");
  EXPECT_EQ(arn->account, "123456789012");
  EXPECT_EQ(arn->resource, "topic:with:colons");
}

TEST(Arn, RefusesWhatLacksAPart) {
  for (const char* text : {"", "arn", "arn:aws:iam::123456789012", "arn::iam::1:x", "arn:aws:::1:x",
                           "arn:aws:iam::1:", "urn:aws:iam::123456789012:user/x"}) {
    EXPECT_FALSE(Arn::Parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace claviger
