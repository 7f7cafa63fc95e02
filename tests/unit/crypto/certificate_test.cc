#include "crypto/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "suites/certificates.h"

namespace claviger::crypto {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Certificate Read(const std::string& name) { return Certificate::ParsePem(Pem(name)).at(0); }

TEST(Certificate, TellsWhenItIsValid) {
  const Certificate leaf = Read("leaf.pem");
  EXPECT_EQ(leaf.not_before(), std::chrono::sys_days(std::chrono::year(2025) / 1 / 1));
  EXPECT_EQ(leaf.not_after(), std::chrono::sys_days(std::chrono::year(2030) / 1 / 1));
}

TEST(Certificate, IsTheSameAsDer) {
  const Certificate leaf = Read("leaf.pem");
  const auto again = Certificate::ParseDer(leaf.Der());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->Der(), leaf.Der());
  EXPECT_FALSE(Certificate::ParseDer(leaf.Der() + "x"));
  EXPECT_FALSE(Certificate::ParseDer(leaf.Der().substr(1)));
  EXPECT_FALSE(Certificate::ParseDer(""));
}

TEST(Certificate, KnowsWhoSignedIt) {
  const Certificate leaf = Read("leaf.pem");
  const Certificate inter = Read("inter.pem");
  const Certificate root = Read("root.pem");
  EXPECT_TRUE(leaf.IsSignedBy(inter));
  EXPECT_TRUE(inter.IsSignedBy(root));
  EXPECT_TRUE(root.IsSignedBy(root));
  EXPECT_FALSE(leaf.IsSignedBy(root));
  EXPECT_FALSE(inter.IsSignedBy(Read("other.pem")));
  EXPECT_FALSE(root.IsSignedBy(leaf));
}

TEST(Certificate, KnowsAuthoritiesAndSizes) {
  EXPECT_TRUE(Read("inter.pem").IsAuthority());
  EXPECT_FALSE(Read("leaf.pem").IsAuthority());
  EXPECT_EQ(Read("leaf.pem").KeyBits(), 2048);
  EXPECT_EQ(Read("small.pem").KeyBits(), 1024);
  EXPECT_EQ(Read("root.pem").KeyBits(), 256);
}

TEST(Certificate, ReadsAllOfAPemText) {
  const std::string both = "Subject: inter\n" + Pem("inter.pem") + "\nSubject: root\n" + Pem("root.pem");
  const auto chain = Certificate::ParsePem(both);
  ASSERT_THAT(chain, SizeIs(2));
  EXPECT_TRUE(chain[0].IsSignedBy(chain[1]));
}

TEST(Certificate, RefusesWhatIsNotAllReadable) {
  EXPECT_THAT(Certificate::ParsePem(""), IsEmpty());
  EXPECT_THAT(Certificate::ParsePem("not a certificate"), IsEmpty());
  EXPECT_THAT(Certificate::ParsePem(Pem("leaf.pub")), IsEmpty());
  std::string broken = Pem("root.pem");
  broken[broken.size() / 2] = '!';
  EXPECT_THAT(Certificate::ParsePem(Pem("inter.pem") + broken), IsEmpty());
  EXPECT_THAT(Certificate::ParsePem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), IsEmpty());
  std::string many;
  for (std::size_t i = 0; i <= kCertificatesMax; ++i) many += Pem("root.pem");
  EXPECT_THAT(Certificate::ParsePem(many), IsEmpty());
}

TEST(PrivateKey, MatchesItsCertificateOnly) {
  for (const char* name : {"leaf.key", "leaf-pkcs1.key"}) {
    const auto key = PrivateKey::ParsePem(Pem(name));
    ASSERT_TRUE(key) << name;
    EXPECT_TRUE(key->Matches(Read("leaf.pem")));
    EXPECT_FALSE(key->Matches(Read("second.pem")));
    EXPECT_FALSE(key->Matches(Read("root.pem")));
  }
  EXPECT_TRUE(PrivateKey::ParsePem(Pem("root.key"))->Matches(Read("root.pem")));
}

TEST(PrivateKey, CannotBeReadWhenEncryptedOrPublic) {
  EXPECT_FALSE(PrivateKey::ParsePem(Pem("locked.key")));
  EXPECT_FALSE(PrivateKey::ParsePem(Pem("leaf.pub")));
  EXPECT_FALSE(PrivateKey::ParsePem(Pem("leaf.pem")));
  EXPECT_FALSE(PrivateKey::ParsePem("x"));
}

// TLS connections of the thread would take an error that is left over for their own.
TEST(Certificate, LeavesNoErrorInTheThreadsQueue) {
  EXPECT_THAT(Certificate::ParsePem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), IsEmpty());
  EXPECT_FALSE(Certificate::ParseDer("x"));
  EXPECT_FALSE(PrivateKey::ParsePem(Pem("locked.key")));
  EXPECT_FALSE(Read("leaf.pem").IsSignedBy(Read("root.pem")));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace claviger::crypto
