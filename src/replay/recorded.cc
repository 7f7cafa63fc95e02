#include "replay/recorded.h"

#include <algorithm>

#include "audit/parameters.h"
#include "aws/action.h"
#include "codec/json.h"
#include "wire/operation.h"

namespace claviger::replay {
namespace {

using codec::JsonValue;

constexpr std::size_t kRecordBytesMax = 1 << 20;

constexpr NoRequest kPoliciesHadNoSay{};

// The text at the end of the path; empty when there is none.
std::string_view TextAt(const JsonValue& record, std::initializer_list<std::string_view> path) {
  const JsonValue* value = &record;
  for (const std::string_view name : path) {
    value = value->IsObject() ? value->Find(name) : nullptr;
    if (value == nullptr) return {};
  }
  return value->IsString() ? value->text : std::string_view();
}

const OperationInfo* FindOperation(const audit::Entry& entry) {
  const ServiceInfo* service = wire::FindService(std::string_view(entry.source).substr(0, entry.source.find('.')));
  if (service == nullptr) return nullptr;
  const auto found = std::ranges::find(service->operations, std::string_view(entry.name), &OperationInfo::name);
  return found == service->operations.end() ? nullptr : &*found;
}

// Who asked; false when the record tells only that it was somebody else's account.
bool ReadPrincipal(const JsonValue& record, Recorded& recorded) {
  const std::string_view type = TextAt(record, {"userIdentity", "type"});
  const std::string_view id = TextAt(record, {"userIdentity", "principalId"});
  if (type == "Root") {
    recorded.type = PrincipalType::kRoot;
  } else if (type == "IAMUser") {
    recorded.type = PrincipalType::kUser;
  } else if (type == "AssumedRole") {
    recorded.type = PrincipalType::kAssumedRole;
  } else if (type == "FederatedUser") {
    recorded.type = PrincipalType::kFederatedUser;
  } else {
    return false;
  }
  recorded.unique_id = id.substr(0, id.find(':'));
  const JsonValue* identity = record.Find("userIdentity");
  recorded.temporary = identity->Find("sessionContext") != nullptr;
  return !recorded.unique_id.empty();
}

// Whether the request showed a code of an MFA device that policies were then told of: a wrong one is told before they
// are asked.
bool ShowedCode(const Recorded& recorded) {
  return recorded.operation->action->check == CheckKind::kIdentityAndTrust &&
         !audit::TextOf(*recorded.operation->request, recorded.request->get(), "SerialNumber").empty();
}

}  // namespace

Expected<Recorded, NoRequest> ReadRecorded(const audit::Entry& entry) {
  Recorded recorded{.operation = FindOperation(entry),
                    .request = nullptr,
                    .account = entry.account,
                    .unique_id = {},
                    .access_key_id = entry.access_key_id,
                    .principal = entry.issuer_arn.empty() ? entry.principal_arn : entry.issuer_arn,
                    .time = entry.time,
                    .region = {},
                    .source_ip = {},
                    .user_agent = {},
                    .uses = entry.uses,
                    .event_id = entry.event_id};
  const bool denied = entry.error_code == "AccessDenied";
  recorded.granted = !denied;
  const auto document = codec::ParseJson(entry.record, {.bytes_max = kRecordBytesMax});
  if (!document.ok() || !document->root().IsObject()) return Failure<NoRequest>{{"the record cannot be read"}};
  const JsonValue& record = document->root();
  const std::string_view identity = TextAt(record, {"userIdentity", "type"});
  // What services did by themselves, and the other account's copy of an event that is told of elsewhere.
  if (identity == "AWSService" || identity == "AWSAccount") return Failure{kPoliciesHadNoSay};
  if (recorded.operation == nullptr) return Failure<NoRequest>{{"an operation that this program does not know"}};
  if (recorded.operation->action->check == CheckKind::kNone) return Failure{kPoliciesHadNoSay};
  if (!ReadPrincipal(record, recorded)) {
    if (!entry.error_code.empty() && !denied) return Failure{kPoliciesHadNoSay};
    return Failure<NoRequest>{{"what the identity provider said of the caller is not in the trail"}};
  }

  const JsonValue* parameters = record.Find("requestParameters");
  const bool none = parameters == nullptr || parameters->kind == codec::JsonKind::kNull;
  // Refused before policies were asked: parameters that could not be read, credentials of the wrong kind, a wrong code.
  if (!entry.error_code.empty() && entry.uses.empty() && (denied || none)) return Failure{kPoliciesHadNoSay};
  std::optional<codec::JsonDocument> kept;
  if (denied) {
    if (entry.denied_parameters.empty())
      return Failure<NoRequest>{{"denied before the trail kept the parameters of such requests"}};
    auto parsed = codec::ParseJson(entry.denied_parameters, {.bytes_max = kRecordBytesMax});
    if (!parsed.ok()) return Failure<NoRequest>{{"the record cannot be read"}};
    kept = std::move(parsed).value();
    parameters = &kept->root();
  }
  recorded.request = std::make_unique<ErasedValue>(*recorded.operation->request_lifetime);
  if (parameters != nullptr &&
      !audit::ReadParameters(*recorded.operation->request, *parameters, recorded.request->get())) {
    return Failure<NoRequest>{{"its parameters are not in the trail: too large, or of another version"}};
  }
  recorded.region = TextAt(record, {"awsRegion"});
  recorded.source_ip = TextAt(record, {"sourceIPAddress"});
  recorded.user_agent = TextAt(record, {"userAgent"});
  recorded.secure = record.Find("tlsDetails") != nullptr;
  recorded.mfa_authenticated = ShowedCode(recorded);
  return recorded;
}

}  // namespace claviger::replay
