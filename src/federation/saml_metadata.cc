#include "federation/saml_metadata.h"

#include <libxml/xmlreader.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "crypto/certificate.h"

namespace claviger::federation {
namespace {

constexpr std::string_view kMetadata = "urn:oasis:names:tc:SAML:2.0:metadata";
constexpr std::string_view kSignature = "http://www.w3.org/2000/09/xmldsig#";
constexpr std::size_t kEntityIdBytesMax = 1024;

struct ReaderDeleter {
  void operator()(xmlTextReader* reader) const { xmlFreeTextReader(reader); }
};
using Reader = std::unique_ptr<xmlTextReader, ReaderDeleter>;

struct TextDeleter {
  void operator()(xmlChar* text) const { xmlFree(text); }
};
using Text = std::unique_ptr<xmlChar, TextDeleter>;

std::string_view View(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

// libxml2 otherwise prints what it dislikes.
void Ignore(void*, const char*, xmlParserSeverities, xmlTextReaderLocatorPtr) {}

Failure<Error> Unreadable() { return Fail(ErrorCode::kInvalidInput, "Could not parse metadata"); }

// Base64 with white space anywhere, as XML has it.
std::optional<std::string> DecodeCertificate(std::string_view text) {
  std::string base64;
  base64.reserve(text.size());
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') base64.push_back(c);
  }
  const auto der = Base64Decode(base64);
  const auto certificate = der ? crypto::Certificate::ParseDer(*der) : std::nullopt;
  if (!certificate || certificate->KeyBits() < kSamlCertificateBitsMin) return std::nullopt;
  return der;
}

// Walks through the document once, without building a tree of it.
class MetadataReader {
 public:
  explicit MetadataReader(xmlTextReader* reader) : reader_(reader) {}

  Result<std::vector<SamlIssuer>> Read() {
    int more = 0;
    while ((more = xmlTextReaderRead(reader_)) == 1) {
      switch (xmlTextReaderNodeType(reader_)) {
        case XML_READER_TYPE_DOCUMENT_TYPE:
        case XML_READER_TYPE_ENTITY_REFERENCE:
          return Unreadable();
        case XML_READER_TYPE_ELEMENT:
          TRY(EnterElement());
          break;
        case XML_READER_TYPE_END_ELEMENT:
          LeaveElement();
          break;
        default:
          break;
      }
    }
    if (more != 0) return Unreadable();
    if (issuers_.empty()) {
      return Fail(ErrorCode::kInvalidInput, "SAML Metadata must reference at least one SAML assertion issuer");
    }
    return std::move(issuers_);
  }

 private:
  // What encloses the present place, from the outside in.
  enum class Place { kOutside, kEntity, kIdentityProvider, kKey };

  [[nodiscard]] bool IsElement(std::string_view space, std::string_view name) const {
    return View(xmlTextReaderConstLocalName(reader_)) == name && View(xmlTextReaderConstNamespaceUri(reader_)) == space;
  }

  [[nodiscard]] std::string Attribute(const char* name) const {
    const Text value(xmlTextReaderGetAttribute(reader_, reinterpret_cast<const xmlChar*>(name)));
    return std::string(View(value.get()));
  }

  Result<> EnterElement() {
    const bool first = xmlTextReaderDepth(reader_) == 0;
    if (first && !IsElement(kMetadata, "EntityDescriptor") && !IsElement(kMetadata, "EntitiesDescriptor")) {
      return Unreadable();
    }
    if (place_ == Place::kOutside && IsElement(kMetadata, "EntityDescriptor")) {
      entity_id_ = Attribute("entityID");
      if (entity_id_.empty() || entity_id_.size() > kEntityIdBytesMax) return Unreadable();
      Enter(Place::kEntity);
    } else if (place_ == Place::kEntity && IsElement(kMetadata, "IDPSSODescriptor")) {
      issuers_.push_back({.entity_id = entity_id_, .certificates = {}});
      Enter(Place::kIdentityProvider);
    } else if (place_ == Place::kIdentityProvider && IsElement(kMetadata, "KeyDescriptor")) {
      const std::string use = Attribute("use");
      for_signatures_ = use.empty() || use == "signing";  // Without a use it is for both.
      Enter(Place::kKey);
    } else if (place_ == Place::kKey && IsElement(kSignature, "X509Certificate")) {
      const Text text(xmlTextReaderReadString(reader_));
      auto certificate = DecodeCertificate(View(text.get()));
      if (!certificate) return Unreadable();
      if (for_signatures_) issuers_.back().certificates.push_back(std::move(*certificate));
    }
    return {};
  }

  void Enter(Place place) {
    if (xmlTextReaderIsEmptyElement(reader_) == 1) return;  // There is no end to leave it at.
    place_ = place;
    depths_.push_back(xmlTextReaderDepth(reader_));
  }

  void LeaveElement() {
    if (depths_.empty() || depths_.back() != xmlTextReaderDepth(reader_)) return;
    depths_.pop_back();
    place_ = static_cast<Place>(depths_.size());
  }

  xmlTextReader* reader_;
  Place place_ = Place::kOutside;
  std::vector<int> depths_;  // Of the elements that made the place what it is: as many as `place_` says.
  std::string entity_id_;
  bool for_signatures_ = false;
  std::vector<SamlIssuer> issuers_;
};

}  // namespace

Result<std::vector<SamlIssuer>> ParseSamlMetadata(std::string_view document) {
  // A document type serves only to define entities. Refused before the parser sees it.
  if (document.size() > kSamlMetadataBytesMax || document.find("<!DOCTYPE") != std::string_view::npos) {
    return Unreadable();
  }
  // The encoding is that of the request, whatever the document says of itself.
  const Reader reader(xmlReaderForMemory(document.data(), static_cast<int>(document.size()), nullptr, "UTF-8",
                                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
  if (reader == nullptr) return Unreadable();
  xmlTextReaderSetErrorHandler(reader.get(), Ignore, nullptr);
  return MetadataReader(reader.get()).Read();
}

}  // namespace claviger::federation
