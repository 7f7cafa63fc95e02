#include "ops/organizations/service.h"

#include <map>

#include "gen/organizations/operations.h"
#include "ops/organizations/paging.h"
#include "ops/organizations/scope.h"
#include "ops/organizations/show.h"

namespace claviger::ops::organizations {
namespace {

using namespace gen::organizations;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::Delegation;
using directory::TrustedService;

Result<> CheckPrincipal(std::string_view principal) {
  constexpr std::string_view kDomain = ".amazonaws.com";
  if (principal.size() > kDomain.size() && principal.ends_with(kDomain)) return {};
  return Fail(ErrorCode::kInvalidInputException, "You specified an unrecognized service principal.",
              "UNRECOGNIZED_SERVICE_PRINCIPAL");
}

Result<> CheckAllFeatures(const Scope& scope) {
  if (scope.organization.feature_set == directory::FeatureSet::kAll) return {};
  return Fail(ErrorCode::kConstraintViolationException,
              "You can perform this operation only when the organization has all features enabled.",
              "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE");
}

// ---- Access of services

Result<EnableAWSServiceAccessResponse> EnableAWSServiceAccess(OperationContext& context,
                                                              const EnableAWSServiceAccessRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  TRY(CheckAllFeatures(scope));
  TRY(CheckPrincipal(request.service_principal));
  if (!TRY(scope.directory.services.Find(request.service_principal))) {
    scope.directory.services.Put({.id = request.service_principal, .enabled = context.now});
  }
  return EnableAWSServiceAccessResponse{};
}

Result<DisableAWSServiceAccessResponse> DisableAWSServiceAccess(OperationContext& context,
                                                                const DisableAWSServiceAccessRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  TRY(CheckPrincipal(request.service_principal));
  if (TRY(scope.directory.services.Find(request.service_principal))) {
    scope.directory.services.Remove(request.service_principal);
  }
  return DisableAWSServiceAccessResponse{};
}

Result<ListAWSServiceAccessForOrganizationResponse> ListAWSServiceAccessForOrganization(
    OperationContext& context, const ListAWSServiceAccessForOrganizationRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  ListAWSServiceAccessForOrganizationResponse response;
  auto& shown = response.enabled_service_principals.emplace();
  TRY(ShowTokenPage(
      context, "ListAWSServiceAccessForOrganization", request, TRY(scope.directory.services.List()),
      [](const TrustedService& service) { return service.id; },
      [&](const TrustedService& service) -> Result<> {
        shown.push_back({.service_principal = service.id, .date_enabled = service.enabled});
        return {};
      },
      response));
  return response;
}

// ---- Delegated administrators

std::string DelegationId(const std::string& account, const std::string& service) { return account + "/" + service; }

Result<RegisterDelegatedAdministratorResponse> RegisterDelegatedAdministrator(
    OperationContext& context, const RegisterDelegatedAdministratorRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  TRY(CheckAllFeatures(scope));
  TRY(CheckPrincipal(request.service_principal));
  if (request.account_id == scope.management().ToString()) {
    return Fail(ErrorCode::kConstraintViolationException,
                "You cannot register master account/yourself as delegated administrator for your organization.",
                "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR");
  }
  const directory::MemberAccount account = TRY(GetAccount(scope, request.account_id));
  if (account.status == directory::MemberStatus::kSuspended) {
    return Fail(ErrorCode::kConstraintViolationException,
                "You attempted to register a suspended account as a delegated administrator.",
                "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR");
  }
  if (!TRY(scope.directory.services.Find(request.service_principal))) {
    return Fail(ErrorCode::kConstraintViolationException,
                "You attempted to register a delegated administrator before you enabled service access. Call the "
                "EnableAWSServiceAccess API first.",
                "SERVICE_ACCESS_NOT_ENABLED");
  }
  const std::string id = DelegationId(request.account_id, request.service_principal);
  if (TRY(scope.directory.delegations.Find(id))) {
    return Fail(ErrorCode::kAccountAlreadyRegisteredException,
                "The provided account is already a delegated administrator for your organization.");
  }
  scope.directory.delegations.Put({.id = id, .registered = context.now});
  return RegisterDelegatedAdministratorResponse{};
}

Failure<Error> NotRegistered() {
  return Fail(ErrorCode::kAccountNotRegisteredException,
              "The provided account is not a registered delegated administrator for your organization.");
}

Result<DeregisterDelegatedAdministratorResponse> DeregisterDelegatedAdministrator(
    OperationContext& context, const DeregisterDelegatedAdministratorRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  TRY(CheckPrincipal(request.service_principal));
  TRY(GetAccount(scope, request.account_id));
  const std::string id = DelegationId(request.account_id, request.service_principal);
  if (!TRY(scope.directory.delegations.Find(id))) return NotRegistered();
  scope.directory.delegations.Remove(id);
  return DeregisterDelegatedAdministratorResponse{};
}

// Each account once, with the first of its delegations.
Result<ListDelegatedAdministratorsResponse> ListDelegatedAdministrators(
    OperationContext& context, const ListDelegatedAdministratorsRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  std::map<std::string, TimePoint> since;
  for (const Delegation& delegation : TRY(scope.directory.delegations.List())) {
    if (request.service_principal && delegation.service() != *request.service_principal) continue;
    const auto [known, is_new] = since.emplace(delegation.account(), delegation.registered);
    if (!is_new) known->second = std::min(known->second, delegation.registered);
  }
  ListDelegatedAdministratorsResponse response;
  auto& shown = response.delegated_administrators.emplace();
  TRY(ShowTokenPage(
      context, "ListDelegatedAdministrators", request,
      std::vector<std::pair<std::string, TimePoint>>(since.begin(), since.end()),
      [](const auto& entry) { return entry.first; },
      [&](const auto& entry) -> Result<> {
        Account account = TRY(Show(scope, TRY(GetAccount(scope, entry.first))));
        shown.push_back({.id = account.id,
                         .arn = account.arn,
                         .email = account.email,
                         .name = account.name,
                         .status = account.status,
                         .state = account.state,
                         .joined_method = account.joined_method,
                         .joined_timestamp = account.joined_timestamp,
                         .delegation_enabled_date = entry.second});
        return {};
      },
      response));
  return response;
}

Result<ListDelegatedServicesForAccountResponse> ListDelegatedServicesForAccount(
    OperationContext& context, const ListDelegatedServicesForAccountRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  TRY(GetAccount(scope, request.account_id));
  std::vector<Delegation> delegations = TRY(scope.directory.delegations.List(request.account_id + "/"));
  if (delegations.empty()) return NotRegistered();
  ListDelegatedServicesForAccountResponse response;
  auto& shown = response.delegated_services.emplace();
  TRY(ShowTokenPage(
      context, "ListDelegatedServicesForAccount", request, std::move(delegations),
      [](const Delegation& delegation) { return std::string(delegation.service()); },
      [&](const Delegation& delegation) -> Result<> {
        shown.push_back(
            {.service_principal = std::string(delegation.service()), .delegation_enabled_date = delegation.registered});
        return {};
      },
      response));
  return response;
}

}  // namespace

void RegisterServiceOperations(Operations& operations) {
  operations.Add<api::EnableAWSServiceAccess>(EnableAWSServiceAccess);
  operations.Add<api::DisableAWSServiceAccess>(DisableAWSServiceAccess);
  operations.Add<api::ListAWSServiceAccessForOrganization>(ListAWSServiceAccessForOrganization);
  operations.Add<api::RegisterDelegatedAdministrator>(RegisterDelegatedAdministrator);
  operations.Add<api::DeregisterDelegatedAdministrator>(DeregisterDelegatedAdministrator);
  operations.Add<api::ListDelegatedAdministrators>(ListDelegatedAdministrators);
  operations.Add<api::ListDelegatedServicesForAccount>(ListDelegatedServicesForAccount);
}

}  // namespace claviger::ops::organizations
