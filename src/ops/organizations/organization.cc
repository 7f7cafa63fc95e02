#include "ops/organizations/organization.h"

#include <chrono>

#include "directory/organization_setup.h"
#include "gen/organizations/operations.h"
#include "ops/organizations/scope.h"
#include "ops/organizations/show.h"

namespace claviger::ops::organizations {
namespace {

using namespace gen::organizations;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

constexpr std::chrono::days kHandshakeAge{15};
constexpr std::size_t kHandshakeIdCharacters = 32;

Result<CreateOrganizationResponse> CreateOrganization(OperationContext& context,
                                                      const CreateOrganizationRequest& request) {
  const directory::Context& account = context.directory.context;
  if (TRY(directory::FindMembership(account.transaction, account.account))) {
    return Fail(ErrorCode::kAlreadyInOrganizationException,
                "The provided account is already a member of an organization.");
  }
  const bool billing_only = request.feature_set == organization_feature_set::kConsolidatedBilling;
  const std::string id = account.account.ToString();
  directory::Organization organization = TRY(directory::CreateOrganization(
      account, billing_only ? directory::FeatureSet::kConsolidatedBilling : directory::FeatureSet::kAll,
      {.id = id,
       .name = id,
       .email = directory::PlaceholderEmail(account.account),
       .parent = {},
       .joined_method = directory::JoinedMethod::kInvited,
       .joined = context.now},
      context.now));
  Scope scope{std::move(organization), directory::OrganizationDirectory(account, account.account)};
  return CreateOrganizationResponse{.organization = TRY(ShowOrganization(scope))};
}

Result<DescribeOrganizationResponse> DescribeOrganization(OperationContext& context,
                                                          const DescribeOrganizationRequest&) {
  Scope scope = TRY(GetScope(context));
  return DescribeOrganizationResponse{.organization = TRY(ShowOrganization(scope))};
}

Result<DeleteOrganizationResponse> DeleteOrganization(OperationContext& context, const DeleteOrganizationRequest&) {
  Scope scope = TRY(GetManagedScope(context));
  if (TRY(scope.directory.accounts.List()).size() > 1) {
    return Fail(ErrorCode::kOrganizationNotEmptyException,
                "To delete an organization you must first remove all member accounts (except the master).");
  }
  TRY(scope.directory.Remove());
  scope.directory.Leave(scope.management());
  return DeleteOrganizationResponse{};
}

// All members were made by the organization or joined it with all features in prospect, so nobody has to agree: the
// handshake is over at once.
Result<EnableAllFeaturesResponse> EnableAllFeatures(OperationContext& context, const EnableAllFeaturesRequest&) {
  Scope scope = TRY(GetManagedScope(context));
  if (scope.organization.feature_set == directory::FeatureSet::kAll) {
    return Fail(ErrorCode::kHandshakeConstraintViolationException, "The organization already has all features enabled.",
                "ORGANIZATION_ALREADY_HAS_ALL_FEATURES");
  }
  scope.organization.feature_set = directory::FeatureSet::kAll;
  scope.directory.Put(scope.organization);
  const std::string id = "h-" + directory::RandomWord(context.random, kHandshakeIdCharacters);
  return EnableAllFeaturesResponse{
      .handshake = Handshake{
          .id = id,
          .arn = ArnOf(scope, "handshake", "enable_all_features/" + id),
          .parties = std::vector<HandshakeParty>{{.id = scope.organization.id.substr(2),
                                                  .type = std::string(handshake_party_type::kOrganization)}},
          .state = std::string(handshake_state::kAccepted),
          .requested_timestamp = context.now,
          .expiration_timestamp = context.now + kHandshakeAge,
          .action = std::string(action_type::kEnableAllFeatures),
          .resources = std::vector<HandshakeResource>{
              {.value = scope.organization.id, .type = std::string(handshake_resource_type::kOrganization)}}}};
}

Result<ListRootsResponse> ListRoots(OperationContext& context, const ListRootsRequest&) {
  const Scope scope = TRY(GetReadableScope(context));
  return ListRootsResponse{.roots = std::vector<Root>{ShowRoot(scope)}};
}

}  // namespace

void RegisterOrganizationOperations(Operations& operations) {
  operations.Add<api::CreateOrganization>(CreateOrganization);
  operations.Add<api::DescribeOrganization>(DescribeOrganization);
  operations.Add<api::DeleteOrganization>(DeleteOrganization);
  operations.Add<api::EnableAllFeatures>(EnableAllFeatures);
  operations.Add<api::ListRoots>(ListRoots);
}

}  // namespace claviger::ops::organizations
