#include "directory/organization.h"

#include <algorithm>

#include "base/text.h"
#include "directory/organization_internal.h"

namespace claviger::directory {

// Stored, never renumber: docs/internals/directory.md.
template <>
struct PartKind<OrganizationalUnit> {
  static constexpr std::string_view kFolder = "unit";
  enum Field : unsigned { kUnitName = 1, kParent = 2, kUnitTag = 3 };

  static void Encode(const OrganizationalUnit& unit, codec::RecordWriter& writer) {
    writer.Bytes(kUnitName, unit.name).Bytes(kParent, unit.parent);
    for (const Tag& tag : unit.tags) writer.Bytes(kUnitTag, EncodeTag(tag));
  }
  static void Decode(const codec::RecordField& field, OrganizationalUnit& unit) {
    if (field.number == kUnitName) unit.name = field.Text();
    if (field.number == kParent) unit.parent = field.Text();
    if (field.number == kUnitTag) unit.tags.push_back(DecodeTag(field.bytes));
  }
};

template <>
struct PartKind<MemberAccount> {
  static constexpr std::string_view kFolder = "account";
  enum Field : unsigned {
    kAccountName = 1,
    kEmail = 2,
    kParent = 3,
    kStatus = 4,
    kMethod = 5,
    kJoined = 6,
    kAccountTag = 7
  };

  static void Encode(const MemberAccount& account, codec::RecordWriter& writer) {
    writer.Bytes(kAccountName, account.name)
        .Bytes(kEmail, account.email)
        .Bytes(kParent, account.parent)
        .Number(kStatus, static_cast<std::uint64_t>(account.status))
        .Number(kMethod, static_cast<std::uint64_t>(account.joined_method))
        .Time(kJoined, account.joined);
    for (const Tag& tag : account.tags) writer.Bytes(kAccountTag, EncodeTag(tag));
  }
  static void Decode(const codec::RecordField& field, MemberAccount& account) {
    if (field.number == kAccountName) account.name = field.Text();
    if (field.number == kEmail) account.email = field.Text();
    if (field.number == kParent) account.parent = field.Text();
    if (field.number == kStatus) account.status = static_cast<MemberStatus>(field.value);
    if (field.number == kMethod) account.joined_method = static_cast<JoinedMethod>(field.value);
    if (field.number == kJoined) account.joined = field.Time();
    if (field.number == kAccountTag) account.tags.push_back(DecodeTag(field.bytes));
  }
};

template <>
struct PartKind<ControlPolicy> {
  static constexpr std::string_view kFolder = "policy";
  enum Field : unsigned { kType = 1, kPolicyName = 2, kDescription = 3, kContent = 4, kPolicyTag = 5 };

  static void Encode(const ControlPolicy& policy, codec::RecordWriter& writer) {
    writer.Number(kType, static_cast<std::uint64_t>(policy.type))
        .Bytes(kPolicyName, policy.name)
        .BytesUnlessEmpty(kDescription, policy.description)
        .Bytes(kContent, policy.content);
    for (const Tag& tag : policy.tags) writer.Bytes(kPolicyTag, EncodeTag(tag));
  }
  static void Decode(const codec::RecordField& field, ControlPolicy& policy) {
    if (field.number == kType) policy.type = static_cast<ControlPolicyType>(field.value);
    if (field.number == kPolicyName) policy.name = field.Text();
    if (field.number == kDescription) policy.description = field.Text();
    if (field.number == kContent) policy.content = field.Text();
    if (field.number == kPolicyTag) policy.tags.push_back(DecodeTag(field.bytes));
  }
};

template <>
struct PartKind<AccountCreation> {
  static constexpr std::string_view kFolder = "creation";
  enum Field : unsigned { kAccountName = 1, kState = 2, kRequested = 3, kCompleted = 4, kAccount = 5, kFailure = 6 };

