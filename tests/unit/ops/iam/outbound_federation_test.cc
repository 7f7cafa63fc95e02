#include "ops/iam/outbound_federation.h"

#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam::api;  // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using ::testing::MatchesRegex;

constexpr char kDisabled[] =
    "The request failed because outbound identity federation is already disabled for your Amazon Web Services account.";

TEST(OutboundFederation, IsSwitchedOnAndOffWithOneIssuer) {
  Service service({RegisterOutboundFederationOperations});
  EXPECT_THAT(service.Call<GetOutboundWebIdentityFederationInfo>(), FailsWith(ErrorCode::kFeatureDisabled, kDisabled));
  const auto enabled = service.Call<EnableOutboundWebIdentityFederation>();
  ASSERT_THAT(enabled, Succeeds());
  EXPECT_THAT(*enabled->issuer_identifier, MatchesRegex("https://claviger.example/token-issuer/[0-9a-f-]{36}"));
  const auto info = service.Call<GetOutboundWebIdentityFederationInfo>();
  ASSERT_THAT(info, Succeeds());
  EXPECT_EQ(info->issuer_identifier, enabled->issuer_identifier);
  EXPECT_EQ(info->jwt_vending_enabled, true);
  EXPECT_THAT(service.Call<EnableOutboundWebIdentityFederation>(),
              FailsWith(ErrorCode::kFeatureEnabled,
                        "The request failed because outbound identity federation is already enabled for your Amazon "
                        "Web Services account."));
  ASSERT_THAT(service.Call<DisableOutboundWebIdentityFederation>(), Succeeds());
  EXPECT_THAT(service.Call<DisableOutboundWebIdentityFederation>(), FailsWith(ErrorCode::kFeatureDisabled, kDisabled));
  EXPECT_EQ(service.Call<EnableOutboundWebIdentityFederation>()->issuer_identifier, enabled->issuer_identifier);
}

}  // namespace
}  // namespace claviger::ops::iam
