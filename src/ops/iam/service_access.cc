#include "ops/iam/service_access.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "authz/service_access.h"
#include "gen/iam/operations.h"
#include "ops/iam/policy_source.h"
#include "ops/paging.h"
#include "policy/parse.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::EntityKind;

struct ParsedPolicy {
  PolicyGrantingServiceAccess shown;
  std::shared_ptr<const policy::Document> document;
};

const char* EntityTypeOf(EntityKind kind) {
  switch (kind) {
    case EntityKind::kUser:
      return "USER";
    case EntityKind::kGroup:
      return "GROUP";
    case EntityKind::kRole:
      break;
  }
  return "ROLE";
}

Result<ParsedPolicy> ParseStored(const directory::PolicyText& text) {
  auto document = policy::Parse(text.document, policy::Kind::kAny);
  if (!document.ok()) return Fail(ErrorCode::kInternalFailure, "A stored policy cannot be read.");
  PolicyGrantingServiceAccess shown{.policy_name = text.name, .policy_type = text.entity ? "INLINE" : "MANAGED"};
  if (text.entity) {
    shown.entity_type = EntityTypeOf(text.entity->kind);
    shown.entity_name = text.entity->name;
  } else {
    shown.policy_arn = text.arn;
  }
  return ParsedPolicy{.shown = std::move(shown), .document = *std::move(document)};
}

// The services in the order asked for, kPageItems a page.
Result<ListPoliciesGrantingServiceAccessResponse> ListPoliciesGrantingServiceAccess(
    OperationContext& context, const ListPoliciesGrantingServiceAccessRequest& request) {
  constexpr std::string_view operation = "ListPoliciesGrantingServiceAccess";
  const std::size_t begin = TRY(OpenIndexMarker(context, operation, request.marker));
  std::vector<ParsedPolicy> policies;
  for (const directory::PolicyText& text : TRY(GetPolicyHolder(context, request.arn)).policies.identity) {
    policies.push_back(TRY(ParseStored(text)));
  }
  const std::vector<std::string>& services = request.service_namespaces;
  const std::size_t end = std::min(services.size(), begin + kPageItems);
  ListPoliciesGrantingServiceAccessResponse response;
  for (std::size_t i = begin; i < end; ++i) {
    auto& entry = response.policies_granting_service_access.emplace_back();
    entry.service_namespace = services[i];
    auto& granting = entry.policies.emplace();
    for (const ParsedPolicy& policy : policies) {
      if (authz::GrantsService(*policy.document, services[i])) granting.push_back(policy.shown);
    }
  }
  response.is_truncated = end < services.size();
  if (*response.is_truncated) response.marker = MakeIndexMarker(context, operation, end);
  return response;
}

}  // namespace

void RegisterServiceAccessOperations(Operations& operations) {
  operations.Add<api::ListPoliciesGrantingServiceAccess>(ListPoliciesGrantingServiceAccess);
}

}  // namespace claviger::ops::iam
