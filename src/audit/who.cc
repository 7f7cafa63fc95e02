#include "audit/who.h"

#include "base/time_text.h"
#include "codec/json_writer.h"

namespace claviger::audit {
namespace {

std::string_view TypeName(PrincipalType type) {
  switch (type) {
    case PrincipalType::kRoot:
      return "Root";
    case PrincipalType::kUser:
      return "IAMUser";
    case PrincipalType::kAssumedRole:
      return "AssumedRole";
    case PrincipalType::kFederatedUser:
      return "FederatedUser";
    case PrincipalType::kOutsider:  // OutsiderIdentity tells of these.
      break;
  }
  return "Unknown";
}

void Text(codec::JsonWriter& json, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  json.Key(name);
  json.String(text);
}

// The last part of an ARN's resource: a name without its path.
std::string_view NameOf(std::string_view arn) { return arn.substr(arn.find_last_of("/:") + 1); }

std::string_view IssuerType(const Principal& principal) {
  if (principal.type == PrincipalType::kAssumedRole) return "Role";
  return principal.session->issuer_arn.ends_with(":root") ? "Root" : "IAMUser";
}

void WriteSession(codec::JsonWriter& json, const Principal& principal, std::string_view account) {
  const Principal::Session& session = *principal.session;
  json.Key("sessionContext");
  json.BeginObject();
  if (!session.issuer_arn.empty()) {
    json.Key("sessionIssuer");
    json.BeginObject();
    const std::string_view type = IssuerType(principal);
    Text(json, "type", type);
    Text(json, "principalId", session.issuer_id);
    Text(json, "arn", session.issuer_arn);
    Text(json, "accountId", account);
    if (type != "Root") Text(json, "userName", NameOf(session.issuer_arn));
    json.EndObject();
  }
  if (!session.federated_provider.empty()) {
    json.Key("webIdFederationData");
    json.BeginObject();
    Text(json, "federatedProvider", session.federated_provider);
    json.Key("attributes");
    json.BeginObject();
    json.EndObject();
    json.EndObject();
  }
  json.Key("attributes");
  json.BeginObject();
  Text(json, "creationDate", FormatIso8601(session.issued));
  Text(json, "mfaAuthenticated", session.mfa_authenticated ? "true" : "false");
  json.EndObject();
  Text(json, "sourceIdentity", session.source_identity);
  if (session.assumed_root) Text(json, "assumedRoot", "true");
  json.EndObject();
}

std::string LookupName(const Principal& principal) {
  switch (principal.type) {
    case PrincipalType::kRoot:
      return "root";
    case PrincipalType::kUser:
      return principal.user_name;
    case PrincipalType::kAssumedRole:
    case PrincipalType::kFederatedUser:
      return principal.principal_id.substr(principal.principal_id.find(':') + 1);
    case PrincipalType::kOutsider:
      break;
  }
  return {};
}

}  // namespace

Who Describe(const Principal& principal) {
  const std::string account = principal.account.ToString();
  Who who{.account = principal.account,
          .identity = {},
          .foreign = {},
          .user_name = LookupName(principal),
          .access_key_id = principal.access_key_id,
          .arn = principal.arn,
          .issuer_arn = principal.session ? principal.session->issuer_arn : std::string()};
  codec::JsonWriter json(who.identity);
  json.BeginObject();
  Text(json, "type", TypeName(principal.type));
  Text(json, "principalId", principal.principal_id);
  Text(json, "arn", principal.arn);
  Text(json, "accountId", account);
  Text(json, "accessKeyId", principal.access_key_id);
  const bool named = principal.type == PrincipalType::kUser || principal.type == PrincipalType::kRoot;
  if (named) Text(json, "userName", principal.user_name);
  if (principal.session) WriteSession(json, principal, account);
  if (principal.session && principal.session->delegate) {
    json.Key("invokedByDelegate");
    json.BeginObject();
    Text(json, "accountId", principal.session->delegate->ToString());
    json.EndObject();
  }
  json.EndObject();

  codec::JsonWriter foreign(who.foreign);
  foreign.BeginObject();
  Text(foreign, "type", "AWSAccount");
  Text(foreign, "principalId", principal.principal_id);
  Text(foreign, "accountId", account);
  foreign.EndObject();
  return who;
}

std::string OutsiderIdentity(std::string_view type, std::string_view principal_id, std::string_view user_name,
                             std::string_view provider) {
  std::string identity;
  codec::JsonWriter json(identity);
  json.BeginObject();
  Text(json, "type", type);
  Text(json, "principalId", principal_id);
  Text(json, "userName", user_name);
  Text(json, "identityProvider", provider);
  json.EndObject();
  return identity;
}

}  // namespace claviger::audit
