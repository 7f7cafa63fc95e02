#include "cli/instance_metadata.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "aws/arn.h"
#include "base/encoding.h"
#include "base/text.h"
#include "base/time_text.h"
#include "codec/json_writer.h"
#include "crypto/secret.h"

namespace claviger::cli {
namespace {

constexpr std::chrono::seconds kSessionMin{1};
constexpr std::chrono::hours kSessionMax{6};
constexpr std::string_view kTokenPath = "/latest/api/token";
constexpr std::string_view kRoot = "/latest/";
constexpr std::string_view kTokenHeader = "x-aws-ec2-metadata-token";
constexpr std::string_view kSecondsHeader = "x-aws-ec2-metadata-token-ttl-seconds";
// The last is where AWS has this service, for when that address leads here.
constexpr std::array<std::string_view, 4> kHosts = {"127.0.0.1", "localhost", "[::1]", "169.254.169.254"};

// An answer that is none, as AWS's has it.
void Refuse(http::Response& response, int status, std::string_view reason) {
  const std::string title = std::to_string(status) + " - " + std::string(reason);
  response.status = status;
  response.content_type = "text/html";
  response.body = R"(<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
	"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>)" + title +
                  R"(</title>
 </head>
 <body>
  <h1>)" + title +
                  R"(</h1>
 </body>
</html>
)";
}

void Forbid(http::Response& response) { Refuse(response, 403, "Forbidden"); }
void NotFound(http::Response& response) { Refuse(response, 404, "Not Found"); }

void Answer(http::Response& response, std::string text) {
  response.content_type = "text/plain";
  response.body = std::move(text);
}

// JSON in the very lines that AWS writes: scripts take them apart by pattern.
void AnswerFields(http::Response& response,
                  std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  response.content_type = "text/plain";
  for (const auto& [name, value] : fields) {
    response.body += response.body.empty() ? "{\n  " : ",\n  ";
    codec::AppendJsonString(name, response.body);
    response.body += " : ";
    codec::AppendJsonString(value, response.body);
  }
  response.body += "\n}";
}

bool IsForThisMachine(const http::Request& request) {
  std::string_view host = request.FindHeader("host").value_or("");
  host = host.substr(0, host.find(':', host.starts_with('[') ? host.find(']') : 0));
  return std::ranges::any_of(kHosts, [host](std::string_view known) { return EqualsIgnoreCase(host, known); });
}

std::optional<std::chrono::seconds> ParseSeconds(std::string_view text) {
  std::uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (seconds > static_cast<std::uint64_t>(TimePoint::max().time_since_epoch() / std::chrono::seconds(1))) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds);
}

crypto::HmacKey NewKey(Random& random) {
  crypto::Digest bytes{};
  random.Fill(bytes);
  crypto::HmacKey key(AsText(bytes));
  crypto::Wipe(bytes.data(), bytes.size());
  return key;
}

}  // namespace

std::optional<RoleName> ParseRoleArn(std::string_view arn) {
  const auto parts = Arn::Parse(arn);
  if (!parts || parts->service != "iam" || !parts->resource.starts_with("role/")) return std::nullopt;
  const std::string_view name = parts->resource.substr(parts->resource.rfind('/') + 1);
  if (name.empty()) return std::nullopt;
  return RoleName{.account = std::string(parts->account), .name = std::string(name)};
}

InstanceMetadata::InstanceMetadata(Instance instance, const Clock& clock, Random& random)
    : instance_(std::move(instance)), clock_(clock), key_(NewKey(random)) {
  items_ = {{"dynamic/instance-identity/document", &InstanceMetadata::TellIdentity},
            {"meta-data/iam/info", &InstanceMetadata::TellProfile},
            {"meta-data/iam/security-credentials/" + instance_.role, &InstanceMetadata::TellCredentials},
            {"meta-data/placement/availability-zone", &InstanceMetadata::TellZone},
            {"meta-data/placement/region", &InstanceMetadata::TellRegion}};
}

void InstanceMetadata::Respond(const http::Request& request, http::Response& response) const {
  if (!IsForThisMachine(request)) return Forbid(response);
  std::string_view raw = request.path;
  while (raw.starts_with("//")) raw.remove_prefix(1);  // Of SDKs that append to an address with a slash at its end.
  if (request.method == "PUT") return BeginSession(raw, request, response);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads || raw == kTokenPath) return Refuse(response, 405, "Method Not Allowed");
  if (!InSession(request)) return Refuse(response, 401, "Unauthorized");
  const auto path = PercentDecode(raw);
  if (!path || !path->starts_with(kRoot)) return NotFound(response);
  Read(std::string_view(*path).substr(kRoot.size()), response);
}