  static void Encode(const AccountCreation& creation, codec::RecordWriter& writer) {
    writer.Bytes(kAccountName, creation.account_name)
        .Number(kState, static_cast<std::uint64_t>(creation.state))
        .Time(kRequested, creation.requested)
        .Time(kCompleted, creation.completed)
        .BytesUnlessEmpty(kAccount, creation.account)
        .BytesUnlessEmpty(kFailure, creation.failure);
  }
  static void Decode(const codec::RecordField& field, AccountCreation& creation) {
    if (field.number == kAccountName) creation.account_name = field.Text();
    if (field.number == kState) creation.state = static_cast<CreationState>(field.value);
    if (field.number == kRequested) creation.requested = field.Time();
    if (field.number == kCompleted) creation.completed = field.Time();
    if (field.number == kAccount) creation.account = field.Text();
    if (field.number == kFailure) creation.failure = field.Text();
  }
};

template <>
struct PartKind<TrustedService> {
  static constexpr std::string_view kFolder = "service";
  enum Field : unsigned { kEnabled = 1 };

  static void Encode(const TrustedService& service, codec::RecordWriter& writer) {
    writer.Time(kEnabled, service.enabled);
  }
  static void Decode(const codec::RecordField& field, TrustedService& service) {
    if (field.number == kEnabled) service.enabled = field.Time();
  }
};

template <>
struct PartKind<Delegation> {
  static constexpr std::string_view kFolder = "delegation";
  enum Field : unsigned { kRegistered = 1 };

  static void Encode(const Delegation& delegation, codec::RecordWriter& writer) {
    writer.Time(kRegistered, delegation.registered);
  }
  static void Decode(const codec::RecordField& field, Delegation& delegation) {
    if (field.number == kRegistered) delegation.registered = field.Time();
  }
};

template class OrganizationPart<OrganizationalUnit>;
template class OrganizationPart<MemberAccount>;
template class OrganizationPart<ControlPolicy>;
template class OrganizationPart<AccountCreation>;
template class OrganizationPart<TrustedService>;
template class OrganizationPart<Delegation>;

namespace {

enum MembershipField : unsigned { kManagement = 1, kOrganization = 2 };
enum ClosedField : unsigned { kClosedAt = 1 };
enum OrganizationField : unsigned {
  kOrganizationId = 1,
  kRoot = 2,
  kFeatureSet = 3,
  kOrganizationCreated = 4,
  kEnabledType = 5,
  kRootTag = 6,
  kRootFeature = 7
};

// More units than any organization nests; a cycle, which only damage could make, ends here.
constexpr std::size_t kUnitsDeepMax = 16;

}  // namespace

bool Organization::Enables(ControlPolicyType type) const { return std::ranges::count(enabled_types, type) > 0; }

Result<std::optional<Membership>> FindMembership(store::Transaction& transaction, AccountId account) {
  const std::string at = keyspace::Membership(account);
  const auto entry = TRY(FromStore(transaction.Get(at)));
  if (!entry) return std::optional<Membership>();
  std::optional<AccountId> management;
  std::string organization;
  codec::RecordReader reader(entry->value, kNamedVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kManagement) management = AccountId::Parse(field->bytes);
    if (field->number == kOrganization) organization = field->Text();
  }
  if (!reader.ok() || !management) return Corrupt(at);
  return std::optional(Membership{.management = *management, .organization_id = std::move(organization)});
}

Result<bool> IsClosed(store::Transaction& transaction, AccountId account) {
  return TRY(FromStore(transaction.Get(keyspace::Closed(account)))).has_value();
}

void Close(store::Transaction& transaction, AccountId account, TimePoint when) {
  transaction.Put(keyspace::Closed(account), codec::RecordWriter(kNamedVersion).Time(kClosedAt, when).Take());
}

OrganizationDirectory::OrganizationDirectory(const Context& from, AccountId management)
    : context(InAccount(from, management)),
      units(context),
      accounts(context),
      policies(context),
      creations(context),
      services(context),
      delegations(context) {}

Result<std::optional<Organization>> OrganizationDirectory::Find() {
  const std::string at = keyspace::Organization(context.account);
  const auto entry = TRY(FromStore(context.transaction.Get(at)));
  if (!entry) return std::optional<Organization>();
  Organization found;
  codec::RecordReader reader(entry->value, kNamedVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kOrganizationId) found.id = field->Text();
    if (field->number == kRoot) found.root_id = field->Text();
    if (field->number == kFeatureSet) found.feature_set = static_cast<FeatureSet>(field->value);
    if (field->number == kOrganizationCreated) found.created = field->Time();
    if (field->number == kEnabledType) found.enabled_types.push_back(static_cast<ControlPolicyType>(field->value));
    if (field->number == kRootTag) found.root_tags.push_back(DecodeTag(field->bytes));
    if (field->number == kRootFeature) found.root_features.push_back(static_cast<RootFeature>(field->value));
  }
  if (!reader.ok()) return Corrupt(at);
  return std::optional(std::move(found));
}

