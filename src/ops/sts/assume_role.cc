#include "ops/sts/assume_role.h"

#include <chrono>
#include <utility>

#include "aws/arn.h"
#include "directory/role.h"
#include "gen/sts/operations.h"
#include "ops/sts/mfa.h"
#include "ops/sts/new_session.h"
#include "ops/sts/session_policy.h"
#include "ops/sts/session_tags.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using std::chrono::seconds;

constexpr seconds kDurationDefault{3600};
constexpr seconds kChainedDurationMax{3600};

Failure<Error> Denied(const Caller& caller, std::string_view action, const std::string& role_arn) {
  return Fail(ErrorCode::kAccessDenied, "User: " + caller.arn + " is not authorized to perform: " +
                                            std::string(action) + " on resource: " + role_arn);
}

// The role with exactly this ARN, in `owner`'s account. One that is missing is refused like one that trusts nobody: who
// may not assume it learns nothing.
Result<directory::Role> GetRole(const Caller& caller, const directory::Context& owner, const std::string& arn) {
  const std::string_view name = std::string_view(arn).substr(arn.rfind('/') + 1);
  auto role = TRY(directory::Roles(owner).Find(name));
  if (!role || IamArn(owner.account, "role", role->path, role->name) != arn) {
    return Denied(caller, "sts:AssumeRole", arn);
  }
  return std::move(*role);
}

Result<seconds> Duration(const Caller& caller, const directory::Role& role, std::optional<std::int32_t> asked) {
  const seconds duration = asked ? seconds(*asked) : kDurationDefault;
  if (duration > role.max_session) {
    return Fail(ErrorCode::kValidationError,
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  if (caller.type == PrincipalType::kAssumedRole && duration > kChainedDurationMax) {
    return Fail(ErrorCode::kValidationError,
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
  }
  return duration;
}

// The caller's own, which it cannot change, or the one that it sets; empty for neither.
Result<std::string> SourceIdentity(const Caller& caller, const AssumeRoleRequest& request) {
  const std::string own = caller.session ? caller.session->source_identity : std::string();
  if (!request.source_identity) return own;
  if (!own.empty() && own != *request.source_identity) {
    return Denied(caller, "sts:SetSourceIdentity", request.role_arn);
  }
  return *request.source_identity;
}

// Policies and trust have been asked: whoever comes here may.
Result<AssumeRoleResponse> AssumeRole(OperationContext& context, const AssumeRoleRequest& request) {
  const Caller& caller = context.caller;
  const auto arn = Arn::Parse(request.role_arn);
  const auto account = arn ? AccountId::Parse(arn->account) : std::nullopt;
  if (!account) return Denied(caller, "sts:AssumeRole", request.role_arn);
  const directory::Context owner = directory::InAccount(context.directory.context, *account);
  const directory::Role role = TRY(GetRole(caller, owner, request.role_arn));
  if (request.provided_contexts && !request.provided_contexts->empty()) {
    return Fail(ErrorCode::kNotImplemented, "Claviger does not implement ProvidedContexts of sts:AssumeRole yet.");
  }

  session::Session session = SessionFor(context, TRY(Duration(caller, role, request.duration_seconds)));
  session.account = *account;
  session.type = PrincipalType::kAssumedRole;
  session.principal_id = role.id;
  session.name = request.role_session_name;
  session.mfa_authenticated = TRY(AuthenticateMfa(context, request.serial_number, request.token_code));
  session.source_identity = TRY(SourceIdentity(caller, request));
  session.tags = TRY(SessionTags(caller, request.tags, request.transitive_tag_keys));
  const std::int32_t packed = TRY(AddSessionPolicies(owner, request.policy, request.policy_arns, session));

  AssumeRoleResponse response;
  response.assumed_role_user = AssumedRoleUser{.assumed_role_id = role.id + ":" + session.name,
                                               .arn = AssumedRoleArn(*account, role.name, session.name)};
  if (packed > 0) response.packed_policy_size = packed;
  if (!session.source_identity.empty()) response.source_identity = session.source_identity;
  response.credentials = IssueCredentials(context, std::move(session));
  return response;
}

}  // namespace

void RegisterAssumeRoleOperations(Operations& operations) { operations.Add<api::AssumeRole>(AssumeRole); }

}  // namespace claviger::ops::sts
