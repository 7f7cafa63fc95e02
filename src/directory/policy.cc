#include "directory/policy.h"

#include <algorithm>
#include <charconv>

#include "aws/arn.h"
#include "directory/named_internal.h"

namespace claviger::directory {

template <>
struct Kind<Policy> {
  static constexpr std::string_view kFolder = "policy";

  // Stored, never renumber: docs/internals/directory.md.
  enum Field : unsigned { kDescription = kFirstOwn, kUpdated = 7, kDefaultVersion = 8, kLastVersion = 9 };

  static Counter Count(const Context& context) {
    return {.what = "policies", .quota_name = "PoliciesPerAccount", .max = context.quotas.policies_per_account};
  }
  static std::string Missing(std::string_view name) {
    return "The policy with name " + std::string(name) + " cannot be found.";
  }
  static std::string Existing(std::string_view name) {
    return "A policy called " + std::string(name) + " already exists. Duplicate names are not allowed.";
  }
  static void EncodeOwn(const Policy& policy, codec::RecordWriter& writer) {
    writer.BytesUnlessEmpty(kDescription, policy.description)
        .Time(kUpdated, policy.updated)
        .Number(kDefaultVersion, policy.default_version)
        .Number(kLastVersion, policy.last_version);
  }
  static void DecodeOwn(const codec::RecordField& field, Policy& policy) {
    if (field.number == kDescription) policy.description = field.Text();
    if (field.number == kUpdated) policy.updated = field.Time();
    if (field.number == kDefaultVersion) policy.default_version = static_cast<std::uint32_t>(field.value);
    if (field.number == kLastVersion) policy.last_version = static_cast<std::uint32_t>(field.value);
  }
};

template class Named<Policy>;

namespace {

enum VersionField : unsigned { kVersionCreated = 1, kDocument = 2 };  // Stored, never renumber.

constexpr std::string_view kVersionsCount = "policy-versions";

Counter VersionCount(const Context& context) {
  return {
      .what = kVersionsCount, .quota_name = "PolicyVersionsInUse", .max = context.quotas.policy_versions_per_account};
}

std::optional<PolicyVersion> DecodeVersion(std::uint32_t number, std::string_view record) {
  PolicyVersion version{.number = number};
  codec::RecordReader reader(record, kNamedVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kVersionCreated) version.created = field->Time();
    if (field->number == kDocument) version.document = field->Text();
  }
  if (!reader.ok() || version.document.empty()) return std::nullopt;
  return version;
}

void PutVersion(const Context& context, std::string_view policy_id, const PolicyVersion& version) {
  context.transaction.Put(keyspace::PolicyVersion(context.account, policy_id, version.number),
                          codec::RecordWriter(kNamedVersion)
                              .Time(kVersionCreated, version.created)
                              .Bytes(kDocument, version.document)
                              .Take());
}

TimePoint FromSeconds(std::int64_t seconds) { return TimePoint(std::chrono::seconds(seconds)); }

PolicyVersion FromCatalogue(const AwsManagedPolicyVersion& version) {
  return {.number = version.number, .created = FromSeconds(version.created), .document = std::string(version.document)};
}

}  // namespace

std::string VersionName(std::uint32_t number) { return "v" + std::to_string(number); }

std::optional<std::uint32_t> ParseVersionName(std::string_view name) {
  if (name.size() < 2 || name[0] != 'v' || name[1] == '0') return std::nullopt;
  std::uint32_t number = 0;
  const auto read = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  if (read.ec != std::errc() || read.ptr != name.data() + name.size()) return std::nullopt;
  return number;
}

Policy FromCatalogue(const AwsManagedPolicy& policy) {
  const std::string_view resource = policy.arn.substr(kAwsPolicyArnPrefix.size() - 1);
  const std::size_t name_begin = resource.rfind('/') + 1;
  return {.id = std::string(policy.id),
          .path = std::string(resource.substr(0, name_begin)),
          .name = std::string(resource.substr(name_begin)),
          .created = FromSeconds(policy.created),
          .updated = FromSeconds(policy.updated),
          .default_version = policy.default_version,
          .last_version = policy.versions.back().number,
          .aws_managed = true};
}

std::string Policies::ArnOf(const Policy& policy) const {
  if (!policy.aws_managed) return IamArn(context_.account, "policy", policy.path, policy.name);
  return std::string(kAwsPolicyArnPrefix.substr(0, kAwsPolicyArnPrefix.size() - 1)) + policy.path + policy.name;
}

bool Policies::IsOwnArn(std::string_view arn) const {
  const auto parsed = Arn::Parse(arn);
  return parsed && parsed->partition == "aws" && parsed->service == "iam" && parsed->region.empty() &&
         parsed->account == context_.account.ToString() && parsed->resource.starts_with("policy/");
}

