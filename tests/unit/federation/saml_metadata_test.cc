#include "federation/saml_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suites/certificates.h"
#include "suites/saml_metadata.h"

namespace claviger::federation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kUnreadable[] = "Could not parse metadata";

MATCHER_P(IsRefused, message, "") {
  return !arg.ok() && arg.error().code == ErrorCode::kInvalidInput && arg.error().message == std::string_view(message);
}

std::string Der(const std::string& name) { return crypto::Certificate::ParsePem(Pem(name)).at(0).Der(); }

TEST(SamlMetadata, NamesTheIssuerAndItsCertificates) {
  const auto issuers = ParseSamlMetadata(SamlEntity(SamlKey(DerBase64("leaf.pem"))));
  ASSERT_TRUE(issuers.ok());
  EXPECT_THAT(*issuers, ElementsAre(SamlIssuer{"https://idp.example.com/", {Der("leaf.pem")}}));
}

TEST(SamlMetadata, TakesKeysForSignaturesOnly) {
  const std::string keys = SamlKey(DerBase64("leaf.pem"), "encryption") + SamlKey(DerBase64("second.pem"), "") +
                           SamlKey(DerBase64("small.pem"), "signing");
  const auto issuers = ParseSamlMetadata(SamlEntity(keys));
  ASSERT_TRUE(issuers.ok());
  EXPECT_THAT((*issuers)[0].certificates, ElementsAre(Der("second.pem"), Der("small.pem")));
}

TEST(SamlMetadata, TakesAnIssuerWithoutKeys) {
  const auto issuers = ParseSamlMetadata(SamlEntity("") + "<!-- padding -->");
  ASSERT_TRUE(issuers.ok());
  EXPECT_THAT(*issuers, SizeIs(1));
  EXPECT_THAT((*issuers)[0].certificates, IsEmpty());
}

TEST(SamlMetadata, ReadsManyEntitiesAndAnyPrefix) {
  const std::string key = SamlKey(DerBase64("leaf.pem"));
  const std::string text =
      "<?xml version=\"1.0\"?>\n<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">"
      "<md:EntityDescriptor entityID=\"sp\"><md:SPSSODescriptor>" +
      key + "</md:SPSSODescriptor></md:EntityDescriptor>" + "<md:EntitiesDescriptor>" + SamlEntity(key, "one") +
      "</md:EntitiesDescriptor>" + SamlEntity(key + key, "two") + "</md:EntitiesDescriptor>";
  const auto issuers = ParseSamlMetadata(text);
  ASSERT_TRUE(issuers.ok());
  EXPECT_THAT(*issuers,
              ElementsAre(SamlIssuer{"one", {Der("leaf.pem")}}, SamlIssuer{"two", {Der("leaf.pem"), Der("leaf.pem")}}));
}

TEST(SamlMetadata, TakesExpiredCertificatesButNoShortOnes) {
  EXPECT_TRUE(ParseSamlMetadata(SamlEntity(SamlKey(DerBase64("expired.pem")))).ok());
  EXPECT_THAT(ParseSamlMetadata(SamlEntity(SamlKey(DerBase64("tiny.pem")))), IsRefused(kUnreadable));
}

TEST(SamlMetadata, NeedsAnIdentityProvider) {
  EXPECT_THAT(ParseSamlMetadata("<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"x\"/>"),
              IsRefused("SAML Metadata must reference at least one SAML assertion issuer"));
}

TEST(SamlMetadata, RefusesWhatItCannotRead) {
  const std::string key = SamlKey(DerBase64("leaf.pem"));
  const std::string good = SamlEntity(key);
  const std::string inside = good.substr(good.find("<IDPSSODescriptor"));
  for (const std::string& text : std::vector<std::string>{
           "", "not XML", good.substr(0, good.size() - 1), good + "<more/>", "\xEF\xBB" + good,
           "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">" + inside, SamlEntity(key, ""),
           SamlEntity(key, std::string(1025, 'x')), "<SomethingElse>" + good + "</SomethingElse>",
           "<EntityDescriptor entityID=\"x\"/>", SamlEntity(SamlKey("aaaa")), SamlEntity(SamlKey("!")),
           SamlEntity(SamlKey("")), SamlEntity(key, "\xFF")}) {
    EXPECT_THAT(ParseSamlMetadata(text), IsRefused(kUnreadable)) << text.substr(0, 100);
  }
}

TEST(SamlMetadata, ExpandsAndFetchesNothing) {
  const std::string good = SamlEntity(SamlKey(DerBase64("leaf.pem")));
  EXPECT_THAT(ParseSamlMetadata("<!DOCTYPE x [<!ENTITY a \"b\">]>" + good), IsRefused(kUnreadable));
  EXPECT_THAT(ParseSamlMetadata("<!DOCTYPE x SYSTEM \"file:///etc/passwd\">" + good), IsRefused(kUnreadable));
  EXPECT_THAT(ParseSamlMetadata(SamlEntity("&a;")), IsRefused(kUnreadable));
  const std::string utf16 = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>";
  EXPECT_THAT(ParseSamlMetadata(utf16 + good), IsRefused(kUnreadable));
  EXPECT_TRUE(ParseSamlMetadata("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + good).ok());
}

TEST(SamlMetadata, BoundsTagsButNotWhatIsBetween) {
  std::string attributes;
  for (int i = 0; i < 1000; ++i) attributes += " a" + std::to_string(i) + "='>'";
  EXPECT_THAT(ParseSamlMetadata(SamlEntity("<x" + attributes + "/>")), IsRefused(kUnreadable));
  const std::string text(100'000, 'x');
  EXPECT_TRUE(ParseSamlMetadata(SamlEntity("<!-- <" + text + " --><![CDATA[<" + text + "]]><?p <" + text + "?>")).ok());
}

TEST(SamlMetadata, BoundsDepthAndSize) {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "<a>";
  EXPECT_THAT(ParseSamlMetadata(SamlEntity(deep)), IsRefused(kUnreadable));
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "<a/>";
  EXPECT_THAT(ParseSamlMetadata(SamlEntity(many)), IsRefused(kUnreadable));
  EXPECT_THAT(ParseSamlMetadata(std::string(kSamlMetadataBytesMax + 1, ' ')), IsRefused(kUnreadable));
}

}  // namespace
}  // namespace claviger::federation
