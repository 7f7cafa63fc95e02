#include "ops/organizations/account.h"

#include <algorithm>

#include "directory/organization_setup.h"
#include "gen/organizations/operations.h"
#include "ops/organizations/paging.h"
#include "ops/organizations/scope.h"
#include "ops/organizations/show.h"
#include "ops/organizations/tags.h"

namespace claviger::ops::organizations {
namespace {

using namespace gen::organizations;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

constexpr std::size_t kCreationIdCharacters = 32;

// The new account, or why there is none, as the status of the request has it.
Result<std::string> MakeAccount(OperationContext& context, Scope& scope, const CreateAccountRequest& request,
                                directory::AccountCreation& creation) {
  const directory::Context& caller = context.directory.context;
  auto tags = TRY(TagsFromApi(context, request.tags));
  if (TRY(scope.directory.FindEmail(request.email))) {
    return std::string(create_account_failure_reason::kEmailAlreadyExists);
  }
  if (TRY(scope.directory.accounts.List()).size() >= caller.quotas.accounts_per_organization) {
    return std::string(create_account_failure_reason::kAccountLimitExceeded);
  }
  const AccountId account = TRY(directory::MintAccountId(caller));
  creation.account = account.ToString();
  TRY(directory::InsertAccount(caller.transaction, {.id = account, .created = context.now}));
  TRY(directory::AddMember(scope.directory, scope.organization,
                           {.id = creation.account,
                            .name = request.account_name,
                            .email = request.email,
                            .parent = scope.organization.root_id,
                            .joined_method = directory::JoinedMethod::kCreated,
                            .joined = context.now,
                            .tags = std::move(tags)}));
  const std::string role_name = request.role_name.value_or("");
  TRY(directory::InsertAccessRole(caller, account, scope.management(),
                                  role_name.empty() ? directory::kAccessRoleName : role_name, context.now));
  return std::string();
}

// Done at once, so that the first answer is already the last.
Result<CreateAccountResponse> CreateAccount(OperationContext& context, const CreateAccountRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  directory::AccountCreation creation{.id = "car-" + directory::RandomWord(context.random, kCreationIdCharacters),
                                      .account_name = request.account_name,
                                      .requested = context.now,
                                      .completed = context.now};
  creation.failure = TRY(MakeAccount(context, scope, request, creation));
  if (!creation.failure.empty()) creation.state = directory::CreationState::kFailed;
  scope.directory.creations.Put(creation);
  return CreateAccountResponse{.create_account_status = Show(creation)};
}

Result<DescribeCreateAccountStatusResponse> DescribeCreateAccountStatus(
    OperationContext& context, const DescribeCreateAccountStatusRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  const auto creation = TRY(scope.directory.creations.Find(request.create_account_request_id));
  if (!creation) {
    return Fail(ErrorCode::kCreateAccountStatusNotFoundException,
                "You specified a create account request that doesn't exist.");
  }
  return DescribeCreateAccountStatusResponse{.create_account_status = Show(*creation)};
}

Result<ListCreateAccountStatusResponse> ListCreateAccountStatus(OperationContext& context,
                                                                const ListCreateAccountStatusRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  std::vector<CreateAccountStatus> statuses;
  for (const directory::AccountCreation& creation : TRY(scope.directory.creations.List())) {
    CreateAccountStatus status = Show(creation);
    const bool wanted =
        !request.states || request.states->empty() || std::ranges::count(*request.states, *status.state) > 0;
    if (wanted) statuses.push_back(std::move(status));
  }
  ListCreateAccountStatusResponse response;
  auto& shown = response.create_account_statuses.emplace();
  TRY(ShowTokenPage(
      context, "ListCreateAccountStatus", request, std::move(statuses),
      [](const CreateAccountStatus& status) { return *status.id; },
      [&](const CreateAccountStatus& status) -> Result<> {
        shown.push_back(status);
        return {};
      },
      response));
  return response;
}

Result<DescribeAccountResponse> DescribeAccount(OperationContext& context, const DescribeAccountRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  const directory::MemberAccount account = TRY(GetAccount(scope, request.account_id));
  return DescribeAccountResponse{.account = TRY(Show(scope, account))};
}

Result<ListAccountsResponse> ListAccounts(OperationContext& context, const ListAccountsRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  ListAccountsResponse response;
  auto& shown = response.accounts.emplace();
  TRY(ShowTokenPage(
      context, "ListAccounts", request, TRY(scope.directory.accounts.List()),
      [](const directory::MemberAccount& account) { return account.id; },
      [&](const directory::MemberAccount& account) -> Result<> {
        shown.push_back(TRY(Show(scope, account)));
        return {};
      },
      response));
  return response;
}

Result<CloseAccountResponse> CloseAccount(OperationContext& context, const CloseAccountRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  directory::MemberAccount account = TRY(GetAccount(scope, request.account_id));
  if (account.id == scope.management().ToString()) {
    return Fail(ErrorCode::kConstraintViolationException, "You cannot close the management account.",
                "CANNOT_CLOSE_MANAGEMENT_ACCOUNT");
  }
  if (account.status == directory::MemberStatus::kSuspended) {
    return Fail(ErrorCode::kAccountAlreadyClosedException, "The provided account is already closed.");
  }
  account.status = directory::MemberStatus::kSuspended;
  scope.directory.accounts.Put(account);
  directory::Close(context.directory.context.transaction, *AccountId::Parse(account.id), context.now);
  return CloseAccountResponse{};
}

// What leaving takes, whoever asks for it.
Result<> Leave(Scope& scope, std::string_view id) {
  const directory::MemberAccount account = TRY(GetAccount(scope, id));
  if (account.id == scope.management().ToString()) {
    return Fail(ErrorCode::kMasterCannotLeaveOrganizationException,
                "You can't remove a management account from an organization. If you want the management account to "
                "become a member account in another organization, you must first delete the current organization of "
                "the management account.");
  }
  if (!TRY(scope.directory.delegations.List(account.id + "/")).empty()) {
    return Fail(ErrorCode::kConstraintViolationException,
                "You attempted to remove an account from the organization that is a delegated administrator for an "
                "AWS service. To complete this operation, you must first deregister this account as a delegated "
                "administrator.",
                "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG");
  }
  return directory::RemoveMember(scope.directory, account);
}

Result<RemoveAccountFromOrganizationResponse> RemoveAccountFromOrganization(
    OperationContext& context, const RemoveAccountFromOrganizationRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  TRY(Leave(scope, request.account_id));
  return RemoveAccountFromOrganizationResponse{};
}

Result<LeaveOrganizationResponse> LeaveOrganization(OperationContext& context, const LeaveOrganizationRequest&) {
  Scope scope = TRY(GetScope(context));
  TRY(Leave(scope, context.account().ToString()));
  return LeaveOrganizationResponse{};
}

}  // namespace

void RegisterAccountOperations(Operations& operations) {
  operations.Add<api::CreateAccount>(CreateAccount);
  operations.Add<api::DescribeCreateAccountStatus>(DescribeCreateAccountStatus);
  operations.Add<api::ListCreateAccountStatus>(ListCreateAccountStatus);
  operations.Add<api::DescribeAccount>(DescribeAccount);
  operations.Add<api::ListAccounts>(ListAccounts);
  operations.Add<api::CloseAccount>(CloseAccount);
  operations.Add<api::RemoveAccountFromOrganization>(RemoveAccountFromOrganization);
  operations.Add<api::LeaveOrganization>(LeaveOrganization);
}

}  // namespace claviger::ops::organizations
