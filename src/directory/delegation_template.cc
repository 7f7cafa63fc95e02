#include "directory/delegation_template.h"

#include <algorithm>

#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum Field : unsigned { kProvider = 1, kCreated = 2, kProviderName = 3, kPolicy = 4 };

constexpr std::string_view kArnPrefix = "arn:aws:iam:::delegation-template/";

std::optional<DelegationTemplate> Decode(std::string_view name, std::string_view record) {
  DelegationTemplate found{.name = std::string(name)};
  std::optional<AccountId> provider;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kProvider) provider = AccountId::Parse(field->bytes);
    if (field->number == kCreated) found.created = field->Time();
    if (field->number == kProviderName) found.provider_name = field->Text();
    if (field->number == kPolicy) found.policy = field->Text();
  }
  if (!reader.ok() || !provider || found.policy.empty()) return std::nullopt;
  found.provider = *provider;
  return found;
}

bool IsName(std::string_view name) {
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kTemplateNameMarks.find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= kTemplateNameBytesMax && std::ranges::all_of(name, is_good);
}

bool IsProviderName(std::string_view name) {
  return name.size() <= kProviderNameBytesMax && std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::string DelegationTemplateArn(std::string_view name) { return std::string(kArnPrefix) + std::string(name); }

std::optional<std::string_view> DelegationTemplateName(std::string_view arn) {
  if (!arn.starts_with(kArnPrefix)) return std::nullopt;
  arn.remove_prefix(kArnPrefix.size());
  return IsName(arn) ? std::optional(arn) : std::nullopt;
}

Result<std::optional<DelegationTemplate>> FindDelegationTemplate(const Context& context, std::string_view name) {
  const std::string at = keyspace::GlobalDelegationTemplate(name);
  const auto entry = TRY(FromStore(context.transaction.Get(at)));
  if (!entry) return std::optional<DelegationTemplate>();
  auto found = Decode(name, entry->value);
  if (!found) return Corrupt(at);
  return found;
}

Result<std::vector<DelegationTemplate>> ListDelegationTemplates(const Context& context) {
  const std::string prefix = keyspace::GlobalDelegationTemplates();
  std::vector<DelegationTemplate> found;
  std::optional<std::string> broken;
  TRY(FromStore(context.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry& entry) {
    auto one = Decode(key.substr(prefix.size()), entry.value);
    if (!one) broken = key;
    if (one) found.push_back(*std::move(one));
    return !broken;
  })));
  if (broken) return Corrupt(*broken);
  return found;
}

Result<> InsertDelegationTemplate(const Context& context, const DelegationTemplate& added) {
  if (!IsName(added.name)) {
    return Fail(ErrorCode::kValidationError, "a template's name is made of letters, digits, `_`, `.` and `-`, " +
                                                 std::to_string(kTemplateNameBytesMax) + " at most");
  }
  if (!IsProviderName(added.provider_name)) {
    return Fail(ErrorCode::kValidationError,
                "a provider's name has at most " + std::to_string(kProviderNameBytesMax) + " printable characters");
  }
  if (TRY(FindDelegationTemplate(context, added.name))) {
    return Fail(ErrorCode::kEntityAlreadyExists, "Delegation template " + added.name + " already exists.");
  }
  context.transaction.Put(keyspace::GlobalDelegationTemplate(added.name),
                          codec::RecordWriter(kVersion)
                              .Bytes(kProvider, added.provider.ToString())
                              .Time(kCreated, added.created)
                              .BytesUnlessEmpty(kProviderName, added.provider_name)
                              .Bytes(kPolicy, added.policy)
                              .Take());
  return {};
}

Result<> RemoveDelegationTemplate(const Context& context, std::string_view name) {
  if (!TRY(FindDelegationTemplate(context, name))) {
    return Fail(ErrorCode::kNoSuchEntity,
                "The delegation template with name " + std::string(name) + " cannot be found.");
  }
  context.transaction.Delete(keyspace::GlobalDelegationTemplate(name));
  return {};
}

}  // namespace claviger::directory
