#include "ops/iam/login_profile.h"

#include <array>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "directory/login_profile.h"
#include "gen/iam/operations.h"
#include "ops/iam/caller_user.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

// The root user has no name of its own, which AWS's message shows.
Result<directory::LoginProfile> GetProfile(OperationContext& context, const KeyOwner& owner) {
  return context.directory.login_profiles.Get(owner.id, owner.user_name.value_or("null"));
}

LoginProfile ToApi(const KeyOwner& owner, const directory::LoginProfile& profile) {
  return {
      .user_name = owner.user_name, .create_date = profile.created, .password_reset_required = profile.reset_required};
}

Failure<Error> Violation() {
  return Fail(ErrorCode::kPasswordPolicyViolation, "Password does not conform to the account password policy.");
}

// The hash of `password` under the profile's salt: ops/slow_work.h says what becomes of the first attempt at it. `what`
// tells the passwords of one request apart. A profile that has no password yet gets the salt of the first attempt.
Result<crypto::Secret> Hash(OperationContext& context, std::string_view what, const std::string& password,
                            directory::LoginProfile& profile) {
  const bool is_new = profile.hashes.empty();
  const std::string name = std::string(what) + (is_new ? std::string() : " " + HexEncode(AsBytes(profile.salt)));
  const crypto::Secret outcome = TRY(
      context.slow_work.Get(name, [salt = profile.salt, secret = crypto::Secret(password)]() -> Result<crypto::Secret> {
        return crypto::Secret(salt + std::string(TRY(directory::HashFor(salt, secret)).Reveal()));
      }));
  profile.salt = outcome.Reveal().substr(0, crypto::kPasswordSaltBytes);
  return crypto::Secret(std::string(outcome.Reveal().substr(crypto::kPasswordSaltBytes)));
}

// Makes `password` the profile's, if the account's policy lets it.
Result<> SetNewPassword(OperationContext& context, const KeyOwner& owner, const std::string& password,
                        directory::LoginProfile& profile) {
  const auto policy = TRY(directory::FindPasswordPolicy(context.directory.context));
  const std::string account = context.account().ToString();
  const std::string name = owner.user_name.value_or(std::string(directory::kRootOwner));
  if (!directory::IsGoodPassword(policy, password, std::array<std::string_view, 2>{account, name})) return Violation();
  crypto::Secret hash = TRY(Hash(context, "the new password", password, profile));
  const std::size_t refused = policy ? policy->former_refused.value_or(0) : 0;
  if (directory::IsRecentPassword(profile, hash, refused)) return Violation();
  directory::SetPassword(profile, std::move(hash), context.now);
  return {};
}

Result<CreateLoginProfileResponse> CreateLoginProfile(OperationContext& context,
                                                      const CreateLoginProfileRequest& request) {
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  // For AssumeRoot's task there is a profile to be and no password: who the root user is sets one.
  const bool is_task = context.caller.IsAssumedRoot();
  if (TRY(context.directory.login_profiles.Exists(owner.id))) {
    const std::string whose = owner.user_name ? "user " + *owner.user_name : "account " + context.account().ToString();
    return Fail(ErrorCode::kEntityAlreadyExists, "Login Profile for " + whose + " already exists.");
  }
  if (request.password.has_value() == is_task) {
    return Fail(
        ErrorCode::kValidationError,
        std::string("1 validation error detected: Value at 'password' failed to satisfy constraint: Member must ") +
            (is_task ? "be null" : "not be null"));
  }
  directory::LoginProfile profile = directory::NewLoginProfile(owner.id, context.now, context.random);
  if (request.password) TRY(SetNewPassword(context, owner, *request.password, profile));
  profile.reset_required = request.password_reset_required.value_or(false);
  context.directory.login_profiles.Put(profile);
  return CreateLoginProfileResponse{.login_profile = ToApi(owner, profile)};
}

Result<GetLoginProfileResponse> GetLoginProfile(OperationContext& context, const GetLoginProfileRequest& request) {
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  return GetLoginProfileResponse{.login_profile = ToApi(owner, TRY(GetProfile(context, owner)))};
}

Result<UpdateLoginProfileResponse> UpdateLoginProfile(OperationContext& context,
                                                      const UpdateLoginProfileRequest& request) {
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  directory::LoginProfile profile = TRY(GetProfile(context, owner));
  if (request.password) TRY(SetNewPassword(context, owner, *request.password, profile));
  if (request.password_reset_required) profile.reset_required = *request.password_reset_required;
  context.directory.login_profiles.Put(profile);
  return UpdateLoginProfileResponse{};
}

Result<DeleteLoginProfileResponse> DeleteLoginProfile(OperationContext& context,
                                                      const DeleteLoginProfileRequest& request) {
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  TRY(GetProfile(context, owner));
  context.directory.login_profiles.Remove(owner.id);
  return DeleteLoginProfileResponse{};
}

Result<ChangePasswordResponse> ChangePassword(OperationContext& context, const ChangePasswordRequest& request) {
  if (context.caller.type != PrincipalType::kUser) {
    return Fail(ErrorCode::kInvalidUserType, "Only IAM Users can change their own password");
  }
  const KeyOwner owner{.id = context.caller.unique_id, .user_name = context.caller.user_name};
  directory::LoginProfile profile = TRY(GetProfile(context, owner));
  const crypto::Secret old_hash = TRY(Hash(context, "the old password", request.old_password, profile));
  if (!TRY(context.directory.login_profiles.VerifyPassword(profile, old_hash, context.now))) {
    context.keep_when_failed = true;
    return Fail(ErrorCode::kAccessDenied, "The old password was incorrect.");
  }
  TRY(SetNewPassword(context, owner, request.new_password, profile));
  profile.reset_required = false;
  context.directory.login_profiles.Put(profile);
  return ChangePasswordResponse{};
}

}  // namespace

void RegisterLoginProfileOperations(Operations& operations) {
  operations.Add<api::CreateLoginProfile>(CreateLoginProfile);
  operations.Add<api::GetLoginProfile>(GetLoginProfile);
  operations.Add<api::UpdateLoginProfile>(UpdateLoginProfile);
  operations.Add<api::DeleteLoginProfile>(DeleteLoginProfile);
  operations.Add<api::ChangePassword>(ChangePassword);
}

}  // namespace claviger::ops::iam
