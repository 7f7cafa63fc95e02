#include "federation/saml_metadata.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "federation/xml_bounds.h"

namespace claviger::federation {
namespace {

constexpr std::string_view kMetadata = "urn:oasis:names:tc:SAML:2.0:metadata";
constexpr std::string_view kSignature = "http://www.w3.org/2000/09/xmldsig#";
constexpr std::size_t kEntityIdBytesMax = 1024;

std::string_view View(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

Failure<Error> Unreadable() { return Fail(ErrorCode::kInvalidInput, "Could not parse metadata"); }

// Base64 with white space anywhere, as XML has it.
std::optional<std::string> DecodeCertificate(std::string_view text) {
  std::string base64;
  base64.reserve(text.size());
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') base64.push_back(c);
  }
  auto der = Base64Decode(base64);
  const auto certificate = der ? crypto::Certificate::ParseDer(*der) : std::nullopt;
  if (!certificate || certificate->KeyBits() < kSamlCertificateBitsMin) return std::nullopt;
  return der;
}

// Walks through the document once, as the parser reports it, without building a tree of it.
class MetadataReader {
 public:
  Result<std::vector<SamlIssuer>> Read(std::string_view document) {
    const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)> parser(
        xmlCreateMemoryParserCtxt(document.data(), static_cast<int>(document.size())), xmlFreeParserCtxt);
    if (parser == nullptr) return Unreadable();
    parser_ = parser.get();
    xmlCtxtUseOptions(parser_, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    *parser_->sax = Callbacks();
    parser_->userData = this;
    const bool parsed = xmlParseDocument(parser_) == 0 && parser_->wellFormed == 1;
    const bool utf8 = parser_->encoding == nullptr || EqualsIgnoreCase(View(parser_->encoding), "UTF-8");
    if (!parsed || !utf8 || refused_) return Unreadable();
    if (issuers_.empty()) {
      return Fail(ErrorCode::kInvalidInput, "SAML Metadata must reference at least one SAML assertion issuer");
    }
    return std::move(issuers_);
  }

 private:
  // What encloses the present place, from the outside in.
  enum class Place { kOutside, kEntity, kIdentityProvider, kKey, kCertificate };

  // The parser's C interface: five values an attribute, its local name first, the ends of its value last.
  struct Element {
    std::string_view space;
    std::string_view name;
    int attribute_count;
    const xmlChar** attributes;

    [[nodiscard]] bool Is(std::string_view in_space, std::string_view of_name) const {
      return space == in_space && name == of_name;
    }
    [[nodiscard]] std::string_view Attribute(std::string_view of_name) const {
      for (int i = 0; i < attribute_count; ++i) {
        const xmlChar* const* attribute = attributes + std::ptrdiff_t{5} * i;
        if (attribute[1] == nullptr && View(attribute[0]) == of_name) {
          return {reinterpret_cast<const char*>(attribute[3]), static_cast<std::size_t>(attribute[4] - attribute[3])};
        }
      }
      return {};
    }
  };

  // No function for entities: each one is unknown, and so an error.
  static xmlSAXHandler Callbacks() {
    xmlSAXHandler handler{};
    handler.initialized = XML_SAX2_MAGIC;
    handler.internalSubset = [](void* self, const xmlChar*, const xmlChar*, const xmlChar*) {
      static_cast<MetadataReader*>(self)->Refuse();
    };
    handler.startElementNs = [](void* self, const xmlChar* name, const xmlChar*, const xmlChar* space, int,
                                const xmlChar**, int count, int, const xmlChar** attributes) {
      static_cast<MetadataReader*>(self)->Enter(
          {.space = View(space), .name = View(name), .attribute_count = count, .attributes = attributes});
    };
    handler.endElementNs = [](void* self, const xmlChar*, const xmlChar*, const xmlChar*) {
      static_cast<MetadataReader*>(self)->Leave();
    };
    handler.characters = handler.cdataBlock = [](void* self, const xmlChar* text, int size) {
      auto* reader = static_cast<MetadataReader*>(self);
      if (reader->place_ != Place::kCertificate) return;
      reader->certificate_.append(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    };
    return handler;
  }

  void Refuse() {
    refused_ = true;
    xmlStopParser(parser_);
  }

  void Enter(const Element& element) {
    const bool first = depth_++ == 0;
    if (first && !element.Is(kMetadata, "EntityDescriptor") && !element.Is(kMetadata, "EntitiesDescriptor")) {
      return Refuse();
    }
    if (place_ == Place::kOutside && element.Is(kMetadata, "EntityDescriptor")) {
      entity_id_ = element.Attribute("entityID");
      if (entity_id_.empty() || entity_id_.size() > kEntityIdBytesMax) return Refuse();
      GoInto(Place::kEntity);
    } else if (place_ == Place::kEntity && element.Is(kMetadata, "IDPSSODescriptor")) {
      issuers_.push_back({.entity_id = entity_id_, .certificates = {}});
      GoInto(Place::kIdentityProvider);
    } else if (place_ == Place::kIdentityProvider && element.Is(kMetadata, "KeyDescriptor")) {
      const std::string_view use = element.Attribute("use");
      for_signatures_ = use.empty() || use == "signing";  // Without a use it is for both.
      GoInto(Place::kKey);
    } else if (place_ == Place::kKey && element.Is(kSignature, "X509Certificate")) {
      certificate_.clear();
      GoInto(Place::kCertificate);
    }
  }

  void GoInto(Place place) {
    place_ = place;
    depths_.push_back(depth_);
  }

  void Leave() {
    const bool leaves_place = !depths_.empty() && depths_.back() == depth_;
    --depth_;
    if (!leaves_place) return;
    if (place_ == Place::kCertificate) TakeCertificate();
    depths_.pop_back();
    place_ = static_cast<Place>(depths_.size());
  }

  void TakeCertificate() {
    auto certificate = DecodeCertificate(certificate_);
    if (!certificate) return Refuse();
    if (for_signatures_) issuers_.back().certificates.push_back(std::move(*certificate));
  }

  xmlParserCtxt* parser_ = nullptr;
  bool refused_ = false;
  int depth_ = 0;
  Place place_ = Place::kOutside;
  std::vector<int> depths_;  // Of the elements that made the place what it is: as many as `place_` says.
  std::string entity_id_;
  bool for_signatures_ = false;
  std::string certificate_;
  std::vector<SamlIssuer> issuers_;
};

}  // namespace

Result<std::vector<SamlIssuer>> ParseSamlMetadata(std::string_view document) {
  if (document.size() > kSamlMetadataBytesMax || !HasFairTags(document)) return Unreadable();
  return MetadataReader().Read(document);
}

}  // namespace claviger::federation
