#include "audit/entry.h"

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

std::string EncodePair(std::string_view first, std::string_view second) {
  return codec::RecordWriter(kVersion).Bytes(kFirst, first).Bytes(kSecond, second).Take();
}

std::optional<std::pair<std::string, std::string>> DecodePair(std::string_view bytes) {
  std::pair<std::string, std::string> pair;
  codec::RecordReader reader(bytes, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kFirst) pair.first = field->Text();
    if (field->number == kSecond) pair.second = field->Text();
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
  codec::RecordWriter writer(kVersion);
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
  return writer.Bytes(kRecord, entry.record).BytesUnlessEmpty(kDeniedParameters, entry.denied_parameters).Take();
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
        auto pair = DecodePair(field->bytes);
        if (!pair) return std::nullopt;
        if (field->number == kUse) {
          entry.uses.push_back({.action = std::move(pair->first), .resource = std::move(pair->second)});
        } else {
          entry.resources.push_back({.type = std::move(pair->first), .name = std::move(pair->second)});
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

void VisitAttributes(const Entry& entry, const std::function<void(Attribute, std::string_view)>& visit) {
  visit(Attribute::kAny, "");
  visit(Attribute::kEventId, entry.event_id);
  visit(Attribute::kEventName, entry.name);
  visit(Attribute::kReadOnly, entry.read_only ? "true" : "false");
  visit(Attribute::kEventSource, entry.source);
  if (!entry.user_name.empty()) visit(Attribute::kUserName, entry.user_name);
  if (!entry.access_key_id.empty()) visit(Attribute::kAccessKeyId, entry.access_key_id);
  for (const ResourceName& resource : entry.resources) {
    visit(Attribute::kResourceType, resource.type);
    visit(Attribute::kResourceName, resource.name);
  }
}

bool HasAttribute(const Entry& entry, Attribute attribute, std::string_view value) {
  bool found = false;
  VisitAttributes(entry, [&](Attribute its, std::string_view text) { found |= its == attribute && text == value; });
  return found;
}

}  // namespace claviger::audit
