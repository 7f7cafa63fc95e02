#include "ops/iam/policy_lookup.h"

#include "aws/arn.h"

namespace claviger::ops::iam {

Failure<Error> PolicyNotFound(std::string_view arn) {
  return Fail(ErrorCode::kNoSuchEntity, "Policy " + std::string(arn) + " was not found.");
}

Failure<Error> PolicyNotAttachable(std::string_view arn) {
  return Fail(ErrorCode::kNoSuchEntity, "Policy " + std::string(arn) + " does not exist or is not attachable.");
}

Result<directory::Policy> GetAttachablePolicy(OperationContext& context, std::string_view arn) {
  auto policy = TRY(context.directory.policies.FindByArn(arn));
  if (!policy) return PolicyNotAttachable(arn);
  return std::move(*policy);
}

Result<directory::Policy> GetKnownPolicy(OperationContext& context, std::string_view arn) {
  auto policy = TRY(context.directory.policies.FindByArn(arn));
  if (!policy) return PolicyNotFound(arn);
  return std::move(*policy);
}

Result<> CheckOwnPolicy(const OperationContext& context, std::string_view arn, std::string_view what) {
  if (context.directory.policies.IsOwnArn(arn)) return {};
  return Fail(ErrorCode::kAccessDenied, "Cannot " + std::string(what) + " policies outside your own account.");
}

Result<> CheckNotReserved(const directory::Policy& policy, directory::EntityKind kind) {
  if (!policy.aws_managed || (policy.path != "/aws-service-role/" && policy.path != "/root-task/")) return {};
  return Fail(ErrorCode::kPolicyNotAttachable,
              "Cannot attach AWS reserved policy to an IAM " + std::string(KindName(kind)) + ".");
}

Result<std::string> BoundaryId(OperationContext& context, const std::optional<std::string>& arn,
                               directory::EntityKind kind) {
  if (!arn) return std::string();
  const auto parsed = Arn::Parse(*arn);
  if (!parsed || parsed->service != "iam" || !parsed->resource.starts_with("policy/")) {
    return Fail(ErrorCode::kInvalidInput, "ARN " + *arn + " is not valid.");
  }
  auto policy = TRY(context.directory.policies.FindByArn(*arn));
  if (!policy) {
    return Fail(ErrorCode::kNoSuchEntity, "Scope ARN: " + *arn + " does not exist or is not attachable.");
  }
  TRY(CheckNotReserved(*policy, kind));
  return std::move(policy->id);
}

Result<std::shared_ptr<const policy::Document>> ParseDocument(std::string_view text, policy::Kind kind) {
  auto document = policy::Parse(text, kind);
  if (!document.ok()) return Failure{policy::ToError(std::move(document).error())};
  return *std::move(document);
}

}  // namespace claviger::ops::iam