void OrganizationDirectory::Put(const Organization& organization) {
  codec::RecordWriter writer(kNamedVersion);
  writer.Bytes(kOrganizationId, organization.id)
      .Bytes(kRoot, organization.root_id)
      .Number(kFeatureSet, static_cast<std::uint64_t>(organization.feature_set))
      .Time(kOrganizationCreated, organization.created);
  for (const ControlPolicyType type : organization.enabled_types) {
    writer.Number(kEnabledType, static_cast<std::uint64_t>(type));
  }
  for (const Tag& tag : organization.root_tags) writer.Bytes(kRootTag, EncodeTag(tag));
  for (const RootFeature feature : organization.root_features) {
    writer.Number(kRootFeature, static_cast<std::uint64_t>(feature));
  }
  context.transaction.Put(keyspace::Organization(context.account), writer.Take());
}

Result<> OrganizationDirectory::Remove() {
  for (const std::string& prefix : keyspace::AllOfOrganization(context.account)) {
    std::vector<std::string> keys;
    TRY(FromStore(context.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry&) {
      keys.emplace_back(key);
      return true;
    })));
    for (const std::string& key : keys) context.transaction.Delete(key);
  }
  return {};
}

void OrganizationDirectory::AddChild(std::string_view parent, std::string_view child) {
  context.transaction.Put(keyspace::OrganizationChildren(context.account, parent) + std::string(child), "");
}

void OrganizationDirectory::RemoveChild(std::string_view parent, std::string_view child) {
  context.transaction.Delete(keyspace::OrganizationChildren(context.account, parent) + std::string(child));
}

Result<Children> OrganizationDirectory::ChildrenOf(std::string_view parent) {
  const std::string prefix = keyspace::OrganizationChildren(context.account, parent);
  Children children;
  TRY(FromStore(context.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry&) {
    const std::string_view child = key.substr(prefix.size());
    (child.starts_with("ou-") ? children.units : children.accounts).emplace_back(child);
    return true;
  })));
  return children;
}

Result<std::vector<std::string>> OrganizationDirectory::PathTo(const Organization& organization,
                                                               std::string_view parent) {
  std::vector<std::string> path{std::string(parent)};
  while (path.back() != organization.root_id) {
    const auto unit = TRY(units.Find(path.back()));
    if (!unit || path.size() > kUnitsDeepMax) return std::vector<std::string>();
    path.push_back(unit->parent);
  }
  std::ranges::reverse(path);
  return path;
}

void OrganizationDirectory::Join(const Organization& organization, AccountId account) {
  codec::RecordWriter writer(kNamedVersion);
  writer.Bytes(kManagement, context.account.ToString()).Bytes(kOrganization, organization.id);
  context.transaction.Put(keyspace::Membership(account), writer.Take());
}

void OrganizationDirectory::Leave(AccountId account) { context.transaction.Delete(keyspace::Membership(account)); }

Result<std::optional<std::string>> OrganizationDirectory::FindEmail(std::string_view email) {
  const auto entry = TRY(
      FromStore(context.transaction.Get(keyspace::OrganizationParts(context.account, "email") + AsciiLower(email))));
  return entry ? std::optional(std::string(entry->value)) : std::nullopt;
}

void OrganizationDirectory::PutEmail(std::string_view email, std::string_view account) {
  context.transaction.Put(keyspace::OrganizationParts(context.account, "email") + AsciiLower(email), account);
}

void OrganizationDirectory::RemoveEmail(std::string_view email) {
  context.transaction.Delete(keyspace::OrganizationParts(context.account, "email") + AsciiLower(email));
}

std::string RandomWord(Random& random, std::size_t count) {
  constexpr std::string_view kCharacters = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string word;
  while (word.size() < count) word += kCharacters[random.Uint64() % kCharacters.size()];
  return word;
}

}  // namespace claviger::directory
