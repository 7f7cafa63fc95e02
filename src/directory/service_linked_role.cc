#include "directory/service_linked_role.h"

#include <algorithm>

#include "codec/record.h"
#include "directory/keyspace.h"
#include "gen/service_linked_roles.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum TaskField : unsigned { kId = 1, kCreated = 2, kSucceeded = 3, kReason = 4, kUsage = 5 };

}  // namespace

const ServiceLinkedRole* FindServiceLinkedRole(std::string_view service) {
  const auto& all = gen::kServiceLinkedRoles;
  const auto* const at = std::ranges::lower_bound(all, service, {}, &ServiceLinkedRole::service);
  return at != all.end() && at->service == service ? &*at : nullptr;
}

std::string ServiceLinkedRolePath(std::string_view service) {
  return std::string(kServiceRolePath).append(service).append("/");
}

std::string ServiceLinkedRoleName(std::string_view service, std::string_view suffix) {
  const ServiceLinkedRole* known = FindServiceLinkedRole(service);
  std::string name(known == nullptr ? std::string_view("AWSServiceRoleFor") : known->role);
  if (!suffix.empty()) name.append("_").append(suffix);
  return name;
}

Result<std::optional<DeletionTask>> DeletionTasks::Find(std::string_view role_name) {
  const std::string at = keyspace::DeletionTask(context_.account, role_name);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<DeletionTask>();
  DeletionTask task;
  codec::RecordReader reader(entry->value, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kId) task.id = field->Text();
    if (field->number == kCreated) task.created = field->Time();
    if (field->number == kSucceeded) task.succeeded = field->value != 0;
    if (field->number == kReason) task.reason = field->Text();
    if (field->number == kUsage) task.usage.push_back(field->Text());
  }
  if (!reader.ok() || task.id.empty()) return Corrupt(at);
  return std::optional(std::move(task));
}

void DeletionTasks::Put(std::string_view role_name, const DeletionTask& task) {
  codec::RecordWriter writer(kVersion);
  writer.Bytes(kId, task.id)
      .Time(kCreated, task.created)
      .Number(kSucceeded, task.succeeded ? 1 : 0)
      .BytesUnlessEmpty(kReason, task.reason);
  for (const std::string& arn : task.usage) writer.Bytes(kUsage, arn);
  context_.transaction.Put(keyspace::DeletionTask(context_.account, role_name), writer.Take());
}

}  // namespace claviger::directory
