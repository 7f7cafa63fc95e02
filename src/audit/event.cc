#include "audit/event.h"

#include <array>
#include <utility>

#include "audit/parameters.h"
#include "aws/arn.h"
#include "base/time_text.h"
#include "codec/json_writer.h"

namespace claviger::audit {
namespace {

constexpr std::size_t kTextBytesMax = 1024;  // Of an error message and a user agent.
constexpr std::string_view kOutsiderRefused = "An unknown error occurred";

constexpr std::array<std::string_view, 6> kReadingVerbs = {"Assume", "Decode", "Describe", "Get", "List", "Simulate"};

// A role or root user that the request asks to become.
struct Target {
  std::string arn;
  AccountId account;
};

std::optional<Target> FindTarget(const Event& event) {
  const Shape& shape = *event.operation->request;
  if (const std::string_view role = TextOf(shape, event.request, "RoleArn"); !role.empty()) {
    const auto arn = Arn::Parse(role);
    const auto account = arn ? AccountId::Parse(arn->account) : std::nullopt;
    if (account && event.operation->service->name == "sts") return Target{std::string(role), *account};
  }
  if (const std::string_view root = TextOf(shape, event.request, "TargetPrincipal"); !root.empty()) {
    const auto arn = Arn::Parse(root);
    if (const auto account = AccountId::Parse(arn ? arn->account : root)) return Target{RootArn(*account), *account};
  }
  return std::nullopt;
}

void Text(codec::JsonWriter& json, std::string_view name, std::string_view text) {
  json.Key(name);
  json.String(text);
}

void TextUnlessEmpty(codec::JsonWriter& json, std::string_view name, std::string_view text) {
  if (!text.empty()) Text(json, name, text);
}

std::string_view Cut(std::string_view text) {
  if (text.size() <= kTextBytesMax) return text;
  std::size_t size = kTextBytesMax;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

bool ShowsResponse(const OperationInfo& operation) {
  if (!IsReadOnly(operation)) return true;
  for (const Member& member : operation.response->members) {
    if (member.name == "Credentials") return true;
  }
  return false;
}

// Who asks in an operation without signature: what the answer tells of the assertion that was proven.
std::string OutsiderOf(const Event& event) {
  const Shape& shape = *event.operation->response;
  const auto text = [&](std::string_view member) { return std::string(TextOf(shape, event.response, member)); };
  if (event.operation->name == "AssumeRoleWithSAML") {
    const std::string qualifier = text("NameQualifier");
    const std::string subject = text("Subject");
    return OutsiderIdentity("SAMLUser", event.response == nullptr ? std::string() : qualifier + ":" + subject, subject,
                            qualifier);
  }
  if (event.operation->name == "AssumeRoleWithWebIdentity") {
    const std::string provider = text("Provider");
    const std::string subject = text("SubjectFromWebIdentityToken");
    return OutsiderIdentity(
        "WebIdentityUser",
        event.response == nullptr ? std::string() : provider + ":" + text("Audience") + ":" + subject, subject,
        provider);
  }
  return OutsiderIdentity("Unknown", "", "", "");
}

// The two members that a refused request of an outsider keeps.
std::string OutsiderParameters(const Event& event) {
  std::string out;
  codec::JsonWriter json(out);
  json.BeginObject();
  TextUnlessEmpty(json, "roleArn", TextOf(*event.operation->request, event.request, "RoleArn"));
  TextUnlessEmpty(json, "roleSessionName", TextOf(*event.operation->request, event.request, "RoleSessionName"));
  json.EndObject();
  return out;
}

// What all records of an event have in common.
struct Parts {
  std::string parameters = "null";
  std::string elements = "null";
  std::string denied_parameters;
  std::vector<ResourceName> names;
  std::optional<Target> target;
};

Parts PartsOf(const Event& event) {
  const OperationInfo& operation = *event.operation;
  const DateForm dates = operation.service->name == "iam" ? DateForm::kWords : DateForm::kIso;
  Parts parts;
  parts.target = FindTarget(event);
  const bool denied = event.error && event.error->code == ErrorCode::kAccessDenied;
  if (event.request != nullptr && !denied) {
    parts.parameters.clear();
    WriteParameters(*operation.request, event.request, dates, parts.parameters, parts.names);
  } else if (event.request != nullptr && operation.is_unsigned) {
    parts.parameters = OutsiderParameters(event);
  } else if (event.request != nullptr) {
    std::vector<ResourceName> not_told;
    WriteParameters(*operation.request, event.request, dates, parts.denied_parameters, not_told);
  }
  if (event.response != nullptr && ShowsResponse(operation)) {
    parts.elements.clear();
    WriteParameters(*operation.response, event.response, dates, parts.elements, parts.names);
  }
  return parts;
}

void WriteResource(codec::JsonWriter& json, std::string_view account, std::string_view type, std::string_view arn) {
  json.BeginObject();
  Text(json, "accountId", account);
  Text(json, "type", type);
  Text(json, "ARN", arn);
  json.EndObject();
}

void WriteResources(codec::JsonWriter& json, const Event& event, const Parts& parts) {
  const bool denied = event.error && event.error->code == ErrorCode::kAccessDenied;
  const std::string_view role = TextOf(*event.operation->request, event.request, "RoleArn");
  if (denied || !parts.target || role.empty()) return;
  const std::string account = parts.target->account.ToString();
  json.Key("resources");
  json.BeginArray();
  WriteResource(json, account, "AWS::IAM::Role", role);
  const std::string_view provider = TextOf(*event.operation->request, event.request, "PrincipalArn");
  if (!provider.empty()) WriteResource(json, account, "AWS::IAM::SAMLProvider", provider);
  json.EndArray();
}

void WriteTls(codec::JsonWriter& json, const Event& event) {
  if (event.tls_version.empty()) return;
  json.Key("tlsDetails");
  json.BeginObject();
  Text(json, "tlsVersion", event.tls_version);
  Text(json, "cipherSuite", event.tls_cipher_suite);
  TextUnlessEmpty(json, "clientProvidedHostHeader", event.host);
  json.EndObject();
}

Entry MakeEntry(const Event& event, const Parts& parts, std::string_view identity, AccountId recipient,
                std::string_view shared_id, Random& random) {
  const OperationInfo& operation = *event.operation;
  Entry entry{.event_id = random.Uuid(),
              .time = event.time,
              .account = recipient,
              .name = std::string(operation.name),
              .source = std::string(operation.service->name) + ".amazonaws.com",
              .read_only = IsReadOnly(operation),
              .user_name = event.who ? event.who->user_name : std::string(),
              .access_key_id = event.who ? event.who->access_key_id : std::string(),
              .resources = parts.names,
              .principal_arn = event.who ? event.who->arn : std::string(),
              .issuer_arn = event.who ? event.who->issuer_arn : std::string(),
              .error_code = event.error ? std::string(ExceptionName(event.error->code)) : std::string(),
              .uses = event.uses,
              .record = {},
              .denied_parameters = parts.denied_parameters};
  entry.record.reserve(2048);
  codec::JsonWriter json(entry.record);
  json.BeginObject();
  Text(json, "eventVersion", kEventVersion);
  json.Key("userIdentity");
  json.Raw(identity);
  Text(json, "eventTime", FormatIso8601(event.time));
  Text(json, "eventSource", entry.source);
  Text(json, "eventName", entry.name);
  const std::string_view service = operation.service->name;
  const bool regional = service != "iam" && service != "organizations" && !event.region.empty();
  Text(json, "awsRegion", regional ? std::string_view(event.region) : kGlobalRegion);
  Text(json, "sourceIPAddress", event.source_ip);
  TextUnlessEmpty(json, "userAgent", Cut(event.user_agent));
  if (event.error) {
    Text(json, "errorCode", entry.error_code);
    const bool outsider_denied = operation.is_unsigned && event.error->code == ErrorCode::kAccessDenied;
    Text(json, "errorMessage", outsider_denied ? kOutsiderRefused : Cut(event.error->message));
  }
  json.Key("requestParameters");
  json.Raw(parts.parameters);
  json.Key("responseElements");
  json.Raw(parts.elements);
  Text(json, "requestID", event.request_id);
  Text(json, "eventID", entry.event_id);
  json.Key("readOnly");
  json.Boolean(entry.read_only);
  WriteResources(json, event, parts);
  Text(json, "eventType", "AwsApiCall");
  json.Key("managementEvent");
  json.Boolean(true);
  Text(json, "recipientAccountId", recipient.ToString());
  TextUnlessEmpty(json, "sharedEventID", shared_id);
  Text(json, "eventCategory", "Management");
  WriteTls(json, event);
  json.EndObject();
  return entry;
}

}  // namespace

bool IsReadOnly(const OperationInfo& operation) {
  if (operation.name == "GetFederationToken") return false;
  if (operation.name == "LookupEvents") return true;
  for (const std::string_view verb : kReadingVerbs) {
    if (operation.name.starts_with(verb)) return true;
  }
  return false;
}

std::vector<Entry> MakeEntries(const Event& event, Random& random) {
  const Parts parts = PartsOf(event);
  std::vector<Entry> entries;
  if (event.who == nullptr) {  // Known only to the account that owns the role.
    if (parts.target) entries.push_back(MakeEntry(event, parts, OutsiderOf(event), parts.target->account, "", random));
    return entries;
  }
  const bool crossed = parts.target && !event.error && parts.target->account != event.who->account;
  const std::string shared_id = crossed ? random.Uuid() : std::string();
  entries.push_back(MakeEntry(event, parts, event.who->identity, event.who->account, shared_id, random));
  if (crossed) {
    entries.push_back(MakeEntry(event, parts, event.who->foreign, parts.target->account, shared_id, random));
    Entry& foreign = entries.back();  // Holds no more of a stranger than its record shows.
    foreign.user_name.clear();
    foreign.access_key_id.clear();
    foreign.uses.clear();
  }
  return entries;
}

}  // namespace claviger::audit
