#include "ops/iam/server_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/iam/tags.h"
#include "suites/certificates.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using gen::iam::Tag;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kBadChain[] =
    "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
    "followed by any intermediaries in order. The index within the chain of the invalid certificate is: ";

class ServerCertificateTest : public testing::Test {
 protected:
  static UploadServerCertificateRequest Leaf(const std::string& name = "web") {
    return {.server_certificate_name = name, .certificate_body = Pem("leaf.pem"), .private_key = Pem("leaf.key")};
  }
  auto Upload(const std::string& body, const std::string& key, std::optional<std::string> chain = {}) {
    return service.Call<api::UploadServerCertificate>({.server_certificate_name = "web",
                                                       .certificate_body = body,
                                                       .private_key = key,
                                                       .certificate_chain = std::move(chain)});
  }

  Service service{RegisterServerCertificateOperations, RegisterTagOperations};
};

using UploadServerCertificate = ServerCertificateTest;
using GetServerCertificate = ServerCertificateTest;
using ListServerCertificates = ServerCertificateTest;
using UpdateServerCertificate = ServerCertificateTest;
using DeleteServerCertificate = ServerCertificateTest;
using TagServerCertificate = ServerCertificateTest;

TEST_F(UploadServerCertificate, DescribesWhatItStored) {
  UploadServerCertificateRequest request = Leaf();
  request.path = "/cloudfront/prod/";
  request.tags = {{{"z", "1"}, {"Z", "2"}}};
  const auto made = service.Call<api::UploadServerCertificate>(request);
  ASSERT_THAT(made, Succeeds());
  const ServerCertificateMetadata& metadata = *made->server_certificate_metadata;
  EXPECT_EQ(metadata.arn, "arn:aws:iam::123456789012:server-certificate/cloudfront/prod/web");
  EXPECT_EQ(metadata.path, "/cloudfront/prod/");
  EXPECT_TRUE(metadata.server_certificate_id.starts_with("ASCA"));
  EXPECT_EQ(metadata.server_certificate_id.size(), 21U);
  EXPECT_EQ(metadata.upload_date, kNow);
  EXPECT_EQ(metadata.expiration, TimePoint(std::chrono::sys_days(std::chrono::year(2030) / 1 / 1)));
  EXPECT_THAT(*made->tags, ElementsAre(Tag{"z", "1"}, Tag{"Z", "2"}));
  EXPECT_FALSE(service.Call<api::UploadServerCertificate>(Leaf("plain"))->tags);
}

TEST_F(UploadServerCertificate, ChecksTheCertificate) {
  const auto unparsable = FailsWith(ErrorCode::kMalformedCertificate,
                                    "Unable to parse certificate. Please ensure the certificate is in PEM format.");
  EXPECT_THAT(Upload("bad cert", Pem("leaf.key")), unparsable);
  EXPECT_THAT(Upload(Pem("leaf.key"), Pem("leaf.key")), unparsable);
  EXPECT_THAT(
      Upload(Pem("expired.pem"), Pem("leaf.key")),
      FailsWith(ErrorCode::kMalformedCertificate,
                "Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed."));
  EXPECT_THAT(
      Upload(Pem("future.pem"), Pem("leaf.key")),
      FailsWith(ErrorCode::kMalformedCertificate,
                "Certificate is not yet valid. The 'Not Before' date restriction on the certificate has not passed."));
}

TEST_F(UploadServerCertificate, ChecksThePrivateKey) {
  const auto invalid = FailsWith(ErrorCode::kMalformedCertificate, "Invalid Private Key.");
  EXPECT_THAT(Upload(Pem("leaf.pem"), "bad key"), invalid);
  EXPECT_THAT(Upload(Pem("leaf.pem"), Pem("locked.key")), invalid);
  EXPECT_THAT(Upload(Pem("leaf.pem"), Pem("second.key")),
              FailsWith(ErrorCode::kKeyPairMismatch,
                        "The private key did not match the public key provided. Please verify the key material and "
                        "try again."));
  EXPECT_THAT(Upload(Pem("leaf.pem"), Pem("leaf-pkcs1.key")), Succeeds());
}

