#include "authz/denial_text.h"

#include <gtest/gtest.h>

#include "policy/parse.h"

namespace claviger::authz {
namespace {

constexpr Denial kGetUser{
    .principal_arn = "arn:aws:iam::111122223333:user/bob", .action = "iam:GetUser", .resource = "user eve"};
const std::string kStart =
    "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:GetUser on resource: user eve";

TEST(DenialText, NamesTheLayerThatDidNotAllow) {
  const auto expect = [](Layer layer, std::string_view words) {
    EXPECT_EQ(DenialText({Decision::kImplicitDeny, layer, {}}, kGetUser),
              kStart + " because no " + std::string(words) + " allows the iam:GetUser action");
  };
  expect(Layer::kIdentity, "identity-based policy");
  expect(Layer::kBoundary, "permissions boundary");
  expect(Layer::kSession, "session policy");
  expect(Layer::kServiceControl, "service control policy");
  expect(Layer::kResourceControl, "resource control policy");
  expect(Layer::kResource, "resource-based policy");
  expect(Layer::kTrust, "role trust policy");
}

TEST(DenialText, NamesTheLayerThatDenied) {
  const auto expect = [](Layer layer, std::string_view words) {
    EXPECT_EQ(DenialText({Decision::kExplicitDeny, layer, {}}, kGetUser),
              kStart + " with an explicit deny in " + std::string(words));
  };
  expect(Layer::kIdentity, "an identity-based policy");
  expect(Layer::kBoundary, "a permissions boundary");
  expect(Layer::kSession, "a session policy");
  expect(Layer::kServiceControl, "a service control policy");
  expect(Layer::kResourceControl, "a resource control policy");
  expect(Layer::kResource, "a resource-based policy");
  expect(Layer::kTrust, "the role trust policy");
}

TEST(DenialText, NamesAManagedPolicyThatDenied) {
  const auto document =
      policy::Parse(R"({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})", policy::Kind::kAny);
  const auto managed = Compile(*document, {.id = "P", .arn = "arn:aws:iam::111122223333:policy/P"});
  const auto inline_policy = Compile(*document, {.id = "user_bob_p", .arn = ""});
  EXPECT_EQ(DenialText({Decision::kExplicitDeny, Layer::kIdentity, {managed.get(), 0}}, kGetUser),
            kStart + " with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/P");
  EXPECT_EQ(DenialText({Decision::kExplicitDeny, Layer::kIdentity, {inline_policy.get(), 0}}, kGetUser),
            kStart + " with an explicit deny in an identity-based policy");
}

TEST(DenialText, LeavesOutWhatStsLeavesOut) {
  const Denial assume{.principal_arn = "arn:aws:iam::111122223333:user/bob",
                      .action = "sts:AssumeRole",
                      .resource = "arn:aws:iam::444455556666:role/r"};
  const std::string start =
      "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: sts:AssumeRole on resource: "
      "arn:aws:iam::444455556666:role/r";
  EXPECT_EQ(DenialText({Decision::kImplicitDeny, Layer::kTrust, {}}, assume, DenialReason::kOnlyIfExplicit), start);
  EXPECT_EQ(DenialText({Decision::kExplicitDeny, Layer::kTrust, {}}, assume, DenialReason::kOnlyIfExplicit),
            start + " with an explicit deny in the role trust policy");
}

TEST(DenialText, TakesTheAnonymousAndNoResource) {
  EXPECT_EQ(
      DenialText({Decision::kImplicitDeny, Layer::kResource, {}},
                 {.principal_arn = "", .action = "sts:GetAccessKeyInfo", .resource = ""}),
      "User: anonymous is not authorized to perform: sts:GetAccessKeyInfo because no resource-based policy allows "
      "the sts:GetAccessKeyInfo action");
}

}  // namespace
}  // namespace claviger::authz
