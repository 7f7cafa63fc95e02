#include "directory/holdings.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/text.h"
#include "codec/record.h"
#include "directory/counter.h"
#include "directory/keyspace.h"
#include "policy/limits.h"

namespace claviger::directory {
namespace {

using codec::RecordReader;
using codec::RecordWriter;

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum HoldingsField : unsigned { kAttached = 1, kInline = 2, kGroup = 3 };
enum InlineField : unsigned { kName = 1, kCharacters = 2 };
enum DocumentField : unsigned { kDocument = 1 };

std::string_view UseName(PolicyUse use) { return use == PolicyUse::kAttached ? "attached" : "boundary"; }

// How many managed policies an entity may have, and what AWS calls that.
std::pair<std::string_view, std::uint64_t> AttachedQuota(EntityKind kind, const Quotas& quotas) {
  switch (kind) {
    case EntityKind::kUser:
      return {"PoliciesPerUser", quotas.policies_per_user};
    case EntityKind::kGroup:
      return {"PoliciesPerGroup", quotas.policies_per_group};
    case EntityKind::kRole:
      break;
  }
  return {"PoliciesPerRole", quotas.policies_per_role};
}

// How large all inline policies of an entity may be together.
std::pair<std::string_view, std::uint64_t> InlineQuota(EntityKind kind, const Quotas& quotas) {
  switch (kind) {
    case EntityKind::kUser:
      return {"user", quotas.user_inline_characters};
    case EntityKind::kGroup:
      return {"group", quotas.group_inline_characters};
    case EntityKind::kRole:
      break;
  }
  return {"role", quotas.role_inline_characters};
}

std::optional<InlinePolicyInfo> DecodeInline(std::string_view record) {
  InlinePolicyInfo info;
  RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kName) info.name = field->Text();
    if (field->number == kCharacters) info.characters = field->value;
  }
  if (!reader.ok() || info.name.empty()) return std::nullopt;
  return info;
}

std::optional<Holdings> Decode(std::string_view record) {
  Holdings holdings;
  RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kAttached) holdings.attached.push_back(field->Text());
    if (field->number == kGroup) holdings.groups.push_back(field->Text());
    if (field->number == kInline) {
      auto info = DecodeInline(field->bytes);
      if (!info) return std::nullopt;
      holdings.inline_policies.push_back(std::move(*info));
    }
  }
  if (!reader.ok()) return std::nullopt;
  return holdings;
}

auto FindInfo(Holdings& holdings, std::string_view name) {
  return std::ranges::find_if(holdings.inline_policies,
                              [&](const InlinePolicyInfo& info) { return EqualsIgnoreCase(info.name, name); });
}

}  // namespace

std::string_view KindName(EntityKind kind) {
  switch (kind) {
    case EntityKind::kUser:
      return "user";
    case EntityKind::kGroup:
      return "group";
    case EntityKind::kRole:
      break;
  }
  return "role";
}

Result<Holdings> AllHoldings::Get(std::string_view entity_id) {
  const std::string at = keyspace::Holdings(context_.account, entity_id);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return Holdings();
  auto holdings = Decode(entry->value);
  if (!holdings) return Corrupt(at);
  return std::move(*holdings);
}

void AllHoldings::Put(std::string_view entity_id, const Holdings& holdings) {
  const std::string at = keyspace::Holdings(context_.account, entity_id);
  if (holdings.empty()) {
    context_.transaction.Delete(at);
    return;
  }
  RecordWriter writer(kVersion);
  for (const std::string& id : holdings.attached) writer.Bytes(kAttached, id);
  for (const InlinePolicyInfo& info : holdings.inline_policies) {
    writer.Bytes(kInline, RecordWriter(kVersion).Bytes(kName, info.name).Number(kCharacters, info.characters).Take());
  }
  for (const std::string& id : holdings.groups) writer.Bytes(kGroup, id);
  context_.transaction.Put(at, writer.Take());
}

Result<> AllHoldings::Attach(const Entity& entity, std::string_view policy_id) {
  Holdings holdings = TRY(Get(entity.id));
  if (std::ranges::find(holdings.attached, policy_id) != holdings.attached.end()) return {};
  const auto [quota_name, quota] = AttachedQuota(entity.kind, context_.quotas);
  if (holdings.attached.size() >= quota) return QuotaExceeded(quota_name, quota);
  holdings.attached.emplace_back(policy_id);
  Put(entity.id, holdings);
  context_.transaction.Put(keyspace::PolicyUse(context_.account, policy_id, UseName(PolicyUse::kAttached),
                                               static_cast<char>(entity.kind), entity.id),
                           "");
  return {};
}

Result<bool> AllHoldings::Detach(const Entity& entity, std::string_view policy_id) {
  Holdings holdings = TRY(Get(entity.id));
  if (std::erase(holdings.attached, policy_id) == 0) return false;
  Put(entity.id, holdings);
  context_.transaction.Delete(keyspace::PolicyUse(context_.account, policy_id, UseName(PolicyUse::kAttached),
                                                  static_cast<char>(entity.kind), entity.id));
  return true;
}

