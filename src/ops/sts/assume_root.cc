#include "ops/sts/assume_root.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "aws/arn.h"
#include "directory/organization.h"
#include "gen/sts/operations.h"
#include "ops/sts/new_session.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::RootFeature;

constexpr std::string_view kIamService = "iam.amazonaws.com";
constexpr std::chrono::seconds kDurationDefault{900};

// What a session may be for: the policies below this path, and the feature of the organization that each needs.
struct Task {
  std::string_view name;
  RootFeature feature;
};
constexpr std::string_view kTaskArnPrefix = "arn:aws:iam::aws:policy/root-task/";
constexpr std::array<Task, 5> kTasks = {{{"IAMAuditRootUserCredentials", RootFeature::kRootCredentialsManagement},
                                         {"IAMCreateRootUserPassword", RootFeature::kRootCredentialsManagement},
                                         {"IAMDeleteRootUserCredentials", RootFeature::kRootCredentialsManagement},
                                         {"S3UnlockBucketPolicy", RootFeature::kRootSessions},
                                         {"SQSUnlockQueuePolicy", RootFeature::kRootSessions}}};

// The account that `principal` is the number or the root ARN of.
Result<AccountId> GetTarget(const std::string& principal) {
  const auto arn = Arn::Parse(principal);
  const auto account = AccountId::Parse(arn ? arn->account : std::string_view(principal));
  if (account && (!arn || principal == RootArn(*account))) return *account;
  return Fail(ErrorCode::kValidationError, "Request must contain a valid target principal");
}

// The task, and the policy that is it.
Result<std::pair<Task, directory::Policy>> GetTask(const directory::Context& owner, std::string_view arn) {
  if (arn.starts_with(kTaskArnPrefix)) {
    const auto task = std::ranges::find(kTasks, arn.substr(kTaskArnPrefix.size()), &Task::name);
    if (task != kTasks.end()) {
      auto policy = TRY(directory::Policies(owner).FindByArn(arn));
      if (policy) return std::pair(*task, *std::move(policy));
    }
  }
  return Fail(ErrorCode::kValidationError, "Request must contain valid AWS managed task policy ARN");
}

Failure<Error> Denied(std::string text) { return Fail(ErrorCode::kAccessDenied, std::move(text)); }

// Whether the organization lets this account, one of its own, act for the root user of `target`.
Result<bool> Administers(AccountId account, directory::OrganizationDirectory& organization, AccountId target) {
  const auto member = TRY(organization.accounts.Find(target.ToString()));
  if (!member || member->status != directory::MemberStatus::kActive) return false;
  if (target == organization.management()) return false;
  if (account == organization.management()) return true;
  return TRY(organization.delegations.Find(account.ToString() + "/" + std::string(kIamService))).has_value();
}

// Whether the caller's organization lets root users of members be assumed for this. Errors: AccessDenied.
Result<> CheckOrganization(const OperationContext& context, AccountId target, RootFeature feature) {
  const auto not_authorized = [&] {
    return Denied("User: " + context.caller.arn +
                  " is not authorized to perform: sts:AssumeRoot on resource: " + RootArn(target));
  };
  const directory::Context& caller = context.directory.context;
  const auto membership = TRY(directory::FindMembership(caller.transaction, caller.account));
  if (!membership || context.caller.IsRoot()) return not_authorized();
  directory::OrganizationDirectory organization(caller, membership->management);
  if (!TRY(Administers(caller.account, organization, target))) return not_authorized();
  if (!TRY(organization.services.Find(kIamService))) return Denied("Service not enabled for AWS Organizations.");
  const auto stored = TRY(organization.Find());
  if (stored && std::ranges::count(stored->root_features, feature) > 0) return {};
  const bool sessions = feature == RootFeature::kRootSessions;
  return Denied(sessions ? "Root sessions feature is not enabled for your AWS Organization."
                         : "Root credentials management feature is not enabled for your AWS Organization.");
}

Result<AssumeRootResponse> AssumeRoot(OperationContext& context, const AssumeRootRequest& request) {
  const AccountId target = TRY(GetTarget(request.target_principal));
  const directory::Context owner = directory::InAccount(context.directory.context, target);
  const auto [task, policy] = TRY(GetTask(owner, request.task_policy_arn.arn.value_or("")));
  TRY(CheckOrganization(context, target, task.feature));

  session::Session session = SessionFor(
      context, request.duration_seconds ? std::chrono::seconds(*request.duration_seconds) : kDurationDefault);
  session.account = target;
  session.type = PrincipalType::kRoot;
  session.principal_id = target.ToString();
  session.assumed_root = true;
  session.managed_policies = {policy.id};
  if (context.caller.session) session.source_identity = context.caller.session->source_identity;

  AssumeRootResponse response;
  if (!session.source_identity.empty()) response.source_identity = session.source_identity;
  response.credentials = IssueCredentials(context, std::move(session));
  return response;
}

}  // namespace

void RegisterAssumeRootOperations(Operations& operations) { operations.Add<api::AssumeRoot>(AssumeRoot); }

}  // namespace claviger::ops::sts
