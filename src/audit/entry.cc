#include "audit/entry.h"

#include <algorithm>
#include <utility>

#include "codec/record.h"

namespace claviger::audit {
namespace {

// Stored, never renumber: docs/internals/audit.md.
constexpr std::uint8_t kVersion = 1;
enum EntryField : unsigned {
  kEventId = 1,
  kTime = 2,
  kAccount = 3,
  kName = 4,
  kSource = 5,
  kReadOnly = 6,
  kUserName = 7,
  kAccessKeyId = 8,
  kResource = 9,
  kPrincipalArn = 10,
  kIssuerArn = 11,
  kErrorCode = 12,
  kUse = 13,
  kRecord = 14,
  kDeniedParameters = 15,
};
enum PairField : unsigned { kFirst = 1, kSecond = 2 };

constexpr std::array<std::pair<std::string_view, Attribute>, 8> kAttributes = {
    {{"EventId", Attribute::kEventId},
     {"EventName", Attribute::kEventName},
     {"ReadOnly", Attribute::kReadOnly},
     {"Username", Attribute::kUserName},
     {"ResourceType", Attribute::kResourceType},
     {"ResourceName", Attribute::kResourceName},
     {"EventSource", Attribute::kEventSource},
     {"AccessKeyId", Attribute::kAccessKeyId}}};

constexpr std::size_t kUsualAttributes = 16;  // Of an entry; there may be more.

std::string EncodePair(std::string_view first, std::string_view second) {
  return codec::RecordWriter(kVersion).Bytes(kFirst, first).Bytes(kSecond, second).Take();
}

// The texts point into `bytes`.
std::optional<std::pair<std::string_view, std::string_view>> ReadPair(std::string_view bytes) {
  std::pair<std::string_view, std::string_view> pair;
  codec::RecordReader reader(bytes, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kFirst) pair.first = field->bytes;
    if (field->number == kSecond) pair.second = field->bytes;
  }
  if (!reader.ok()) return std::nullopt;
  return pair;
}

}  // namespace

std::optional<Attribute> FindAttribute(std::string_view name) {
  for (const auto& [known, attribute] : kAttributes) {
    if (known == name) return attribute;
  }
  return std::nullopt;
}

std::string Encode(const Entry& entry) {
  std::string bytes;
  EncodeTo(entry, bytes);
  return bytes;
}

void EncodeTo(const Entry& entry, std::string& out) {
  codec::RecordWriter writer(kVersion, std::move(out));
  writer.Bytes(kEventId, entry.event_id)
      .Time(kTime, entry.time)
      .Number(kAccount, entry.account.number())
      .Bytes(kName, entry.name)
      .Bytes(kSource, entry.source);
  if (entry.read_only) writer.Number(kReadOnly, 1);
  writer.BytesUnlessEmpty(kUserName, entry.user_name).BytesUnlessEmpty(kAccessKeyId, entry.access_key_id);
  for (const ResourceName& resource : entry.resources) {
    writer.Bytes(kResource, EncodePair(resource.type, resource.name));
  }
  writer.BytesUnlessEmpty(kPrincipalArn, entry.principal_arn)
      .BytesUnlessEmpty(kIssuerArn, entry.issuer_arn)
      .BytesUnlessEmpty(kErrorCode, entry.error_code);
  for (const Use& use : entry.uses) writer.Bytes(kUse, EncodePair(use.action, use.resource));
  out = writer.Bytes(kRecord, entry.record).BytesUnlessEmpty(kDeniedParameters, entry.denied_parameters).Take();
}