Result<std::optional<std::string>> AllHoldings::FindInline(std::string_view entity_id, std::string_view name) {
  const std::string at = keyspace::InlinePolicy(context_.account, entity_id, name);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<std::string>();
  std::optional<std::string> document;
  RecordReader reader(entry->value, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kDocument) document = field->Text();
  }
  if (!reader.ok() || !document) return Corrupt(at);
  return document;
}

Result<> AllHoldings::PutInline(const Entity& entity, std::string_view name, std::string_view document) {
  Holdings holdings = TRY(Get(entity.id));
  auto& all = holdings.inline_policies;
  if (const auto known = FindInfo(holdings, name); known != all.end()) all.erase(known);
  all.push_back({.name = std::string(name), .characters = policy::CountedCharacters(document)});
  std::ranges::sort(all, {}, [](const InlinePolicyInfo& info) { return AsciiLower(info.name); });
  const auto characters =
      std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                      [](std::uint64_t sum, const InlinePolicyInfo& info) { return sum + info.characters; });
  const auto [kind_name, quota] = InlineQuota(entity.kind, context_.quotas);
  if (characters > quota) {
    return Fail(ErrorCode::kLimitExceeded, "Maximum policy size of " + std::to_string(quota) + " bytes exceeded for " +
                                               std::string(kind_name) + " " + entity.name);
  }
  Put(entity.id, holdings);
  context_.transaction.Put(keyspace::InlinePolicy(context_.account, entity.id, name),
                           RecordWriter(kVersion).Bytes(kDocument, document).Take());
  return {};
}

Result<bool> AllHoldings::RemoveInline(const Entity& entity, std::string_view name) {
  Holdings holdings = TRY(Get(entity.id));
  const auto known = FindInfo(holdings, name);
  if (known == holdings.inline_policies.end()) return false;
  holdings.inline_policies.erase(known);
  Put(entity.id, holdings);
  context_.transaction.Delete(keyspace::InlinePolicy(context_.account, entity.id, name));
  return true;
}

void AllHoldings::MoveBoundary(EntityKind kind, std::string_view entity_id, std::string_view before,
                               std::string_view policy_id) {
  const auto key = [&](std::string_view policy) {
    return keyspace::PolicyUse(context_.account, policy, UseName(PolicyUse::kBoundary), static_cast<char>(kind),
                               entity_id);
  };
  if (before == policy_id) return;
  if (!before.empty()) context_.transaction.Delete(key(before));
  if (!policy_id.empty()) context_.transaction.Put(key(policy_id), "");
}

Result<std::uint64_t> AllHoldings::CountUsers(std::string_view policy_id, PolicyUse use) {
  std::uint64_t count = 0;
  TRY(FromStore(context_.transaction.Scan(keyspace::PolicyUses(context_.account, policy_id, UseName(use)), "",
                                          [&](std::string_view, const store::Entry&) {
                                            ++count;
                                            return true;
                                          })));
  return count;
}

Result<bool> AllHoldings::IsUsed(std::string_view policy_id) {
  bool used = false;
  for (const PolicyUse use : {PolicyUse::kAttached, PolicyUse::kBoundary}) {
    TRY(FromStore(context_.transaction.Scan(keyspace::PolicyUses(context_.account, policy_id, UseName(use)), "",
                                            [&](std::string_view, const store::Entry&) {
                                              used = true;
                                              return false;
                                            })));
  }
  return used;
}

Result<Page<PolicyUser>> AllHoldings::ListUsers(std::string_view policy_id, PolicyUse use, std::string_view after,
                                                std::size_t count_max, const Keep& keep) {
  const std::string prefix = keyspace::PolicyUses(context_.account, policy_id, UseName(use));
  const std::string start = after.empty() ? std::string() : prefix + std::string(after);
  Page<PolicyUser> page;
  Result<> outcome;
  TRY(FromStore(context_.transaction.Scan(prefix, start, [&](std::string_view key, const store::Entry&) {
    const std::string_view position = key.substr(prefix.size());  // "u/AIDA..."
    if (position.size() < 3) {
      outcome = Corrupt(key);
      return false;
    }
    PolicyUser user{.kind = static_cast<EntityKind>(position.front()), .id = std::string(position.substr(2))};
    const Result<bool> kept = keep(user);
    if (!kept.ok()) outcome = Failure{kept.error()};
    if (!kept.ok() || !*kept) return kept.ok();
    page.truncated = page.items.size() == count_max;
    if (!page.truncated) page.items.push_back(std::move(user));
    return !page.truncated;
  })));
  TRY(outcome);
  return page;
}

std::string AllHoldings::PositionOf(const PolicyUser& user) {
  return std::string(1, static_cast<char>(user.kind)) + "/" + user.id;
}

}  // namespace claviger::directory
