#include "ops/iam/service_linked_role.h"

#include "aws/arn.h"
#include "aws/unique_id.h"
#include "gen/iam/operations.h"
#include "ops/iam/protected_role.h"
#include "ops/iam/show.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::EntityKind;

constexpr std::size_t kRoleNameMax = 64;
constexpr std::string_view kTaskPrefix = "task";
constexpr std::string_view kUsageRegion = "us-east-1";  // Where IAM's own resources are.

std::string TrustPolicyOf(std::string_view service) {
  return R"({"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Principal":{"Service":[")" +
         std::string(service) + R"("]},"Effect":"Allow"}]})";
}

directory::Entity EntityOf(const directory::Role& role) {
  return {.kind = EntityKind::kRole, .id = role.id, .name = role.name};
}

// Gives the role its one policy, where the catalogue has it.
Result<> AttachPolicy(OperationContext& context, const directory::Role& role, std::string_view policy_name) {
  std::string arn(directory::kAwsPolicyArnPrefix.substr(0, directory::kAwsPolicyArnPrefix.size() - 1));
  arn.append(directory::kServiceRolePath).append(policy_name);
  const auto policy = TRY(context.directory.policies.FindByArn(arn));
  if (!policy) return {};
  return context.directory.holdings.Attach(EntityOf(role), policy->id);
}

Result<CreateServiceLinkedRoleResponse> CreateServiceLinkedRole(OperationContext& context,
                                                                const CreateServiceLinkedRoleRequest& request) {
  const std::string& service = request.aws_service_name;
  const ServiceLinkedRole* known = directory::FindServiceLinkedRole(service);
  if (known == nullptr) {
    return Fail(ErrorCode::kInvalidInput, "Cannot find Service Linked Role template for " + service);
  }
  if (request.custom_suffix && !known->custom_suffix) {
    return Fail(ErrorCode::kInvalidInput, "Custom suffix is not allowed for " + service);
  }
  directory::Role role{.id = MintId(IdKind::kRole, context.account(), context.random),
                       .path = directory::ServiceLinkedRolePath(service),
                       .name = directory::ServiceLinkedRoleName(service, request.custom_suffix.value_or("")),
                       .created = context.now,
                       .description = request.description.value_or(std::string(known->description)),
                       .trust_policy = TrustPolicyOf(service)};
  if (role.name.size() > kRoleNameMax) {
    return Fail(ErrorCode::kInvalidInput,
                "Service role name " + role.name + " is longer than " + std::to_string(kRoleNameMax) + " characters.");
  }
  if (TRY(context.directory.roles.Find(role.name))) {
    return Fail(ErrorCode::kInvalidInput,
                "Service role name " + role.name + " has been taken in this account, please try a different suffix.");
  }
  TRY(context.directory.roles.InsertServiceLinked(role));
  TRY(AttachPolicy(context, role, known->policy));
  return CreateServiceLinkedRoleResponse{.role = ToApi(context.account(), role, role.trust_policy)};
}

std::string NewTaskId(const directory::Role& role, Random& random) {
  std::string id(kTaskPrefix);
  return id.append(role.path).append(role.name).append("/").append(random.Uuid());
}

// Nothing but instance profiles can be known here to use a role.
Result<std::vector<std::string>> UsesOf(OperationContext& context, const directory::Role& role) {
  std::vector<std::string> arns;
  for (const auto& profile : TRY(context.directory.instance_profiles.ListOf(role.id))) {
    arns.push_back(IamArn(context.account(), "instance-profile", profile.path, profile.name));
  }
  return arns;
}

Result<> Delete(OperationContext& context, const directory::Role& role) {
  for (const std::string& policy : TRY(context.directory.holdings.Get(role.id)).attached) {
    TRY(context.directory.holdings.Detach(EntityOf(role), policy));
  }
  return context.directory.roles.Remove(role);
}

// The task is over when its id is answered: the role is gone, or the task has failed.
Result<DeleteServiceLinkedRoleResponse> DeleteServiceLinkedRole(OperationContext& context,
                                                                const DeleteServiceLinkedRoleRequest& request) {
  const directory::Role role = TRY(context.directory.roles.Get(request.role_name));
  if (!IsServiceLinked(role)) {
    return Fail(ErrorCode::kNoSuchEntity, "The role with name " + role.name + " is not a service-linked role.");
  }
  directory::DeletionTask task{
      .id = NewTaskId(role, context.random), .created = context.now, .usage = TRY(UsesOf(context, role))};
  task.succeeded = task.usage.empty();
  if (task.succeeded) {
    TRY(Delete(context, role));
  } else {
    task.reason = "The role " + role.name + " is in use by the resources listed.";
  }
  context.directory.deletion_tasks.Put(role.name, task);
  return DeleteServiceLinkedRoleResponse{.deletion_task_id = task.id};
}

// The name of the role that a task is about; nullopt for what is no task's id.
std::optional<std::string_view> RoleOfTask(std::string_view id) {
  if (!id.starts_with(kTaskPrefix)) return std::nullopt;
  id.remove_prefix(kTaskPrefix.size());
  if (!id.starts_with(directory::kServiceRolePath)) return std::nullopt;
  id = id.substr(0, id.rfind('/'));
  const std::string_view name = id.substr(id.rfind('/') + 1);
  if (id.size() <= directory::kServiceRolePath.size() || name.empty() || name.size() > kRoleNameMax) {
    return std::nullopt;
  }
  return name;
}

Result<GetServiceLinkedRoleDeletionStatusResponse> GetServiceLinkedRoleDeletionStatus(
    OperationContext& context, const GetServiceLinkedRoleDeletionStatusRequest& request) {
  const auto role = RoleOfTask(request.deletion_task_id);
  if (!role) return Fail(ErrorCode::kInvalidInput, "The deletion task id is not valid: " + request.deletion_task_id);
  const auto task = TRY(context.directory.deletion_tasks.Find(*role));
  if (!task || task->id != request.deletion_task_id) {
    return Fail(ErrorCode::kNoSuchEntity,
                "The deletion task with id " + request.deletion_task_id + " cannot be found.");
  }
  if (task->succeeded) {
    return GetServiceLinkedRoleDeletionStatusResponse{.status = std::string(deletion_task_status_type::kSucceeded)};
  }
  GetServiceLinkedRoleDeletionStatusResponse response{.status = std::string(deletion_task_status_type::kFailed)};
  response.reason = DeletionTaskFailureReasonType{
      .reason = task->reason, .role_usage_list = {{{.region = std::string(kUsageRegion), .resources = task->usage}}}};
  return response;
}

}  // namespace

void RegisterServiceLinkedRoleOperations(Operations& operations) {
  operations.Add<api::CreateServiceLinkedRole>(CreateServiceLinkedRole);
  operations.Add<api::DeleteServiceLinkedRole>(DeleteServiceLinkedRole);
  operations.Add<api::GetServiceLinkedRoleDeletionStatus>(GetServiceLinkedRoleDeletionStatus);
}

}  // namespace claviger::ops::iam
