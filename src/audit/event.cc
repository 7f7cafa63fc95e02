#include "audit/event.h"

#include <array>
#include <utility>

#include "audit/parameters.h"
#include "aws/arn.h"
#include "base/time_text.h"
#include "codec/json_writer.h"

namespace claviger::audit {
namespace {

constexpr std::string_view kDomain = ".amazonaws.com";
constexpr std::size_t kTextBytesMax = 1024;  // Of an error message and a user agent.
constexpr std::string_view kOutsiderRefused = "An unknown error occurred";

constexpr std::array<std::string_view, 6> kReadingVerbs = {"Assume", "Decode", "Describe", "Get", "List", "Simulate"};

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

// What a proven assertion says of the session, as members of the request's parameters.
std::string SayingsOf(const Outsider& outsider) {
  std::string out;
  codec::JsonWriter json(out);
  TextUnlessEmpty(json, "sAMLAssertionID", outsider.assertion_id);
  TextUnlessEmpty(json, "roleSessionName", outsider.session_name);
  TextUnlessEmpty(json, "sourceIdentity", outsider.source_identity);
  if (!outsider.tags.empty()) {
    json.Key("principalTags");
    json.BeginObject();
    for (const Tag& tag : outsider.tags) Text(json, tag.key, tag.value);
    json.EndObject();
  }
  if (!outsider.transitive_tag_keys.empty()) {
    json.Key("transitiveTagKeys");
    json.BeginArray();
    for (const std::string& key : outsider.transitive_tag_keys) json.String(key);
    json.EndArray();
  }
  return out;
}

bool IsDenied(const Event& event) { return event.error != nullptr && event.error->code == ErrorCode::kAccessDenied; }

// Appends a member of which `front` is all but the text.
void AppendText(std::string_view front, std::string_view text, std::string& out) {
  out += front;
  codec::AppendJsonString(text, out);
}

void AppendResource(AccountId account, std::string_view type, std::string_view arn, std::string& out) {
  out.append(R"({"accountId":")").append(account.ToString()).append(R"(","type":")").append(type);
  AppendText(R"(","ARN":)", arn, out);
  out += '}';
}

void AppendResources(const Event& event, AccountId account, std::string& out) {
  const std::string_view role = TextOf(*event.operation->request, event.request, "RoleArn");
  if (role.empty()) return;
  out += R"(,"resources":[)";
  AppendResource(account, "AWS::IAM::Role", role, out);
  const std::string_view provider = TextOf(*event.operation->request, event.request, "PrincipalArn");
  if (!provider.empty()) {
    out += ',';
    AppendResource(account, "AWS::IAM::SAMLProvider", provider, out);
  }
  out += ']';
}

void AppendTls(const Event& event, std::string& out) {
  AppendText(R"(,"tlsDetails":{"tlsVersion":)", event.tls_version, out);
  AppendText(R"(,"cipherSuite":)", event.tls_cipher_suite, out);
  if (!event.host.empty()) AppendText(R"(,"clientProvidedHostHeader":)", event.host, out);
  out += '}';
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

std::optional<Recorder::Target> Recorder::FindTarget(const Event& event) {
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

void Recorder::WriteParts(const Event& event) {
  const OperationInfo& operation = *event.operation;
  const DateForm dates = operation.service->name == "iam" ? DateForm::kWords : DateForm::kIso;
  parameters_.clear();
  elements_.clear();
  entry_.denied_parameters.clear();
  entry_.resources.clear();
  if (event.request != nullptr && !IsDenied(event)) {
    std::string sayings;
    if (event.outsider != nullptr) {
      sayings = SayingsOf(*event.outsider);
      NoteResource("AWS::STS::AssumedRole", event.outsider->session_name, entry_.resources);
    }
    WriteParameters(*operation.request, event.request, dates, parameters_, entry_.resources, sayings);
  } else if (event.request != nullptr && operation.is_unsigned) {
    parameters_ = OutsiderParameters(event);
  } else {
    parameters_ = "null";
    if (event.request != nullptr) {
      WriteParameters(*operation.request, event.request, dates, entry_.denied_parameters, entry_.resources);
      entry_.resources.clear();  // Of a denied request none are told.
    }
  }
  if (event.response != nullptr && ShowsResponse(operation)) {
    WriteParameters(*operation.response, event.response, dates, elements_, entry_.resources);
  } else {
    elements_ = "null";
  }
}

void Recorder::WriteRecord(const Event& event, const std::optional<Target>& target, std::string_view identity,
                           std::string_view shared_id) {
  const std::string_view service = event.operation->service->name;
  const bool regional = service != "iam" && service != "organizations" && !event.region.empty();
  // Piece by piece, because every request pays for it. What no client chooses needs no escapes.
  std::string& out = entry_.record;
  out = R"({"eventVersion":")";
  out.append(kEventVersion)
      .append(R"(","userIdentity":)")
      .append(identity)
      .append(R"(,"eventTime":")")
      .append(FormatIso8601(event.time));
  out.append(R"(","eventSource":")").append(entry_.source).append(R"(","eventName":")").append(entry_.name);
  AppendText(R"(","awsRegion":)", regional ? event.region : kGlobalRegion, out);
  AppendText(R"(,"sourceIPAddress":)", event.source_ip, out);
  if (!event.user_agent.empty()) AppendText(R"(,"userAgent":)", Cut(event.user_agent), out);
  if (event.error != nullptr) {
    AppendText(R"(,"errorCode":)", entry_.error_code, out);
    const bool outsider_denied = event.operation->is_unsigned && IsDenied(event);
    AppendText(R"(,"errorMessage":)", outsider_denied ? kOutsiderRefused : Cut(event.error->message), out);
  }
  out.append(R"(,"requestParameters":)").append(parameters_).append(R"(,"responseElements":)").append(elements_);
  if (!event.extended_request_id.empty()) {
    AppendText(R"(,"additionalEventData":{"ExtendedRequestId":)", event.extended_request_id, out);
    out += '}';
  }
  out.append(R"(,"requestID":")").append(event.request_id).append(R"(","eventID":")").append(entry_.event_id);
  out.append(entry_.read_only ? R"(","readOnly":true)" : R"(","readOnly":false)");
  if (target && !IsDenied(event)) AppendResources(event, target->account, out);
  out.append(R"(,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":")");
  out.append(entry_.account.ToString()).append(R"(")");
  if (!shared_id.empty()) out.append(R"(,"sharedEventID":")").append(shared_id).append(R"(")");
  out.append(R"(,"eventCategory":"Management")");
  if (!event.tls_version.empty()) AppendTls(event, out);
  out += '}';
}

void Recorder::Append(const Event& event, const std::optional<Target>& target, std::string_view identity,
                      AccountId recipient, std::string_view shared_id, EntryBatch& out) {
  entry_.event_id = random_.Uuid();
  entry_.account = recipient;
  WriteRecord(event, target, identity, shared_id);
  const std::size_t offset = out.bytes.size();
  EncodeTo(entry_, out.bytes);
  out.places.push_back({.time = event.time, .offset = offset, .size = out.bytes.size() - offset});
}

void Recorder::Record(const Event& event, EntryBatch& out) {
  const OperationInfo& operation = *event.operation;
  const Who* who = event.who;
  const auto target = FindTarget(event);
  if (who == nullptr && !target) return;
  WriteParts(event);
  entry_.time = event.time;
  entry_.name = operation.name;
  entry_.source = operation.service->name;
  entry_.source += kDomain;
  entry_.read_only = IsReadOnly(operation);
  entry_.error_code = event.error != nullptr ? ExceptionName(event.error->code) : std::string_view();
  entry_.user_name = who != nullptr ? std::string_view(who->user_name) : std::string_view();
  entry_.access_key_id = who != nullptr ? std::string_view(who->access_key_id) : std::string_view();
  entry_.principal_arn = who != nullptr ? std::string_view(who->arn) : std::string_view();
  entry_.issuer_arn = who != nullptr ? std::string_view(who->issuer_arn) : std::string_view();
  entry_.uses.assign(event.uses.begin(), event.uses.end());
  if (who == nullptr) {  // Known only to the account that owns the role.
    Append(event, target, OutsiderOf(event), target->account, "", out);
    return;
  }
  const bool crossed = target && event.error == nullptr && target->account != who->account;
  const std::string shared_id = crossed ? random_.Uuid() : std::string();
  Append(event, target, who->identity, who->account, shared_id, out);
  if (!crossed) return;
  entry_.user_name.clear();  // The other account is told no more of a stranger than the record shows.
  entry_.access_key_id.clear();
  entry_.uses.clear();
  Append(event, target, who->foreign, target->account, shared_id, out);
}

}  // namespace claviger::audit
