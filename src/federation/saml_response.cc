#include "federation/saml_response.h"

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "base/text.h"
#include "federation/xml_bounds.h"
#include "federation/xml_internal.h"
#include "federation/xml_signature.h"
#include "policy/date.h"

namespace claviger::federation {
namespace {

constexpr std::chrono::minutes kRedeemWithin{5};
constexpr std::chrono::minutes kLeeway{1};  // For a clock that is ahead.
constexpr std::size_t kDepthMax = 64;
constexpr std::string_view kBearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
constexpr std::string_view kSuccess = "urn:oasis:names:tc:SAML:2.0:status:Success";
constexpr std::string_view kAudience = "urn:amazon:webservices";
constexpr std::string_view kFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:";

Failure<Error> Invalid(std::string_view text) { return Fail(ErrorCode::kInvalidIdentityToken, std::string(text)); }
Failure<Error> Unreadable() { return Invalid("Invalid base64 SAMLResponse"); }
Failure<Error> BadSignature() { return Invalid("Response signature invalid"); }
Failure<Error> Incomplete(std::string_view what) {
  return Invalid("The SAML response has no valid " + std::string(what));
}

// Whether there is nothing but elements and text, of bounded depth, and every ID stands there once. Comments and
// instructions could split a text, a second element of the same ID could stand for the one that is signed.
bool IsPlain(const xmlNode* node, std::size_t depth, std::set<std::string>& ids) {
  if (depth > kDepthMax) return false;
  for (; node != nullptr; node = node->next) {
    if (node->type == XML_TEXT_NODE) continue;
    if (node->type != XML_ELEMENT_NODE) return false;
    for (const char* name : {"ID", "Id", "id"}) {
      const std::string id = AttributeOf(node, name);
      if (!id.empty() && !ids.insert(id).second) return false;
    }
    if (!IsPlain(node->children, depth + 1, ids)) return false;
  }
  return true;
}

bool IsPlain(const xmlDoc* document) {
  std::set<std::string> ids;
  return IsPlain(document->children, 0, ids);
}

std::optional<TimePoint> TimeOf(const xmlNode* node, const char* attribute) {
  const auto instant = policy::ParseInstant(AttributeOf(node, attribute));
  if (!instant) return std::nullopt;
  return TimePoint(std::chrono::seconds(instant->seconds));
}

// Whether `now` is within NotBefore and NotOnOrAfter, as far as they are given.
bool IsWithin(const xmlNode* node, TimePoint now) {
  for (const char* name : {"NotBefore", "NotOnOrAfter"}) {
    if (!AttributeOf(node, name).empty() && !TimeOf(node, name)) return false;
  }
  const auto begins = TimeOf(node, "NotBefore");
  const auto ends = TimeOf(node, "NotOnOrAfter");
  return (!begins || *begins - kLeeway <= now) && (!ends || now < *ends);
}

// "https://signin.aws.amazon.com/saml", or the one of a region.
bool IsSignInUrl(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::string_view kBack = "signin.aws.amazon.com/saml";
  if (!url.starts_with(kScheme) || !url.ends_with(kBack)) return false;
  const std::string_view region = url.substr(kScheme.size(), url.size() - kScheme.size() - kBack.size());
  return region.empty() || (region.ends_with('.') && std::ranges::all_of(region, [](char c) {
                              return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
                            }));
}

// A response on its way from bytes to an assertion that is proven.
class Reader {
 public:
  Reader(const SamlTrust& trust, TimePoint now) : trust_(trust), now_(now) {}

  Result<SamlAssertion> Read(std::string_view encoded) {
    TRY(Parse(encoded));
    xmlNode* response = xmlDocGetRootElement(document_.get());
    if (!IsElement(response, kProtocolSpace, "Response") || AttributeOf(response, "Version") != "2.0") {
      return Unreadable();
    }
    xmlNode* assertion = TRY(ProvenAssertion(response));
    const xmlNode* code = OnlyChild(OnlyChild(response, kProtocolSpace, "Status"), kProtocolSpace, "StatusCode");
    if (AttributeOf(code, "Value") != kSuccess) return Incomplete("status");
    TRY(ReadConditions(assertion));
    TRY(ReadSubject(assertion));
    ReadSessionEnd(assertion);
    TRY(ReadAttributes(assertion));
    return std::move(read_);
  }