TEST_F(UploadServerCertificate, ChecksTheChain) {
  const std::string leaf = Pem("leaf.pem");
  const std::string key = Pem("leaf.key");
  const auto broken_at = [](const std::string& index) {
    return FailsWith(ErrorCode::kMalformedCertificate, kBadChain + index);
  };
  EXPECT_THAT(Upload(leaf, key, "bad chain"), FailsWith(ErrorCode::kMalformedCertificate, "Unknown"));
  EXPECT_THAT(Upload(leaf, key, Pem("other.pem")), broken_at("-1"));
  EXPECT_THAT(Upload(leaf, key, Pem("root.pem")), broken_at("-1"));
  EXPECT_THAT(Upload(leaf, key, Pem("root.pem") + Pem("inter.pem")), broken_at("-1"));
  EXPECT_THAT(Upload(leaf, key, leaf + Pem("inter.pem")), broken_at("1"));
  EXPECT_THAT(Upload(leaf, key, Pem("root.pem") + Pem("root.pem")), broken_at("0"));
  EXPECT_THAT(Upload(leaf, key, Pem("oldinter.pem") + Pem("root.pem")), broken_at("1"));
  for (const std::string& chain :
       {Pem("inter.pem"), Pem("inter.pem") + Pem("root.pem"), Pem("inter.pem") + Pem("root.pem") + Pem("root.pem")}) {
    ASSERT_THAT(Upload(leaf, key, chain), Succeeds());
    ASSERT_THAT(service.Call<api::DeleteServerCertificate>({.server_certificate_name = "web"}), Succeeds());
  }
}

