#include "directory/service_catalogue.h"

#include <algorithm>
#include <set>

#include "aws/action.h"
#include "aws/shape.h"
#include "codec/json.h"
#include "gen/cloudtrail/operations.h"
#include "gen/iam/operations.h"
#include "gen/organizations/operations.h"
#include "gen/sts/operations.h"

namespace claviger::directory {
namespace {

// All services of 2026 are 1 MB.
constexpr std::size_t kFileBytesMax = 16U << 20;

ServiceFacts FactsOf(const ServiceInfo& service, std::string_view name) {
  std::set<std::string> actions;
  const auto add = [&](const ActionInfo& action) {
    const std::size_t colon = action.name.find(':');
    if (action.name.substr(0, colon) == service.name) actions.emplace(action.name.substr(colon + 1));
  };
  for (const OperationInfo& operation : service.operations) {
    add(*operation.action);
    for (const ActionInfo& also : operation.action->also) add(also);
  }
  return {.name_space = std::string(service.name),
          .name = std::string(name),
          .actions = {actions.begin(), actions.end()},
          .tracked = true};
}

Failure<Error> Broken(const codec::JsonValue& value, std::string_view what) {
  return Fail(ErrorCode::kValidationError, "line " + std::to_string(value.begin.line) + ": " + std::string(what));
}

Result<std::string> Text(const codec::JsonValue& object, std::string_view name) {
  const codec::JsonValue* value = object.Find(name);
  if (value == nullptr || !value->IsString() || value->text.empty()) {
    return Broken(object, "`" + std::string(name) + "` must be a string");
  }
  return std::string(value->text);
}

Result<ServiceFacts> ReadService(const codec::JsonValue& value) {
  ServiceFacts service{.name_space = TRY(Text(value, "namespace")), .name = TRY(Text(value, "name"))};
  const codec::JsonValue* actions = value.Find("actions");
  if (actions == nullptr || !actions->IsArray()) return Broken(value, "`actions` must be a list");
  for (const codec::JsonValue& action : actions->items) {
    if (!action.IsString()) return Broken(action, "an action must be a string");
    service.actions.emplace_back(action.text);
  }
  return service;
}

}  // namespace

ServiceCatalogue::ServiceCatalogue()
    : services_{FactsOf(gen::cloudtrail::Service(), "AWS CloudTrail"),
                FactsOf(gen::iam::Service(), "AWS Identity and Access Management"),
                FactsOf(gen::organizations::Service(), "AWS Organizations"),
                FactsOf(gen::sts::Service(), "AWS Security Token Service")} {}

Result<ServiceCatalogue> ServiceCatalogue::Parse(std::string_view text) {
  const auto json = codec::ParseJson(text, {.bytes_max = kFileBytesMax});
  if (!json.ok()) {
    return Fail(ErrorCode::kValidationError,
                "line " + std::to_string(json.error().position.line) + ": " + json.error().message);
  }
  if (!json->root().IsArray()) return Broken(json->root(), "a catalogue is a list of services");
  ServiceCatalogue catalogue;
  std::set<std::string> seen;
  for (const codec::JsonValue& value : json->root().items) {
    ServiceFacts service = TRY(ReadService(value));
    if (!seen.insert(service.name_space).second) return Broken(value, "a service stands here twice");
    if (catalogue.Find(service.name_space) == nullptr) {
      catalogue.services_.push_back(std::move(service));
    }
  }
  std::ranges::sort(catalogue.services_, {}, &ServiceFacts::name_space);
  return catalogue;
}

const ServiceFacts* ServiceCatalogue::Find(std::string_view name_space) const {
  const auto at = std::ranges::find(services_, name_space, &ServiceFacts::name_space);
  return at == services_.end() ? nullptr : &*at;
}

const ServiceCatalogue& BuiltinServices() {
  static const ServiceCatalogue kBuiltin;
  return kBuiltin;
}

}  // namespace claviger::directory