 private:
  Result<> Parse(std::string_view encoded) {
    std::string base64;
    for (const char c : encoded) {
      if (c != '\r' && c != '\n' && c != ' ') base64.push_back(c);
    }
    const auto text = Base64Decode(base64);
    if (!text || !HasFairTags(*text)) return Unreadable();
    document_.reset(xmlReadMemory(text->data(), static_cast<int>(text->size()), nullptr, nullptr,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA));
    if (document_ == nullptr || document_->intSubset != nullptr || !IsPlain(document_.get())) return Unreadable();
    return {};
  }

  // The one assertion. The response or the assertion must be signed; where both are, both signatures must be good.
  Result<xmlNode*> ProvenAssertion(xmlNode* response) {
    xmlNode* encrypted = OnlyChild(response, kAssertionSpace, "EncryptedAssertion");
    const std::size_t plain = ChildrenOf(response, kAssertionSpace, "Assertion").size();
    if (plain + ChildrenOf(response, kAssertionSpace, "EncryptedAssertion").size() != 1) return Incomplete("assertion");
    if (encrypted == nullptr && trust_.encryption_required) return Incomplete("encrypted assertion");

    // Whoever is said to have sent it is asked; the assertion has to agree below.
    const bool response_signed = IsSigned(response);
    if (response_signed && !IsProven(response)) return BadSignature();
    xmlNode* assertion = OnlyChild(encrypted == nullptr ? response : encrypted, kAssertionSpace, "Assertion");
    if (encrypted != nullptr) {
      xmlNode* data = OnlyChild(encrypted, kEncryptionSpace, "EncryptedData");
      if (data == nullptr || !Decrypt(data, trust_.private_keys) || !IsPlain(document_.get())) {
        return Incomplete("encrypted assertion");
      }
      assertion = OnlyChild(encrypted, kAssertionSpace, "Assertion");
    }
    if (assertion == nullptr || AttributeOf(assertion, "Version") != "2.0") return Incomplete("assertion");
    const SamlIssuer* issuer = IssuerOf(assertion);
    if (issuer == nullptr) return Invalid("Issuer not present in specified provider");
    const xmlNode* sender = OnlyChild(response, kAssertionSpace, "Issuer");
    if (sender != nullptr && TextOf(sender) != issuer->entity_id) return Incomplete("issuer");
    if (IsSigned(assertion) ? !IsSignedBy(assertion, issuer->certificates) : !response_signed) return BadSignature();
    read_.id = AttributeOf(assertion, "ID");
    read_.issuer = issuer->entity_id;
    return assertion;
  }

  static bool IsSigned(const xmlNode* element) { return !ChildrenOf(element, kSignatureSpace, "Signature").empty(); }

  // The provider's issuer that the element names.
  [[nodiscard]] const SamlIssuer* IssuerOf(const xmlNode* element) const {
    const auto name = TextOf(OnlyChild(element, kAssertionSpace, "Issuer"));
    const auto issuer =
        std::ranges::find_if(trust_.issuers, [&](const SamlIssuer& one) { return one.entity_id == name; });
    return issuer == trust_.issuers.end() ? nullptr : &*issuer;
  }

  [[nodiscard]] bool IsProven(xmlNode* response) const {
    const SamlIssuer* issuer = IssuerOf(response);
    return issuer != nullptr && IsSignedBy(response, issuer->certificates);
  }

