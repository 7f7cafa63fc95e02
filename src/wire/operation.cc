#include "wire/operation.h"

#include <algorithm>
#include <string>

#include "gen/iam/operations.h"
#include "gen/sts/operations.h"
#include "wire/text_internal.h"

namespace claviger::wire {

std::span<const ServiceInfo* const> Services() {
  static const ServiceInfo* const kServices[] = {&gen::iam::Service(), &gen::sts::Service()};
  return kServices;
}

const ServiceInfo* FindService(std::string_view name) {
  const auto services = Services();
  const auto found = std::ranges::find(services, name, &ServiceInfo::name);
  return found == services.end() ? nullptr : *found;
}

const ServiceInfo* ServiceOfVersion(std::string_view version) {
  const auto services = Services();
  const auto found = std::ranges::find(services, version, &ServiceInfo::api_version);
  return found == services.end() ? nullptr : *found;
}

const OperationInfo* FindOperation(std::string_view action, std::string_view version) {
  const ServiceInfo* service = ServiceOfVersion(version);
  if (service == nullptr) return nullptr;
  const auto found = std::ranges::lower_bound(service->operations, action, {}, &OperationInfo::name);
  return found == service->operations.end() || found->name != action ? nullptr : &*found;
}

Result<const OperationInfo*> GetOperation(const codec::Form& form) {
  const auto action = form.Find("Action");
  if (!action) return Fail(ErrorCode::kMissingAction, "The request is missing an action or a required parameter.");
  const auto version = form.Find("Version");
  if (version) {
    if (const OperationInfo* operation = FindOperation(*action, *version)) return operation;
  }
  std::string message = "Could not find operation ";
  message += ClipUtf8(*action, kEchoBytesMax);
  message += " for version ";
  message += version ? ClipUtf8(*version, kEchoBytesMax) : "NO_VERSION_SPECIFIED";
  return Fail(ErrorCode::kInvalidAction, std::move(message));
}

}  // namespace claviger::wire
