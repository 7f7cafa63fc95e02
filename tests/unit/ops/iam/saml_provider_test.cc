#include "ops/iam/saml_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/iam/tags.h"
#include "suites/certificates.h"
#include "suites/saml_metadata.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using gen::iam::Tag;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kArn[] = "arn:aws:iam::123456789012:saml-provider/Idp";

class SamlProviderTest : public testing::Test {
 protected:
  static std::string Metadata(const std::string& certificate = "leaf.pem") {
    return SamlEntity(SamlKey(DerBase64(certificate)));
  }
  auto Create(const std::string& metadata, const std::string& name = "Idp") {
    return service.Call<api::CreateSAMLProvider>({.saml_metadata_document = metadata, .name = name});
  }
  auto Get(const std::string& arn = kArn) { return service.Call<api::GetSAMLProvider>({.saml_provider_arn = arn}); }
  auto AddKey(const std::string& pem) {
    return service.Call<api::UpdateSAMLProvider>({.saml_provider_arn = kArn, .add_private_key = pem});
  }
  auto RemoveKey(const std::string& id) {
    return service.Call<api::UpdateSAMLProvider>({.saml_provider_arn = kArn, .remove_private_key = id});
  }
  auto SetMode(const std::string& mode) {
    return service.Call<api::UpdateSAMLProvider>({.saml_provider_arn = kArn, .assertion_encryption_mode = mode});
  }

  Service service{RegisterSamlProviderOperations, RegisterTagOperations};
};

using CreateSAMLProvider = SamlProviderTest;
using UpdateSAMLProvider = SamlProviderTest;
using ListSAMLProviders = SamlProviderTest;
using DeleteSAMLProvider = SamlProviderTest;
using TagSAMLProvider = SamlProviderTest;

TEST_F(CreateSAMLProvider, KeepsTheDocumentAndWhatItSays) {
  const auto made = service.Call<api::CreateSAMLProvider>(
      {.saml_metadata_document = Metadata(), .name = "Idp", .tags = {{{"z", "1"}, {"A", "2"}}}});
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made->saml_provider_arn, kArn);
  EXPECT_THAT(*made->tags, ElementsAre(Tag{"z", "1"}, Tag{"A", "2"}));
  const auto got = Get();
  ASSERT_THAT(got, Succeeds());
  EXPECT_TRUE(got->saml_provider_uuid->starts_with("SAMLSP"));
  EXPECT_EQ(got->saml_provider_uuid->size(), 22U);
  EXPECT_EQ(got->saml_metadata_document, Metadata());
  EXPECT_EQ(got->create_date, kNow);
  // 2026-01-31T12:00:00Z and a hundred years, whatever the document says.
  EXPECT_EQ(got->valid_until,
            TimePoint(std::chrono::sys_days(std::chrono::year(2126) / 1 / 31) + std::chrono::hours(12)));
  EXPECT_THAT(*got->tags, ElementsAre(Tag{"A", "2"}, Tag{"z", "1"}));
  EXPECT_EQ(got->assertion_encryption_mode, "Allowed");
  EXPECT_THAT(*got->private_key_list, IsEmpty());

  directory::Attempt attempt(service.world);
  const auto stored = attempt.directory.saml_providers.Get("Idp");
  ASSERT_THAT(stored, Succeeds());
  EXPECT_THAT(stored->issuers,
              ElementsAre(SamlIssuer{"https://idp.example.com/", {*Base64Decode(DerBase64("leaf.pem"))}}));
}

