#include "wire/operation.h"

#include <algorithm>
#include <string>

#include "gen/cloudtrail/operations.h"
#include "gen/iam/operations.h"
#include "gen/organizations/operations.h"
#include "gen/sts/operations.h"
#include "wire/text_internal.h"

namespace claviger::wire {

namespace {

const OperationInfo* FindIn(const ServiceInfo& service, std::string_view name) {
  const auto found = std::ranges::lower_bound(service.operations, name, {}, &OperationInfo::name);
  return found == service.operations.end() || found->name != name ? nullptr : &*found;
}

}  // namespace

std::span<const ServiceInfo* const> Services() {
  static const ServiceInfo* const kServices[] = {&gen::iam::Service(), &gen::sts::Service(),
                                                 &gen::organizations::Service(), &gen::cloudtrail::Service()};
  return kServices;
}

const ServiceInfo* FindService(std::string_view name) {
  const auto services = Services();
  const auto found = std::ranges::find(services, name, &ServiceInfo::name);
  return found == services.end() ? nullptr : *found;
}

const ServiceInfo* ServiceOfVersion(std::string_view version) {
  const auto services = Services();
  const auto found = std::ranges::find_if(services, [version](const ServiceInfo* service) {
    return !service->SpeaksJson() && service->api_version == version;
  });
  return found == services.end() ? nullptr : *found;
}

const OperationInfo* FindOperation(std::string_view action, std::string_view version) {
  const ServiceInfo* service = ServiceOfVersion(version);
  return service == nullptr ? nullptr : FindIn(*service, action);
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

Result<const OperationInfo*> GetTargetOperation(std::string_view target) {
  const std::size_t dot = target.rfind('.');
  if (dot != std::string_view::npos) {
    for (const ServiceInfo* service : Services()) {
      if (!service->SpeaksJson() || service->target_prefix != target.substr(0, dot)) continue;
      if (const OperationInfo* operation = FindIn(*service, target.substr(dot + 1))) return operation;
    }
  }
  return Fail(ErrorCode::kUnknownOperationException, "");
}

}  // namespace claviger::wire
