#include "ops/iam/account_preferences.h"

#include "gen/iam/operations.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

// An alias takes the place of an earlier one.
Result<CreateAccountAliasResponse> CreateAccountAlias(OperationContext& context,
                                                      const CreateAccountAliasRequest& request) {
  if (AccountId::Parse(request.account_alias)) {
    return Fail(ErrorCode::kValidationError, "The account alias must not be a 12-digit number.");
  }
  TRY(context.directory.preferences.SetAlias(request.account_alias));
  return CreateAccountAliasResponse{};
}

Result<DeleteAccountAliasResponse> DeleteAccountAlias(OperationContext& context,
                                                      const DeleteAccountAliasRequest& request) {
  if (TRY(context.directory.preferences.Get()).alias != request.account_alias) {
    return Fail(ErrorCode::kNoSuchEntity, "The account alias " + request.account_alias + " cannot be found.");
  }
  TRY(context.directory.preferences.SetAlias(""));
  return DeleteAccountAliasResponse{};
}

Result<ListAccountAliasesResponse> ListAccountAliases(OperationContext& context,
                                                      const ListAccountAliasesRequest& request) {
  std::vector<std::string> aliases;
  const std::string alias = TRY(context.directory.preferences.Get()).alias;
  if (!alias.empty()) aliases.push_back(alias);
  ListAccountAliasesResponse response;
  TRY(ShowPage(
      context, "ListAccountAliases", request, std::move(aliases), [](const std::string& one) { return one; },
      [&](const std::string& one) { response.account_aliases.push_back(one); }, response));
  return response;
}

Result<SetSecurityTokenServicePreferencesResponse> SetSecurityTokenServicePreferences(
    OperationContext& context, const SetSecurityTokenServicePreferencesRequest& request) {
  const bool second = request.global_endpoint_token_version == global_endpoint_token_version::kV2Token;
  TRY(context.directory.preferences.SetTokenVersion(second ? 2 : 1));
  return SetSecurityTokenServicePreferencesResponse{};
}

}  // namespace

void RegisterAccountPreferenceOperations(Operations& operations) {
  operations.Add<api::CreateAccountAlias>(CreateAccountAlias);
  operations.Add<api::DeleteAccountAlias>(DeleteAccountAlias);
  operations.Add<api::ListAccountAliases>(ListAccountAliases);
  operations.Add<api::SetSecurityTokenServicePreferences>(SetSecurityTokenServicePreferences);
}

}  // namespace claviger::ops::iam