// ---- Sessions

void InstanceMetadata::BeginSession(std::string_view path, const http::Request& request,
                                    http::Response& response) const {
  // Whoever came through a proxy may be anybody.
  if (path != kTokenPath || request.FindHeader("x-forwarded-for")) return Forbid(response);
  const std::string_view asked = request.FindHeader(kSecondsHeader).value_or("");
  const auto lasts = ParseSeconds(asked);
  if (!lasts || *lasts < kSessionMin || *lasts > kSessionMax) return Refuse(response, 400, "Bad Request");
  const auto end = std::chrono::floor<std::chrono::seconds>(clock_.Now() + *lasts).time_since_epoch();
  response.headers.emplace_back("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", std::to_string(lasts->count()));
  Answer(response, TokenUntil(std::to_string(end.count())));
}

// A token says itself when its session ends, under a key that nobody else has: no session is kept, however many there
// are.
std::string InstanceMetadata::TokenUntil(std::string_view end) const {
  return std::string(end) + "." + Base64UrlEncode(key_.Sign(end));
}

bool InstanceMetadata::InSession(const http::Request& request) const {
  const std::string_view shown = request.FindHeader(kTokenHeader).value_or("");
  const std::string_view text = shown.substr(0, shown.find('.'));
  const auto end = ParseSeconds(text);
  return end && crypto::ConstantTimeEquals(shown, TokenUntil(text)) && clock_.Now() < TimePoint(*end);
}

// ---- What there is to read

void InstanceMetadata::Read(std::string_view path, http::Response& response) const {
  while (path.ends_with('/')) path.remove_suffix(1);
  const auto found = std::ranges::find(items_, path, &Item::path);
  if (found != items_.end()) return (this->*found->tell)(response);
  const std::string folder = path.empty() ? "" : std::string(path) + "/";
  std::string list;
  std::string_view last;
  for (const Item& item : items_) {
    if (!item.path.starts_with(folder)) continue;
    std::string_view name = std::string_view(item.path).substr(folder.size());
    name = name.substr(0, name.find('/') == name.npos ? name.npos : name.find('/') + 1);  // A folder keeps its '/'.
    if (name != last) list.append(list.empty() ? "" : "\n").append(name);
    last = name;
  }
  if (list.empty()) return NotFound(response);
  Answer(response, std::move(list));
}

void InstanceMetadata::TellCredentials(http::Response& response) const {
  const auto credentials = instance_.credentials();
  if (!credentials.ok()) {
    const client::CallError& error = credentials.error();
    if (error.code.empty()) return Refuse(response, 503, "Service Unavailable");
    const std::string code = error.code == "AccessDenied" ? "AssumeRoleUnauthorizedAccess" : error.code;
    return AnswerFields(response,
                        {{"Code", code}, {"Message", error.message}, {"LastUpdated", FormatIso8601(clock_.Now())}});
  }
  const client::TemporaryCredentials& current = **credentials;
  AnswerFields(response, {{"Code", "Success"},
                          {"LastUpdated", FormatIso8601(current.issued)},
                          {"Type", "AWS-HMAC"},
                          {"AccessKeyId", current.access_key_id},
                          {"SecretAccessKey", current.secret_access_key.Reveal()},
                          {"Token", current.session_token},
                          {"Expiration", FormatIso8601(current.expiration)}});
}

void InstanceMetadata::TellProfile(http::Response& response) const {
  const auto profile = instance_.profile();
  if (!profile) return NotFound(response);
  AnswerFields(response, {{"Code", "Success"},
                          {"LastUpdated", FormatIso8601(clock_.Now())},
                          {"InstanceProfileArn", profile->arn},
                          {"InstanceProfileId", profile->id}});
}

void InstanceMetadata::TellIdentity(http::Response& response) const {
  AnswerFields(response, {{"accountId", instance_.account},
                          {"architecture", instance_.architecture},
                          {"region", instance_.region},
                          {"version", "2017-09-30"}});
}

void InstanceMetadata::TellRegion(http::Response& response) const { Answer(response, instance_.region); }

// There are no zones here, but SDKs take the region from the zone's name by leaving its letter out.
void InstanceMetadata::TellZone(http::Response& response) const { Answer(response, instance_.region + "a"); }

}  // namespace claviger::cli