TEST_F(CreateSAMLProvider, RefusesBadMetadataAndTakenNames) {
  EXPECT_THAT(Create("<x/>"), FailsWith(ErrorCode::kInvalidInput, "Could not parse metadata"));
  EXPECT_THAT(Create("<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"x\"/>"),
              FailsWith(ErrorCode::kInvalidInput, "SAML Metadata must reference at least one SAML assertion issuer"));
  ASSERT_THAT(Create(Metadata()), Succeeds());
  EXPECT_THAT(Create(Metadata(), "idp"),
              FailsWith(ErrorCode::kEntityAlreadyExists, "SAMLProvider idp already exists."));
  service.world.quotas.saml_providers_per_account = 1;
  EXPECT_THAT(Create(Metadata(), "more"),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for SAMLProvidersPerAccount: 1"));
}

TEST_F(CreateSAMLProvider, BoundsIssuersAndTheirKeys) {
  std::string entities;
  for (int i = 0; i < 11; ++i) entities += SamlEntity("", "e" + std::to_string(i));
  EXPECT_THAT(Create("<EntitiesDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">" + entities +
                     "</EntitiesDescriptor>"),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for IdentityProvidersPerSAMLProvider: 10"));
  std::string keys;
  for (int i = 0; i < 11; ++i) keys += SamlKey(DerBase64("leaf.pem"));
  EXPECT_THAT(Create(SamlEntity(keys)),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for KeysPerSAMLProvider: 10"));
}

TEST_F(CreateSAMLProvider, RequiresEncryptionOnlyWithAKey) {
  EXPECT_THAT(service.Call<api::CreateSAMLProvider>(
                  {.saml_metadata_document = Metadata(), .name = "Idp", .assertion_encryption_mode = "Required"}),
              FailsWith(ErrorCode::kValidationError,
                        "Unable to set assertion encryption mode to Required because no private key is provided."));
  ASSERT_THAT(service.Call<api::CreateSAMLProvider>({.saml_metadata_document = Metadata(),
                                                     .name = "Idp",
                                                     .assertion_encryption_mode = "Required",
                                                     .add_private_key = Pem("leaf.key")}),
              Succeeds());
  EXPECT_EQ(Get()->assertion_encryption_mode, "Required");
  ASSERT_THAT(*Get()->private_key_list, SizeIs(1));
  EXPECT_TRUE(Get()->private_key_list->at(0).key_id->starts_with("SAMLPK"));
  EXPECT_EQ(Get()->private_key_list->at(0).key_id->size(), 22U);
  EXPECT_EQ(Get()->private_key_list->at(0).timestamp, kNow);
}

TEST_F(CreateSAMLProvider, IsFoundByExactlyItsArn) {
  ASSERT_THAT(Create(Metadata()), Succeeds());
  for (const char* arn : {"arn:aws:iam::123456789012:saml-provider/idp", "arn:aws:iam::123456789012:saml-provider/x",
                          "arn:aws:iam::210987654321:saml-provider/Idp"}) {
    EXPECT_THAT(Get(arn), FailsWith(ErrorCode::kNoSuchEntity, "Manifest not found for arn " + std::string(arn)));
  }
}

TEST_F(UpdateSAMLProvider, NewMetadataKeepsTheProvider) {
  ASSERT_THAT(Create(Metadata()), Succeeds());
  const auto before = Get();
  service.now += std::chrono::days(1);
  const auto updated = service.Call<api::UpdateSAMLProvider>(
      {.saml_metadata_document = Metadata("second.pem"), .saml_provider_arn = kArn});
  ASSERT_THAT(updated, Succeeds());
  EXPECT_EQ(updated->saml_provider_arn, kArn);
  const auto after = Get();
  EXPECT_EQ(after->saml_metadata_document, Metadata("second.pem"));
  EXPECT_EQ(after->saml_provider_uuid, before->saml_provider_uuid);
  EXPECT_EQ(after->create_date, before->create_date);
  EXPECT_EQ(after->valid_until, *before->valid_until + std::chrono::days(1));
  EXPECT_THAT(service.Call<api::UpdateSAMLProvider>({.saml_metadata_document = "x", .saml_provider_arn = kArn}),
              FailsWith(ErrorCode::kInvalidInput, "Could not parse metadata"));
}

TEST_F(UpdateSAMLProvider, MustAskForOneThingThatIsPossible) {
  ASSERT_THAT(Create(Metadata()), Succeeds());
  EXPECT_THAT(
      service.Call<api::UpdateSAMLProvider>({.saml_provider_arn = kArn}),
      FailsWith(ErrorCode::kValidationError,
                "Unable to update identity provider. No updates are defined for metadata or encryption assertion."));
  EXPECT_THAT(service.Call<api::UpdateSAMLProvider>(
                  {.saml_provider_arn = kArn, .add_private_key = "a", .remove_private_key = "b"}),
              FailsWith(ErrorCode::kValidationError,
                        "Unable to add and remove private keys in the same request. Set a value for only one of the "
                        "two parameters."));
  EXPECT_THAT(SetMode("Required"),
              FailsWith(ErrorCode::kInvalidInput,
                        "Failed to set assertion encryption mode to Required because no private key is present."));
}

TEST_F(UpdateSAMLProvider, RotatesPrivateKeys) {
  ASSERT_THAT(Create(Metadata()), Succeeds());
  for (const char* bad : {"x", "locked.key", "leaf.pub"}) {
    EXPECT_THAT(AddKey(bad == std::string("x") ? "x" : Pem(bad)),
                FailsWith(ErrorCode::kInvalidInput, "Unable to parse private key."));
  }
  ASSERT_THAT(AddKey(Pem("leaf.key")), Succeeds());
  service.now += std::chrono::hours(1);
  ASSERT_THAT(AddKey(Pem("root.key")), Succeeds());
  EXPECT_THAT(AddKey(Pem("second.key")), FailsWith(ErrorCode::kLimitExceeded, "Private key limit of 2 is reached."));
  ASSERT_THAT(SetMode("Required"), Succeeds());
  const auto keys = *Get()->private_key_list;
  ASSERT_THAT(keys, SizeIs(2));
  EXPECT_LT(keys[0].timestamp, keys[1].timestamp);
  const auto failed = FailsWith(ErrorCode::kInvalidInput, "Failed to remove private key.");
  EXPECT_THAT(RemoveKey("SAMLPKUNKNOWNUNKNOWN12"), failed);
  ASSERT_THAT(RemoveKey(*keys[0].key_id), Succeeds());
  EXPECT_THAT(RemoveKey(*keys[1].key_id), failed);
  ASSERT_THAT(SetMode("Allowed"), Succeeds());
  ASSERT_THAT(RemoveKey(*keys[1].key_id), Succeeds());
  EXPECT_THAT(*Get()->private_key_list, IsEmpty());
}

TEST_F(UpdateSAMLProvider, KeepsPrivateKeysSealedButFindsThemAgain) {
  ASSERT_THAT(Create(Metadata()), Succeeds());
  ASSERT_THAT(AddKey(Pem("leaf.key")), Succeeds());
  directory::Attempt attempt(service.world);
  auto provider = attempt.directory.saml_providers.Get("Idp");
  ASSERT_THAT(provider, Succeeds());
  const auto& key = provider->private_keys.at(0);
  EXPECT_EQ(key.sealed.find("PRIVATE KEY"), std::string::npos);
  EXPECT_EQ(attempt.directory.saml_providers.OpenPrivateKey(*provider, key)->Reveal(), Pem("leaf.key"));
  provider->id = "SAMLSPOTHER";
  EXPECT_FALSE(attempt.directory.saml_providers.OpenPrivateKey(*provider, key).ok());
}

TEST_F(ListSAMLProviders, ShowsDates) {
  EXPECT_THAT(*service.Call<api::ListSAMLProviders>()->saml_provider_list, IsEmpty());
  ASSERT_THAT(Create(Metadata()), Succeeds());
  EXPECT_THAT(*service.Call<api::ListSAMLProviders>()->saml_provider_list,
              ElementsAre(SAMLProviderListEntry{.arn = kArn, .valid_until = Get()->valid_until, .create_date = kNow}));
}

TEST_F(DeleteSAMLProvider, LeavesNothingBehind) {
  ASSERT_THAT(Create(Metadata()), Succeeds());
  const auto remove = [&] { return service.Call<api::DeleteSAMLProvider>({.saml_provider_arn = kArn}); };
  ASSERT_THAT(remove(), Succeeds());
  EXPECT_THAT(remove(), FailsWith(ErrorCode::kNoSuchEntity, "Manifest not found for arn " + std::string(kArn)));
  EXPECT_EQ(directory::CountKeys(service.world, "123456789012/saml"), 0U);
}

TEST_F(TagSAMLProvider, TagsByArn) {
  ASSERT_THAT(Create(Metadata()), Succeeds());
  ASSERT_THAT(service.Call<api::TagSAMLProvider>({.saml_provider_arn = kArn, .tags = {{"b", "1"}, {"a", "2"}}}),
              Succeeds());
  EXPECT_THAT(service.Call<api::ListSAMLProviderTags>({.saml_provider_arn = kArn})->tags,
              ElementsAre(Tag{"a", "2"}, Tag{"b", "1"}));
  ASSERT_THAT(service.Call<api::UntagSAMLProvider>({.saml_provider_arn = kArn, .tag_keys = {"a"}}), Succeeds());
  EXPECT_THAT(*Get()->tags, ElementsAre(Tag{"b", "1"}));
}

}  // namespace
}  // namespace claviger::ops::iam
