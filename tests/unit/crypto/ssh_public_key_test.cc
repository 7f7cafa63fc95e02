#include "crypto/ssh_public_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/fingerprint.h"
#include "suites/certificates.h"

namespace claviger::crypto {
namespace {

std::string Line() { return std::string(TrimSpace(Pem("leaf.ssh"))); }

TEST(SshPublicKey, IsOneKeyInAllForms) {
  const auto line = SshPublicKey::Parse(Line());
  ASSERT_TRUE(line.ok());
  for (const char* name : {"leaf.pub", "leaf-pkcs1.pub", "leaf.ssh"}) {
    const auto key = SshPublicKey::Parse(Pem(name));
    ASSERT_TRUE(key.ok()) << name;
    EXPECT_EQ(key->wire(), line->wire()) << name;
    EXPECT_EQ(key->Ssh(), Line());
    EXPECT_EQ(key->Pem(), Pem("leaf.pub"));
  }
}

TEST(SshPublicKey, HasTheFingerprintThatSshShows) {
  // ssh-keygen -l -E md5 -f leaf.ssh
  EXPECT_EQ(SshPublicKey::Parse(Line())->Fingerprint(), "07:48:2b:f7:aa:ee:f7:96:d8:63:9c:d0:1b:8e:66:16");
}

TEST(SshPublicKey, DropsTheComment) {
  const auto key = SshPublicKey::Parse(" " + Line() + "  bob@example with a comment\n");
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->Ssh(), Line());
}

TEST(SshPublicKey, ComesBackFromItsWireForm) {
  const auto key = SshPublicKey::Parse(Line());
  ASSERT_TRUE(SshPublicKey::FromWire(key->wire()));
  EXPECT_FALSE(SshPublicKey::FromWire(key->wire() + "x"));
  EXPECT_FALSE(SshPublicKey::FromWire(key->wire().substr(0, 40)));
  EXPECT_FALSE(SshPublicKey::FromWire(""));
}

struct BadKey {
  std::string text;
  SshKeyError error;
};

TEST(SshPublicKey, TellsBrokenKeysFromWhatIsNone) {
  const std::string wire = SshPublicKey::Parse(Line())->wire();
  std::string negative = wire;
  negative[4 + 7 + 4 + 3 + 4] = '\1';  // The modulus' leading zero byte: now another number, and too large by a byte.
  std::string padded = wire;
  padded.insert(4 + 7 + 4, 1, '\0');  // An exponent with a zero byte in front that it does not need.
  padded[4 + 7 + 3] = '\4';
  const std::vector<BadKey> cases = {
      {"", SshKeyError::kUnrecognized},
      {"not a key", SshKeyError::kUnrecognized},
      {"ssh-rsa", SshKeyError::kUnrecognized},
      {Pem("leaf.pem"), SshKeyError::kUnrecognized},
      {Pem("leaf.key"), SshKeyError::kUnrecognized},
      {Line() + "\n" + Line(), SshKeyError::kUnrecognized},
      {std::string(kSshPublicKeyBytesMax + 1, 'a'), SshKeyError::kUnrecognized},
      {"ssh-rsa !!!!", SshKeyError::kInvalid},
      {"ssh-rsa AAAA", SshKeyError::kInvalid},
      {"ssh-rsa " + Base64Encode(AsBytes(negative)) + "x", SshKeyError::kInvalid},
      {"ssh-rsa " + Base64Encode(AsBytes(padded)), SshKeyError::kInvalid},
      {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl", SshKeyError::kInvalid},
      {Pem("small.pub"), SshKeyError::kInvalid},
      {Pem("ec.pub"), SshKeyError::kInvalid},
      {"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", SshKeyError::kInvalid}};
  for (const BadKey& bad : cases) {
    const auto key = SshPublicKey::Parse(bad.text);
    ASSERT_FALSE(key.ok()) << bad.text;
    EXPECT_EQ(key.error(), bad.error) << bad.text;
  }
}

TEST(Fingerprint, IsThatOfTheStandards) {
  EXPECT_EQ(HexEncode(Sha1Of("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");  // FIPS 180
  EXPECT_EQ(HexEncode(Md5Of("abc")), "900150983cd24fb0d6963f7d28e17f72");           // RFC 1321
}

}  // namespace
}  // namespace claviger::crypto