TEST_F(UploadServerCertificate, RefusesTakenNamesAndFullAccounts) {
  ASSERT_THAT(service.Call<api::UploadServerCertificate>(Leaf()), Succeeds());
  EXPECT_THAT(service.Call<api::UploadServerCertificate>(Leaf("WEB")),
              FailsWith(ErrorCode::kEntityAlreadyExists, "The Server Certificate with name WEB already exists."));
  service.world.quotas.server_certificates_per_account = 1;
  EXPECT_THAT(service.Call<api::UploadServerCertificate>(Leaf("more")),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for ServerCertificatesPerAccount: 1"));
}

TEST_F(GetServerCertificate, ShowsAllButThePrivateKey) {
  const std::string chain = Pem("inter.pem") + Pem("root.pem");
  UploadServerCertificateRequest request = Leaf();
  request.certificate_chain = chain;
  const auto made = service.Call<api::UploadServerCertificate>(request);
  const auto got = service.Call<api::GetServerCertificate>({.server_certificate_name = "Web"});
  ASSERT_THAT(got, Succeeds());
  EXPECT_EQ(got->server_certificate.server_certificate_metadata, *made->server_certificate_metadata);
  EXPECT_EQ(got->server_certificate.certificate_body + "\n", Pem("leaf.pem"));
  EXPECT_EQ(*got->server_certificate.certificate_chain + "\n", chain);
  EXPECT_THAT(*got->server_certificate.tags, IsEmpty());
  ASSERT_THAT(service.Call<api::UploadServerCertificate>(Leaf("plain")), Succeeds());
  EXPECT_FALSE(service.Call<api::GetServerCertificate>({.server_certificate_name = "plain"})
                   ->server_certificate.certificate_chain);
  EXPECT_THAT(service.Call<api::GetServerCertificate>({.server_certificate_name = "none"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The Server Certificate with name none cannot be found."));
}

TEST_F(GetServerCertificate, KeepsThePrivateKeySealed) {
  ASSERT_THAT(service.Call<api::UploadServerCertificate>(Leaf()), Succeeds());
  directory::Attempt attempt(service.world);
  const auto certificate = attempt.directory.server_certificates.Get("web");
  ASSERT_THAT(certificate, Succeeds());
  EXPECT_EQ(attempt.directory.server_certificates.GetMaterial(*certificate)->private_key.Reveal(), Pem("leaf.key"));
  bool readable = false;
  EXPECT_TRUE(service.world.reader
                  ->Scan("", "",
                         [&](std::string_view, const store::Entry& entry) {
                           readable = readable || entry.value.find("PRIVATE KEY") != std::string_view::npos;
                           return true;
                         })
                  .ok());
  EXPECT_FALSE(readable);
}

TEST_F(ListServerCertificates, SortsFiltersAndPages) {
  for (const char* name : {"b", "A", "c"}) {
    UploadServerCertificateRequest request = Leaf(name);
    request.path = name == std::string("c") ? "/" : "/in/";
    ASSERT_THAT(service.Call<api::UploadServerCertificate>(request), Succeeds());
  }
  const auto first = service.Call<api::ListServerCertificates>({.path_prefix = "/in", .marker = {}, .max_items = 1});
  ASSERT_EQ(first->server_certificate_metadata_list.size(), 1U);
  EXPECT_EQ(first->server_certificate_metadata_list[0].server_certificate_name, "A");
  EXPECT_EQ(first->is_truncated, true);
  const auto second = service.Call<api::ListServerCertificates>({.path_prefix = "/in", .marker = first->marker});
  ASSERT_EQ(second->server_certificate_metadata_list.size(), 1U);
  EXPECT_EQ(second->server_certificate_metadata_list[0].server_certificate_name, "b");
  EXPECT_EQ(second->is_truncated, false);
  EXPECT_EQ(service.Call<api::ListServerCertificates>()->server_certificate_metadata_list.size(), 3U);
}

TEST_F(UpdateServerCertificate, KeepsIdTagsAndMaterial) {
  UploadServerCertificateRequest request = Leaf();
  request.tags = {{{"k", "v"}}};
  const auto made = service.Call<api::UploadServerCertificate>(request);
  ASSERT_THAT(service.Call<api::UpdateServerCertificate>(
                  {.server_certificate_name = "web", .new_path = "/x/", .new_server_certificate_name = "new"}),
              Succeeds());
  const auto got = service.Call<api::GetServerCertificate>({.server_certificate_name = "new"});
  ASSERT_THAT(got, Succeeds());
  EXPECT_EQ(got->server_certificate.server_certificate_metadata.arn,
            "arn:aws:iam::123456789012:server-certificate/x/new");
  EXPECT_EQ(got->server_certificate.server_certificate_metadata.server_certificate_id,
            made->server_certificate_metadata->server_certificate_id);
  EXPECT_EQ(got->server_certificate.certificate_body + "\n", Pem("leaf.pem"));
  EXPECT_THAT(*got->server_certificate.tags, ElementsAre(Tag{"k", "v"}));
  EXPECT_THAT(service.Call<api::GetServerCertificate>({.server_certificate_name = "web"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The Server Certificate with name web cannot be found."));
  ASSERT_THAT(service.Call<api::UploadServerCertificate>(Leaf("other")), Succeeds());
  EXPECT_THAT(service.Call<api::UpdateServerCertificate>(
                  {.server_certificate_name = "new", .new_server_certificate_name = "Other"}),
              FailsWith(ErrorCode::kEntityAlreadyExists, "The Server Certificate with name Other already exists."));
  EXPECT_THAT(service.Call<api::UpdateServerCertificate>({.server_certificate_name = "new"}), Succeeds());
}

TEST_F(DeleteServerCertificate, LeavesNothingBehind) {
  const std::size_t before = directory::CountKeys(service.world, "123456789012/server-certificate");
  ASSERT_THAT(service.Call<api::UploadServerCertificate>(Leaf()), Succeeds());
  ASSERT_THAT(service.Call<api::DeleteServerCertificate>({.server_certificate_name = "web"}), Succeeds());
  EXPECT_EQ(directory::CountKeys(service.world, "123456789012/server-certificate"), before);
  EXPECT_THAT(service.Call<api::DeleteServerCertificate>({.server_certificate_name = "web"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The Server Certificate with name web cannot be found."));
}

TEST_F(TagServerCertificate, TellsKeysApartByCase) {
  ASSERT_THAT(service.Call<api::UploadServerCertificate>(Leaf()), Succeeds());
  const auto tag = [&](std::vector<Tag> tags) {
    return service.Call<api::TagServerCertificate>({.server_certificate_name = "web", .tags = std::move(tags)});
  };
  ASSERT_THAT(tag({{"team", "1"}, {"Team", "2"}}), Succeeds());
  ASSERT_THAT(tag({{"team", "3"}}), Succeeds());
  EXPECT_THAT(service.Call<api::ListServerCertificateTags>({.server_certificate_name = "web"})->tags,
              ElementsAre(Tag{"Team", "2"}, Tag{"team", "3"}));
  EXPECT_THAT(tag({}), FailsWith(ErrorCode::kInvalidInput, "The provided tag map must not be null/empty."));
  EXPECT_THAT(tag({{"a", "1"}, {"a", "2"}}), FailsWith(ErrorCode::kInvalidInput, "Duplicate tag keys found."));
  EXPECT_THAT(tag({{"aws:a", "1"}}),
              FailsWith(ErrorCode::kInvalidInput, "Tag keys beginning with aws: are reserved for system use."));
  EXPECT_THAT(service.Call<api::UntagServerCertificate>({.server_certificate_name = "web", .tag_keys = {}}),
              FailsWith(ErrorCode::kInvalidInput, "The provided tag keys must not be null/empty."));
  ASSERT_THAT(service.Call<api::UntagServerCertificate>({.server_certificate_name = "web", .tag_keys = {"team"}}),
              Succeeds());
  EXPECT_THAT(service.Call<api::ListServerCertificateTags>({.server_certificate_name = "web"})->tags,
              ElementsAre(Tag{"Team", "2"}));
}

}  // namespace
}  // namespace claviger::ops::iam