std::optional<Entry> Decode(std::string_view bytes) {
  Entry entry;
  std::optional<AccountId> account;
  codec::RecordReader reader(bytes, kVersion);
  while (const auto field = reader.Next()) {
    switch (field->number) {
      case kEventId:
        entry.event_id = field->Text();
        break;
      case kTime:
        entry.time = field->Time();
        break;
      case kAccount:
        account = AccountId::FromNumber(field->value);
        break;
      case kName:
        entry.name = field->Text();
        break;
      case kSource:
        entry.source = field->Text();
        break;
      case kReadOnly:
        entry.read_only = field->value == 1;
        break;
      case kUserName:
        entry.user_name = field->Text();
        break;
      case kAccessKeyId:
        entry.access_key_id = field->Text();
        break;
      case kPrincipalArn:
        entry.principal_arn = field->Text();
        break;
      case kIssuerArn:
        entry.issuer_arn = field->Text();
        break;
      case kErrorCode:
        entry.error_code = field->Text();
        break;
      case kRecord:
        entry.record = field->Text();
        break;
      case kDeniedParameters:
        entry.denied_parameters = field->Text();
        break;
      case kResource:
      case kUse: {
        const auto pair = ReadPair(field->bytes);
        if (!pair) return std::nullopt;
        if (field->number == kUse) {
          entry.uses.push_back({.action = std::string(pair->first), .resource = std::string(pair->second)});
        } else {
          entry.resources.push_back({.type = std::string(pair->first), .name = std::string(pair->second)});
        }
        break;
      }
      default:
        break;
    }
  }
  if (!reader.ok() || !account || entry.event_id.empty()) return std::nullopt;
  entry.account = *account;
  return entry;
}

bool ReadKeys(std::string_view bytes, EntryKeys& keys) {
  std::optional<AccountId> account;
  bool read_only = false;
  keys.time = {};
  keys.event_id = {};
  keys.attributes.clear();
  keys.attributes.reserve(kUsualAttributes);
  keys.attributes.emplace_back(Attribute::kAny, "");
  codec::RecordReader reader(bytes, kVersion);
  while (const auto field = reader.Next()) {
    switch (field->number) {
      case kEventId:
        keys.event_id = field->bytes;
        keys.attributes.emplace_back(Attribute::kEventId, field->bytes);
        break;
      case kTime:
        keys.time = field->Time();
        break;
      case kAccount:
        account = AccountId::FromNumber(field->value);
        break;
      case kName:
        keys.attributes.emplace_back(Attribute::kEventName, field->bytes);
        break;
      case kSource:
        keys.attributes.emplace_back(Attribute::kEventSource, field->bytes);
        break;
      case kReadOnly:
        read_only = field->value == 1;
        break;
      case kUserName:
        keys.attributes.emplace_back(Attribute::kUserName, field->bytes);
        break;
      case kAccessKeyId:
        keys.attributes.emplace_back(Attribute::kAccessKeyId, field->bytes);
        break;
      case kResource: {
        const auto pair = ReadPair(field->bytes);
        if (!pair) return false;
        keys.attributes.emplace_back(Attribute::kResourceType, pair->first);
        keys.attributes.emplace_back(Attribute::kResourceName, pair->second);
        break;
      }
      default:
        break;
    }
  }
  if (!reader.ok() || !account || keys.event_id.empty()) return false;
  keys.account = *account;
  keys.attributes.emplace_back(Attribute::kReadOnly, read_only ? "true" : "false");
  return true;
}

bool HasAttribute(const Entry& entry, Attribute attribute, std::string_view value) {
  const auto any_resource = [&](std::string ResourceName::*part) {
    return std::ranges::find(entry.resources, value, part) != entry.resources.end();
  };
  switch (attribute) {
    case Attribute::kAny:
      return value.empty();
    case Attribute::kEventId:
      return entry.event_id == value;
    case Attribute::kEventName:
      return entry.name == value;
    case Attribute::kReadOnly:
      return value == (entry.read_only ? "true" : "false");
    case Attribute::kUserName:
      return !value.empty() && entry.user_name == value;
    case Attribute::kResourceType:
      return any_resource(&ResourceName::type);
    case Attribute::kResourceName:
      return any_resource(&ResourceName::name);
    case Attribute::kEventSource:
      return entry.source == value;
    case Attribute::kAccessKeyId:
      return !value.empty() && entry.access_key_id == value;
  }
  return false;
}

}  // namespace claviger::audit