Result<std::optional<Policy>> Policies::FindByArn(std::string_view arn) {
  if (arn.starts_with(kAwsPolicyArnPrefix)) {
    const AwsManagedPolicy* known = context_.catalogue.Find(arn);
    return known == nullptr ? std::optional<Policy>() : FromCatalogue(*known);
  }
  if (!IsOwnArn(arn)) return std::optional<Policy>();
  auto policy = TRY(Find(arn.substr(arn.rfind('/') + 1)));
  if (!policy || ArnOf(*policy) != arn) return std::optional<Policy>();
  return policy;
}

Result<std::optional<Policy>> Policies::FindAnyById(std::string_view id) {
  if (const AwsManagedPolicy* known = context_.catalogue.FindById(id)) return std::optional(FromCatalogue(*known));
  return FindById(id);
}

Result<> Policies::Insert(const Policy& policy, std::string_view document) {
  TRY(Named::Insert(policy));
  TRY(CountUp(context_, VersionCount(context_)));
  PutVersion(context_, policy.id,
             {.number = policy.default_version, .created = policy.created, .document = std::string(document)});
  return {};
}

Result<> Policies::Remove(const Policy& policy) {
  for (const PolicyVersion& version : TRY(ListVersions(policy))) {
    context_.transaction.Delete(keyspace::PolicyVersion(context_.account, policy.id, version.number));
    CountDown(context_, VersionCount(context_));
  }
  return Named::Remove(policy);
}

Result<std::optional<PolicyVersion>> Policies::FindVersion(const Policy& policy, std::uint32_t number) {
  if (policy.aws_managed) {
    const AwsManagedPolicy* known = context_.catalogue.FindById(policy.id);
    if (known == nullptr) return std::optional<PolicyVersion>();
    const auto version = std::ranges::find(known->versions, number, &AwsManagedPolicyVersion::number);
    if (version == known->versions.end()) return std::optional<PolicyVersion>();
    return std::optional(FromCatalogue(*version));
  }
  const std::string at = keyspace::PolicyVersion(context_.account, policy.id, number);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<PolicyVersion>();
  auto version = DecodeVersion(number, entry->value);
  if (!version) return Corrupt(at);
  return version;
}

Result<PolicyVersion> Policies::DefaultVersion(const Policy& policy) {
  auto version = TRY(FindVersion(policy, policy.default_version));
  if (!version) return Corrupt(keyspace::PolicyVersion(context_.account, policy.id, policy.default_version));
  return std::move(*version);
}

Result<std::vector<PolicyVersion>> Policies::ListVersions(const Policy& policy) {
  std::vector<PolicyVersion> versions;
  if (policy.aws_managed) {
    const AwsManagedPolicy* known = context_.catalogue.FindById(policy.id);
    if (known == nullptr) return versions;
    for (const AwsManagedPolicyVersion& version : known->versions) versions.push_back(FromCatalogue(version));
  } else {
    const std::string prefix = keyspace::PolicyVersions(context_.account, policy.id);
    Result<> outcome;
    TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry& entry) {
      std::uint32_t number = 0;
      std::from_chars(key.data() + prefix.size(), key.data() + key.size(), number, 16);
      auto version = DecodeVersion(number, entry.value);
      if (!version || number == 0) {
        outcome = Corrupt(key);
        return false;
      }
      versions.push_back(std::move(*version));
      return true;
    })));
    TRY(outcome);
  }
  std::ranges::reverse(versions);
  return versions;
}

Result<PolicyVersion> Policies::AddVersion(Policy& policy, std::string_view document, bool set_default, TimePoint now) {
  const std::uint64_t quota = context_.quotas.versions_per_policy;
  if (TRY(ListVersions(policy)).size() >= quota) {
    return Fail(ErrorCode::kLimitExceeded,
                "A managed policy can have up to " + std::to_string(quota) +
                    " versions. Before you create a new version, you must delete an existing version.");
  }
  TRY(CountUp(context_, VersionCount(context_)));
  const Policy stored = policy;
  const PolicyVersion version{.number = policy.last_version + 1, .created = now, .document = std::string(document)};
  policy.last_version = version.number;
  policy.updated = now;
  if (set_default) policy.default_version = version.number;
  PutVersion(context_, policy.id, version);
  TRY(Replace(stored, policy));
  return version;
}

Result<> Policies::RemoveVersion(const Policy& policy, std::uint32_t number, TimePoint now) {
  context_.transaction.Delete(keyspace::PolicyVersion(context_.account, policy.id, number));
  CountDown(context_, VersionCount(context_));
  Policy changed = policy;
  changed.updated = now;
  return Replace(policy, changed);
}

Result<> Policies::SetDefaultVersion(const Policy& policy, std::uint32_t number, TimePoint now) {
  if (policy.default_version == number) return {};
  Policy changed = policy;
  changed.default_version = number;
  changed.updated = now;
  return Replace(policy, changed);
}

}  // namespace claviger::directory
