#include "ops/iam/organization_features.h"

#include <algorithm>
#include <utility>

#include "directory/organization.h"
#include "gen/iam/operations.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::RootFeature;

constexpr std::string_view kIamService = "iam.amazonaws.com";

struct Scope {
  directory::Organization organization;
  directory::OrganizationDirectory directory;
};

enum class Asker { kManagementAccount, kManagementOrDelegate };

// The organization of the caller's account, when that account may ask about its root features.
Result<Scope> GetScope(OperationContext& context, Asker asker) {
  const directory::Context& account = context.directory.context;
  const auto membership = TRY(directory::FindMembership(account.transaction, account.account));
  if (!membership) {
    return Fail(ErrorCode::kOrganizationNotFoundException,
                "The request was rejected because no organization is associated with your account.");
  }
  directory::OrganizationDirectory directory(account, membership->management);
  auto organization = TRY(directory.Find());
  if (!organization) return Fail(ErrorCode::kInternalFailure, "The organization of the account is unreadable.");
  if (account.account != membership->management) {
    if (asker == Asker::kManagementAccount) {
      return Fail(ErrorCode::kCallerIsNotManagementAccountException,
                  "Caller account " + account.account.ToString() +
                      " is not management account of the organization and cannot enable IAM features.");
    }
    if (!TRY(directory.delegations.Find(account.account.ToString() + "/" + std::string(kIamService)))) {
      return Fail(
          ErrorCode::kAccountNotManagementOrDelegatedAdministratorException,
          "Input account " + account.account.ToString() + " is neither management account nor delegated admin.");
    }
  }
  if (organization->feature_set != directory::FeatureSet::kAll) {
    return Fail(ErrorCode::kOrganizationNotInAllFeaturesModeException,
                "The request was rejected because your organization does not have All features enabled.");
  }
  if (!TRY(directory.services.Find(kIamService))) {
    return Fail(
        ErrorCode::kServiceAccessNotEnabledException,
        "Trusted Access for IAM not enabled by organization of input account " + account.account.ToString() + ".");
  }
  return Scope{std::move(*organization), directory};
}

template <class Response>
Response Show(const directory::Organization& organization) {
  Response response{.organization_id = organization.id};
  auto& features = response.enabled_features.emplace();
  const auto add = [&](RootFeature feature, std::string_view text) {
    if (std::ranges::count(organization.root_features, feature) > 0) features.emplace_back(text);
  };
  add(RootFeature::kRootSessions, feature_type::kRootSessions);
  add(RootFeature::kRootCredentialsManagement, feature_type::kRootCredentialsManagement);
  return response;
}

template <class Operation, RootFeature kFeature>
Result<typename Operation::Response> Enable(OperationContext& context, const typename Operation::Request&) {
  Scope scope = TRY(GetScope(context, Asker::kManagementAccount));
  if (std::ranges::count(scope.organization.root_features, kFeature) == 0) {
    scope.organization.root_features.push_back(kFeature);
    scope.directory.Put(scope.organization);
  }
  return Show<typename Operation::Response>(scope.organization);
}

template <class Operation, RootFeature kFeature>
Result<typename Operation::Response> Disable(OperationContext& context, const typename Operation::Request&) {
  Scope scope = TRY(GetScope(context, Asker::kManagementOrDelegate));
  if (std::erase(scope.organization.root_features, kFeature) > 0) scope.directory.Put(scope.organization);
  return Show<typename Operation::Response>(scope.organization);
}

Result<ListOrganizationsFeaturesResponse> ListOrganizationsFeatures(OperationContext& context,
                                                                    const ListOrganizationsFeaturesRequest&) {
  return Show<ListOrganizationsFeaturesResponse>(TRY(GetScope(context, Asker::kManagementOrDelegate)).organization);
}

}  // namespace

void RegisterOrganizationFeatureOperations(Operations& operations) {
  constexpr RootFeature kCredentials = RootFeature::kRootCredentialsManagement;
  constexpr RootFeature kSessions = RootFeature::kRootSessions;
  operations.Add<api::EnableOrganizationsRootCredentialsManagement>(
      Enable<api::EnableOrganizationsRootCredentialsManagement, kCredentials>);
  operations.Add<api::DisableOrganizationsRootCredentialsManagement>(
      Disable<api::DisableOrganizationsRootCredentialsManagement, kCredentials>);
  operations.Add<api::EnableOrganizationsRootSessions>(Enable<api::EnableOrganizationsRootSessions, kSessions>);
  operations.Add<api::DisableOrganizationsRootSessions>(Disable<api::DisableOrganizationsRootSessions, kSessions>);
  operations.Add<api::ListOrganizationsFeatures>(ListOrganizationsFeatures);
}

}  // namespace claviger::ops::iam