  Result<> ReadConditions(const xmlNode* assertion) const {
    const auto issued = TimeOf(assertion, "IssueInstant");
    if (!issued || *issued - kLeeway > now_) return Incomplete("time of issuance");
    const xmlNode* conditions = OnlyChild(assertion, kAssertionSpace, "Conditions");
    if (now_ - *issued > kRedeemWithin || !IsWithin(conditions, now_)) {
      return Fail(ErrorCode::kExpiredTokenException, "Token must be redeemed within 5 minutes of issuance");
    }
    const auto restrictions = ChildrenOf(conditions, kAssertionSpace, "AudienceRestriction");
    const bool for_us = std::ranges::all_of(restrictions, [](const xmlNode* restriction) {
      const auto audiences = ChildrenOf(restriction, kAssertionSpace, "Audience");
      return std::ranges::any_of(audiences, [](const xmlNode* audience) {
        const auto text = TextOf(audience);
        return text && (*text == kAudience || IsSignInUrl(*text));
      });
    });
    if (restrictions.empty() || !for_us) return Invalid("Response does not contain the required audience.");
    return {};
  }

  Result<> ReadSubject(const xmlNode* assertion) {
    const xmlNode* subject = OnlyChild(assertion, kAssertionSpace, "Subject");
    const xmlNode* name = OnlyChild(subject, kAssertionSpace, "NameID");
    const auto text = TextOf(name);
    if (!text || text->empty()) return Incomplete("NameID");
    read_.subject = *text;
    const std::string format = AttributeOf(name, "Format");
    for (const std::string_view known : {"persistent", "transient"}) {
      if (format == std::string(kFormat).append(known)) read_.subject_type = known;
    }
    if (read_.subject_type.empty()) read_.subject_type = format;

    const xmlNode* confirmation = OnlyChild(subject, kAssertionSpace, "SubjectConfirmation");
    const xmlNode* data = OnlyChild(confirmation, kAssertionSpace, "SubjectConfirmationData");
    if (AttributeOf(confirmation, "Method") != kBearer || !TimeOf(data, "NotOnOrAfter")) {
      return Incomplete("subject confirmation");
    }
    if (!IsWithin(data, now_)) {
      return Fail(ErrorCode::kExpiredTokenException, "Token must be redeemed within 5 minutes of issuance");
    }
    read_.recipient = AttributeOf(data, "Recipient");
    if (!IsSignInUrl(read_.recipient)) return Incomplete("recipient");
    return {};
  }

  void ReadSessionEnd(const xmlNode* assertion) {
    for (const xmlNode* statement : ChildrenOf(assertion, kAssertionSpace, "AuthnStatement")) {
      const auto ends = TimeOf(statement, "SessionNotOnOrAfter");
      if (ends) read_.session_ends = std::min(*ends, read_.session_ends.value_or(*ends));
    }
  }

  Result<> ReadAttributes(const xmlNode* assertion) {
    for (const xmlNode* statement : ChildrenOf(assertion, kAssertionSpace, "AttributeStatement")) {
      for (const xmlNode* attribute : ChildrenOf(statement, kAssertionSpace, "Attribute")) {
        auto& values = read_.attributes[AttributeOf(attribute, "Name")];
        for (const xmlNode* value : ChildrenOf(attribute, kAssertionSpace, "AttributeValue")) {
          auto text = TextOf(value);
          if (!text) return Incomplete("attribute value");
          values.push_back(*std::move(text));
        }
      }
    }
    return {};
  }

  const SamlTrust& trust_;
  TimePoint now_;
  XmlDocument document_;
  SamlAssertion read_;
};

}  // namespace

std::optional<std::string> TextOf(const xmlNode* node) {
  if (node == nullptr) return std::nullopt;
  std::string text;
  for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
    if (child->type != XML_TEXT_NODE) return std::nullopt;
    text += XmlView(child->content);
  }
  return std::string(TrimSpace(text));
}

Result<SamlAssertion> VerifySamlResponse(std::string_view encoded, const SamlTrust& trust, TimePoint now) {
  return Reader(trust, now).Read(encoded);
}

}  // namespace claviger::federation
