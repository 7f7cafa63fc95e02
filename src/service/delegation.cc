#include "service/delegation.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "policy/parse.h"

namespace claviger::service {
namespace {

constexpr std::string_view kOfAnybody =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:AssociateDelegationRequest",)"
    R"("iam:GetDelegationRequest","iam:GetHumanReadableSummary"],"Resource":"*"}]})";
constexpr std::string_view kOfOwner =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GetDelegationRequest",)"
    R"("iam:GetHumanReadableSummary","iam:ListDelegationRequests","iam:RejectDelegationRequest",)"
    R"("iam:SendDelegationToken","iam:UpdateDelegationRequest"],"Resource":"*"}]})";

authz::CompiledSet Compiled(std::string_view text) {
  auto document = policy::Parse(text, policy::Kind::kInline);
  std::vector<std::shared_ptr<const authz::CompiledPolicy>> policies;
  if (document.ok()) policies.push_back(authz::Compile(*std::move(document), {"delegation-defaults", {}}));
  return authz::CompiledSet(std::move(policies));
}

const authz::CompiledSet* DefaultsOfOwner() {
  static const authz::CompiledSet defaults = Compiled(kOfOwner);
  return &defaults;
}

}  // namespace

const authz::CompiledSet* DelegationDefaults(const Caller& caller, const Resource& resource,
                                             std::string_view asked_owner) {
  static const authz::CompiledSet of_anybody = Compiled(kOfAnybody);
  if (resource.type == nullptr) {
    return !asked_owner.empty() && asked_owner == caller.arn ? DefaultsOfOwner() : nullptr;
  }
  if (resource.type->name != "delegation-request" || !resource.exists) return nullptr;
  if (resource.entity.owner_arn.empty()) return &of_anybody;
  return resource.entity.owner_user_id == caller.user_id ? DefaultsOfOwner() : nullptr;
}

}  // namespace claviger::service
