// Roles that belong to a service of AWS: what AWS calls them, and the tasks that delete them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service_linked_role.h"
#include "base/clock.h"
#include "directory/context.h"

namespace claviger::directory {

// Every such role's path begins so; the service follows.
inline constexpr std::string_view kServiceRolePath = "/aws-service-role/";

// Null for a service that has none.
const ServiceLinkedRole* FindServiceLinkedRole(std::string_view service);

// "/aws-service-role/autoscaling.amazonaws.com/"
std::string ServiceLinkedRolePath(std::string_view service);
// "AWSServiceRoleForAutoScaling_blue". Of a service that has no such role only what all of them begin with.
std::string ServiceLinkedRoleName(std::string_view service, std::string_view suffix);

// An attempt to delete such a role, which ends as it is made.
struct DeletionTask {
  std::string id;  // "task/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling/<uuid>"
  TimePoint created;
  bool succeeded = false;
  std::string reason;              // Why it failed.
  std::vector<std::string> usage;  // ARNs of what uses the role.
};

// The tasks of one account; of each role only the last one is kept. One attempt's view; not thread-safe.
class DeletionTasks {
 public:
  explicit DeletionTasks(const Context& context) : context_(context) {}

  Result<std::optional<DeletionTask>> Find(std::string_view role_name);
  void Put(std::string_view role_name, const DeletionTask& task);

 private:
  Context context_;
};

}  // namespace claviger::directory
