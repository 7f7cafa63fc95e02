#include "directory/organization_policy.h"

#include <algorithm>
#include <utility>

#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

constexpr char kAllowEverything[] =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
constexpr char kAllowEverybodyEverything[] =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";

}  // namespace

const std::vector<ControlPolicy>& ManagedControlPolicies() {
  static const std::vector<ControlPolicy> kPolicies = {{.id = std::string(kFullAwsAccess),
                                                        .type = ControlPolicyType::kServiceControl,
                                                        .name = "FullAWSAccess",
                                                        .description = "Allows access to every operation",
                                                        .content = kAllowEverything,
                                                        .tags = {},
                                                        .aws_managed = true},
                                                       {.id = std::string(kRcpFullAwsAccess),
                                                        .type = ControlPolicyType::kResourceControl,
                                                        .name = "RCPFullAWSAccess",
                                                        .description = "Allows access to every resource",
                                                        .content = kAllowEverybodyEverything,
                                                        .tags = {},
                                                        .aws_managed = true}};
  return kPolicies;
}

const ControlPolicy& DefaultControlPolicy(ControlPolicyType type) {
  return *std::ranges::find(ManagedControlPolicies(), type, &ControlPolicy::type);
}

std::string_view TypeInArn(ControlPolicyType type) {
  return type == ControlPolicyType::kServiceControl ? "service_control_policy" : "resource_control_policy";
}

std::string ArnOf(const Organization& organization, AccountId management, const ControlPolicy& policy) {
  std::string arn = "arn:aws:organizations::";
  arn += policy.aws_managed ? "aws:policy/" : management.ToString() + ":policy/" + organization.id + "/";
  arn += TypeInArn(policy.type);
  return arn + "/" + policy.id;
}

Result<std::optional<ControlPolicy>> ControlAttachments::FindPolicy(std::string_view id) {
  const auto& managed = ManagedControlPolicies();
  const auto found = std::ranges::find(managed, id, &ControlPolicy::id);
  if (found != managed.end()) return std::optional(*found);
  return organization_.policies.Find(id);
}

Result<std::vector<std::string>> ControlAttachments::IdsAttachedTo(std::string_view target) {
  const std::string prefix = keyspace::ControlAttachments(organization_.management(), target);
  std::vector<std::string> ids;
  TRY(FromStore(organization_.context.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry&) {
    ids.emplace_back(key.substr(prefix.size()));
    return true;
  })));
  return ids;
}

Result<std::vector<ControlPolicy>> ControlAttachments::AttachedTo(std::string_view target, ControlPolicyType type) {
  std::vector<ControlPolicy> policies;
  for (const std::string& id : TRY(IdsAttachedTo(target))) {
    auto policy = TRY(FindPolicy(id));
    if (!policy) return Corrupt(keyspace::ControlAttachments(organization_.management(), target) + id);
    if (policy->type == type) policies.push_back(std::move(*policy));
  }
  return policies;
}

Result<std::vector<std::string>> ControlAttachments::TargetsOf(std::string_view policy) {
  const std::string prefix = keyspace::ControlTargets(organization_.management(), policy);
  std::vector<std::string> ids;
  TRY(FromStore(organization_.context.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry&) {
    ids.emplace_back(key.substr(prefix.size()));
    return true;
  })));
  return ids;
}

Result<bool> ControlAttachments::IsAttached(std::string_view policy, std::string_view target) {
  const std::string key = keyspace::ControlAttachments(organization_.management(), target) + std::string(policy);
  return TRY(FromStore(organization_.context.transaction.Get(key))).has_value();
}

void ControlAttachments::Attach(std::string_view policy, std::string_view target) {
  store::Transaction& transaction = organization_.context.transaction;
  transaction.Put(keyspace::ControlAttachments(organization_.management(), target) + std::string(policy), "");
  transaction.Put(keyspace::ControlTargets(organization_.management(), policy) + std::string(target), "");
}

void ControlAttachments::Detach(std::string_view policy, std::string_view target) {
  store::Transaction& transaction = organization_.context.transaction;
  transaction.Delete(keyspace::ControlAttachments(organization_.management(), target) + std::string(policy));
  transaction.Delete(keyspace::ControlTargets(organization_.management(), policy) + std::string(target));
}

Result<> ControlAttachments::DetachAll(std::string_view target) {
  for (const std::string& id : TRY(IdsAttachedTo(target))) Detach(id, target);
  return {};
}

void ControlAttachments::AttachDefaults(const Organization& organization, std::string_view target) {
  for (const ControlPolicyType type : organization.enabled_types) Attach(DefaultControlPolicy(type).id, target);
}

Result<AccountControls> LoadAccountControls(const Context& context, AccountId account) {
  AccountControls controls;
  controls.closed = TRY(IsClosed(context.transaction, account));
  const auto membership = TRY(FindMembership(context.transaction, account));
  if (!membership) return controls;
  OrganizationDirectory directory(context, membership->management);
  const auto organization = TRY(directory.Find());
  const std::string id = account.ToString();
  const auto member = TRY(directory.accounts.Find(id));
  if (!organization || !member) return Corrupt(keyspace::Membership(account));
  std::vector<std::string> levels = TRY(directory.PathTo(*organization, member->parent));
  if (levels.empty()) return Corrupt(keyspace::Membership(account));

  controls.is_management = account == membership->management;
  controls.organization_id = organization->id;
  controls.organization_path = organization->id + "/";
  for (const std::string& level : levels) controls.organization_path += level + "/";
  if (controls.is_management) return controls;

  levels.push_back(id);
  ControlAttachments attachments(directory);
  for (const ControlPolicyType type : organization->enabled_types) {
    auto& of_type = type == ControlPolicyType::kServiceControl ? controls.service_control : controls.resource_control;
    for (const std::string& level : levels) {
      std::vector<ControlText>& texts = of_type.emplace_back();
      for (ControlPolicy& policy : TRY(attachments.AttachedTo(level, type))) {
        std::string arn = ArnOf(*organization, membership->management, policy);
        texts.push_back({.id = std::move(policy.id), .arn = std::move(arn), .content = std::move(policy.content)});
      }
    }
  }
  return controls;
}

}  // namespace claviger::directory
