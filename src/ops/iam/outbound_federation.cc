#include "ops/iam/outbound_federation.h"

#include "directory/outbound_federation.h"
#include "gen/iam/operations.h"
#include "ops/token_issuer.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<directory::OutboundFederation> GetEnabled(OperationContext& context) {
  auto federation = TRY(directory::FindOutboundFederation(context.directory.context));
  if (federation && federation->enabled) return std::move(*federation);
  return Fail(ErrorCode::kFeatureDisabled,
              "The request failed because outbound identity federation is already disabled for your Amazon Web "
              "Services account.");
}

Result<EnableOutboundWebIdentityFederationResponse> EnableOutboundWebIdentityFederation(
    OperationContext& context, const EnableOutboundWebIdentityFederationRequest&) {
  auto federation = TRY(directory::FindOutboundFederation(context.directory.context));
  if (federation && federation->enabled) {
    return Fail(ErrorCode::kFeatureEnabled,
                "The request failed because outbound identity federation is already enabled for your Amazon Web "
                "Services account.");
  }
  if (!federation) federation = directory::OutboundFederation{.issuer_id = context.random.Uuid()};
  federation->enabled = true;
  directory::PutOutboundFederation(context.directory.context, *federation);
  return EnableOutboundWebIdentityFederationResponse{.issuer_identifier =
                                                         TokenIssuerUrl(context.token_issuers, federation->issuer_id)};
}

Result<DisableOutboundWebIdentityFederationResponse> DisableOutboundWebIdentityFederation(
    OperationContext& context, const DisableOutboundWebIdentityFederationRequest&) {
  directory::OutboundFederation federation = TRY(GetEnabled(context));
  federation.enabled = false;
  directory::PutOutboundFederation(context.directory.context, federation);
  return DisableOutboundWebIdentityFederationResponse{};
}

Result<GetOutboundWebIdentityFederationInfoResponse> GetOutboundWebIdentityFederationInfo(
    OperationContext& context, const GetOutboundWebIdentityFederationInfoRequest&) {
  const directory::OutboundFederation federation = TRY(GetEnabled(context));
  return GetOutboundWebIdentityFederationInfoResponse{
      .issuer_identifier = TokenIssuerUrl(context.token_issuers, federation.issuer_id), .jwt_vending_enabled = true};
}

}  // namespace

void RegisterOutboundFederationOperations(Operations& operations) {
  operations.Add<api::EnableOutboundWebIdentityFederation>(EnableOutboundWebIdentityFederation);
  operations.Add<api::DisableOutboundWebIdentityFederation>(DisableOutboundWebIdentityFederation);
  operations.Add<api::GetOutboundWebIdentityFederationInfo>(GetOutboundWebIdentityFederationInfo);
}

}  // namespace claviger::ops::iam
