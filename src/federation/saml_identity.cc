#include "federation/saml_identity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/fingerprint.h"
#include "federation/session_claims.h"

namespace claviger::federation {
namespace {

constexpr std::string_view kOwn = "https://aws.amazon.com/SAML/Attributes/";
constexpr std::string_view kPrincipalTag = "https://aws.amazon.com/SAML/Attributes/PrincipalTag:";
constexpr std::chrono::seconds kDurationMin{900};
constexpr std::chrono::seconds kDurationMax{43200};

// The attributes that have condition keys: by object identifier (eduPerson, eduOrg, X.500) or by Active Directory's
// names.
struct AttributeKey {
  std::string_view attribute;
  std::string_view key;
};
constexpr AttributeKey kAttributeKeys[] = {
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "edupersonaffiliation"},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.2", "edupersonnickname"},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.3", "edupersonorgdn"},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.4", "edupersonorgunitdn"},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.5", "edupersonprimaryaffiliation"},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "edupersonprincipalname"},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.7", "edupersonentitlement"},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.8", "edupersonprimaryorgunitdn"},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.9", "edupersonscopedaffiliation"},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.10", "edupersontargetedid"},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.11", "edupersonassurance"},
    {"urn:oid:1.3.6.1.4.1.5923.1.2.1.2", "eduorghomepageuri"},
    {"urn:oid:1.3.6.1.4.1.5923.1.2.1.3", "eduorgidentityauthnpolicyuri"},
    {"urn:oid:1.3.6.1.4.1.5923.1.2.1.4", "eduorglegalname"},
    {"urn:oid:1.3.6.1.4.1.5923.1.2.1.5", "eduorgsuperioruri"},
    {"urn:oid:1.3.6.1.4.1.5923.1.2.1.6", "eduorgwhitepagesuri"},
    {"urn:oid:2.5.4.3", "cn"},
    {"urn:oid:2.5.4.4", "surname"},
    {"urn:oid:2.5.4.42", "givenName"},
    {"urn:oid:2.5.4.45", "x500UniqueIdentifier"},
    {"urn:oid:0.9.2342.19200300.100.1.1", "uid"},
    {"urn:oid:0.9.2342.19200300.100.1.3", "mail"},
    {"urn:oid:0.9.2342.19200300.100.1.45", "organizationStatus"},
    {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "name"},
    {"http://schemas.xmlsoap.org/claims/CommonName", "commonName"},
    {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "givenName"},
    {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "surname"},
    {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "mail"},
    {"http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid", "primaryGroupSID"}};

Failure<Error> Invalid(std::string_view text) { return Fail(ErrorCode::kInvalidIdentityToken, std::string(text)); }

const std::vector<std::string>* FindAttribute(const SamlAssertion& assertion, std::string_view name) {
  const auto found = assertion.attributes.find(std::string(kOwn).append(name));
  return found == assertion.attributes.end() ? nullptr : &found->second;
}

Result<std::string> SessionName(const SamlAssertion& assertion) {
  const auto* values = FindAttribute(assertion, "RoleSessionName");
  if (values == nullptr || values->empty()) return Invalid("RoleSessionName is required in AuthnResponse");
  if (values->size() == 1 && IsSessionName(values->front())) return values->front();
  return Invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}");
}

Result<std::optional<std::chrono::seconds>> SessionDuration(const SamlAssertion& assertion) {
  const auto* values = FindAttribute(assertion, "SessionDuration");
  if (values == nullptr) return std::optional<std::chrono::seconds>();
  const std::string_view text = values->size() == 1 ? std::string_view(values->front()) : std::string_view();
  std::int32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const std::chrono::seconds duration(seconds);
  if (error != std::errc() || end != text.data() + text.size() || duration < kDurationMin || duration > kDurationMax) {
    return Invalid("SessionDuration in AuthnResponse must be an integer between 900 and 43200");
  }
  return std::optional<std::chrono::seconds>(duration);
}

Result<> ReadSession(const SamlAssertion& assertion, Outsider& outsider) {
  outsider.session_name = TRY(SessionName(assertion));
  for (const auto& [name, values] : assertion.attributes) {
    if (!name.starts_with(kPrincipalTag)) continue;
    const std::string key = name.substr(kPrincipalTag.size());
    if (values.size() != 1 || !IsTag(key, values.front()) || outsider.tags.size() == kSessionTagsMax) {
      return Invalid("PrincipalTag in AuthnResponse is invalid: " + key);
    }
    outsider.tags.push_back({.key = key, .value = values.front()});
  }
  if (const auto* keys = FindAttribute(assertion, "TransitiveTagKeys")) outsider.transitive_tag_keys = *keys;
  if (outsider.transitive_tag_keys.size() > kSessionTagsMax)
    return Invalid("TransitiveTagKeys in AuthnResponse are invalid");
  if (const auto* identity = FindAttribute(assertion, "SourceIdentity")) {
    outsider.source_identity = identity->size() == 1 ? identity->front() : std::string();
    TRY(CheckSourceIdentity(outsider.source_identity));
  }
  return {};
}

}  // namespace

bool NamesRole(const SamlAssertion& assertion, std::string_view role_arn, std::string_view provider_arn) {
  const auto* values = FindAttribute(assertion, "Role");
  return values != nullptr && std::ranges::any_of(*values, [&](const std::string& value) {
           const std::size_t comma = value.find(',');
           if (comma == std::string::npos) return false;
           const std::string_view first = TrimSpace(std::string_view(value).substr(0, comma));
           const std::string_view second = TrimSpace(std::string_view(value).substr(comma + 1));
           return (first == role_arn && second == provider_arn) || (first == provider_arn && second == role_arn);
         });
}

Result<SamlIdentity> ToSamlIdentity(const SamlAssertion& assertion, AccountId account, std::string_view provider_arn,
                                    std::string_view provider_name) {
  const std::string document = account.ToString() + "/" + std::string(provider_name);
  SamlIdentity identity;
  identity.name_qualifier = Base64Encode(crypto::Sha1Of(assertion.issuer + "/" + document));
  identity.session_duration = TRY(SessionDuration(assertion));
  Outsider& outsider = identity.outsider;
  outsider.provider = provider_arn;
  outsider.user_id = identity.name_qualifier + ":" + assertion.subject;
  outsider.subject = assertion.subject;
  outsider.assertion_id = assertion.id;
  const auto add = [&](std::string_view key, std::vector<std::string> values, bool stays = false) {
    outsider.keys.push_back({.name = "saml:" + std::string(key), .values = std::move(values), .stays = stays});
  };
  add("aud", {assertion.recipient});
  add("iss", {assertion.issuer});
  add("doc", {document});
  add("namequalifier", {identity.name_qualifier}, true);
  add("sub", {assertion.subject}, true);
  if (!assertion.subject_type.empty()) add("sub_type", {assertion.subject_type}, true);
  for (const AttributeKey& known : kAttributeKeys) {
    const auto found = assertion.attributes.find(std::string(known.attribute));
    if (found != assertion.attributes.end() && !found->second.empty()) add(known.key, found->second);
  }
  TRY(ReadSession(assertion, outsider));
  return identity;
}

}  // namespace claviger::federation
