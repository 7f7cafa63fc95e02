#include "authz/principal_arn.h"

#include <gtest/gtest.h>

namespace claviger::authz {
namespace {

TEST(ParsePrincipal, KnowsEveryKind) {
  const auto kind = [](std::string_view text) {
    const auto principal = ParsePrincipal(text);
    return principal ? std::optional(principal->kind) : std::nullopt;
  };
  EXPECT_EQ(kind("*"), CallerKind::kAnonymous);
  EXPECT_EQ(kind("111122223333"), CallerKind::kRoot);
  EXPECT_EQ(kind("arn:aws:iam::111122223333:root"), CallerKind::kRoot);
  EXPECT_EQ(kind("arn:aws:iam::111122223333:user/ops/bob"), CallerKind::kUser);
  EXPECT_EQ(kind("arn:aws:iam::111122223333:role/x/reader"), CallerKind::kRoleSession);
  EXPECT_EQ(kind("arn:aws:sts::111122223333:assumed-role/reader/dana"), CallerKind::kRoleSession);
  EXPECT_EQ(kind("arn:aws:sts::111122223333:federated-user/fay"), CallerKind::kFederatedUser);
  EXPECT_EQ(kind("ec2.amazonaws.com"), CallerKind::kService);
  for (const char* text :
       {"", "bob", "1111222233334", "arn:aws:iam::111122223333:user/", "arn:aws:iam::111122223333:group/g",
        "arn:aws:iam::1111:user/bob", "arn:aws:iam:us-east-1:111122223333:user/bob", "arn:aws:s3:::bucket",
        "arn:aws:sts::111122223333:assumed-role/reader", "arn:aws:sts::111122223333:assumed-role//dana"}) {
    EXPECT_EQ(kind(text), std::nullopt) << text;
  }
}

TEST(ParsePrincipal, TellsWhoseTheSessionIs) {
  const auto session = ParsePrincipal("arn:aws:sts::111122223333:assumed-role/reader/dana");
  EXPECT_EQ(session->View().issuer_arn, "arn:aws:iam::111122223333:role/reader");
  EXPECT_EQ(session->View().arn, "arn:aws:sts::111122223333:assumed-role/reader/dana");
  EXPECT_EQ(session->View().account, "111122223333");
  EXPECT_EQ(ParsePrincipal("ec2.amazonaws.com")->View().name, "ec2.amazonaws.com");
}

TEST(FillPrincipalKeys, KeepsWhatIsThere) {
  const auto bob = ParsePrincipal("arn:aws:iam::111122223333:user/ops/bob");
  ContextKeys keys;
  keys.Set("AWS:UserName", "eve");
  FillPrincipalKeys(*bob, keys);
  EXPECT_EQ((*keys.Find("aws:username"))[0], "eve");
  EXPECT_EQ((*keys.Find("aws:PrincipalArn"))[0], bob->arn);
  EXPECT_EQ((*keys.Find("aws:PrincipalType"))[0], "User");
  EXPECT_FALSE(keys.Find("aws:userid"));

  keys.Clear();
  FillPrincipalKeys(*ParsePrincipal("arn:aws:sts::111122223333:assumed-role/reader/dana"), keys);
  EXPECT_EQ((*keys.Find("aws:PrincipalArn"))[0], "arn:aws:iam::111122223333:role/reader");
  EXPECT_FALSE(keys.Find("aws:username"));
}

}  // namespace
}  // namespace claviger::authz
