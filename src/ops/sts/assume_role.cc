#include "ops/sts/assume_role.h"

#include <chrono>
#include <utility>

#include "gen/sts/operations.h"
#include "ops/sts/mfa.h"
#include "ops/sts/new_session.h"
#include "ops/sts/role_session.h"
#include "ops/sts/session_policy.h"
#include "ops/sts/session_tags.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using std::chrono::seconds;

constexpr seconds kChainedDurationMax{3600};

Failure<Error> Denied(const Caller& caller, std::string_view action, const std::string& role_arn) {
  return Fail(ErrorCode::kAccessDenied, "User: " + caller.arn + " is not authorized to perform: " +
                                            std::string(action) + " on resource: " + role_arn);
}

// One that is missing is refused like one that trusts nobody: who may not assume it learns nothing.
Result<RoleAtHome> GetRole(const OperationContext& context, const std::string& arn) {
  auto found = TRY(FindRole(context.directory.context, arn));
  if (!found) return Denied(context.caller, "sts:AssumeRole", arn);
  return *std::move(found);
}

Result<seconds> Duration(const Caller& caller, const directory::Role& role, std::optional<std::int32_t> asked) {
  const seconds duration = TRY(RoleSessionDuration(role, asked));
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
  const RoleAtHome found = TRY(GetRole(context, request.role_arn));
  if (request.provided_contexts && !request.provided_contexts->empty()) {
    return Fail(ErrorCode::kNotImplemented,
                "Claviger does not implement ProvidedContexts of sts:AssumeRole: there is no context provider.");
  }

  const seconds duration = TRY(Duration(caller, found.role, request.duration_seconds));
  session::Session session = SessionOfRole(context, found, request.role_session_name, duration);
  session.mfa_authenticated = TRY(AuthenticateMfa(context, request.serial_number, request.token_code));
  session.source_identity = TRY(SourceIdentity(caller, request));
  session.tags = TRY(SessionTags(caller, request.tags, request.transitive_tag_keys));
  const std::int32_t packed = TRY(AddSessionPolicies(found.owner, request.policy, request.policy_arns, session));

  AssumeRoleResponse response;
  response.assumed_role_user = UserOf(session, found.role);
  if (packed > 0) response.packed_policy_size = packed;
  if (!session.source_identity.empty()) response.source_identity = session.source_identity;
  response.credentials = IssueCredentials(context, std::move(session));
  return response;
}

}  // namespace

void RegisterAssumeRoleOperations(Operations& operations) { operations.Add<api::AssumeRole>(AssumeRole); }

}  // namespace claviger::ops::sts
