#include "ops/iam/password_policy.h"

#include "directory/password_policy.h"
#include "gen/iam/operations.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

std::optional<std::uint32_t> ToNumber(const std::optional<std::int32_t>& api) {
  if (!api) return std::nullopt;
  return static_cast<std::uint32_t>(*api);
}

std::optional<std::int32_t> ToApi(const std::optional<std::uint32_t>& number) {
  if (!number) return std::nullopt;
  return static_cast<std::int32_t>(*number);
}

// What the request leaves out goes back to its default, whatever held before.
Result<UpdateAccountPasswordPolicyResponse> UpdateAccountPasswordPolicy(
    OperationContext& context, const UpdateAccountPasswordPolicyRequest& request) {
  directory::PasswordPolicy policy{.needs_symbols = request.require_symbols.value_or(false),
                                   .needs_numbers = request.require_numbers.value_or(false),
                                   .needs_upper_case = request.require_uppercase_characters.value_or(false),
                                   .needs_lower_case = request.require_lowercase_characters.value_or(false),
                                   .users_may_change = request.allow_users_to_change_password.value_or(false),
                                   .days_max = ToNumber(request.max_password_age),
                                   .former_refused = ToNumber(request.password_reuse_prevention),
                                   .hard_expiry = request.hard_expiry};
  policy.characters_min = ToNumber(request.minimum_password_length).value_or(policy.characters_min);
  directory::PutPasswordPolicy(context.directory.context, policy);
  return UpdateAccountPasswordPolicyResponse{};
}

Result<GetAccountPasswordPolicyResponse> GetAccountPasswordPolicy(OperationContext& context,
                                                                  const GetAccountPasswordPolicyRequest&) {
  const auto policy = TRY(directory::FindPasswordPolicy(context.directory.context));
  if (!policy) {
    return Fail(ErrorCode::kNoSuchEntity,
                "The Password Policy with domain name " + context.account().ToString() + " cannot be found.");
  }
  return GetAccountPasswordPolicyResponse{
      .password_policy = {.minimum_password_length = static_cast<std::int32_t>(policy->characters_min),
                          .require_symbols = policy->needs_symbols,
                          .require_numbers = policy->needs_numbers,
                          .require_uppercase_characters = policy->needs_upper_case,
                          .require_lowercase_characters = policy->needs_lower_case,
                          .allow_users_to_change_password = policy->users_may_change,
                          .expire_passwords = policy->days_max.has_value(),
                          .max_password_age = ToApi(policy->days_max),
                          .password_reuse_prevention = ToApi(policy->former_refused),
                          .hard_expiry = policy->hard_expiry}};
}

Result<DeleteAccountPasswordPolicyResponse> DeleteAccountPasswordPolicy(OperationContext& context,
                                                                        const DeleteAccountPasswordPolicyRequest&) {
  if (!TRY(directory::FindPasswordPolicy(context.directory.context))) {
    return Fail(ErrorCode::kNoSuchEntity, "The account policy with name PasswordPolicy cannot be found.");
  }
  directory::RemovePasswordPolicy(context.directory.context);
  return DeleteAccountPasswordPolicyResponse{};
}

}  // namespace

void RegisterPasswordPolicyOperations(Operations& operations) {
  operations.Add<api::UpdateAccountPasswordPolicy>(UpdateAccountPasswordPolicy);
  operations.Add<api::GetAccountPasswordPolicy>(GetAccountPasswordPolicy);
  operations.Add<api::DeleteAccountPasswordPolicy>(DeleteAccountPasswordPolicy);
}

}  // namespace claviger::ops::iam
