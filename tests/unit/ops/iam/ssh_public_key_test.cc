#include "ops/iam/ssh_public_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "ops/iam/user.h"
#include "suites/certificates.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using testing::SizeIs;

class SshPublicKeyTest : public testing::Test {
 protected:
  SshPublicKeyTest() {
    for (const char* name : {"bob", "eve"}) {
      EXPECT_THAT(service.Call<api::CreateUser>({.user_name = name}), Succeeds());
    }
  }
  auto Upload(const std::string& body, const std::string& user = "bob") {
    return service.Call<api::UploadSSHPublicKey>({.user_name = user, .ssh_public_key_body = body});
  }
  auto Get(const std::string& id, const std::string& encoding, const std::string& user = "bob") {
    return service.Call<api::GetSSHPublicKey>({.user_name = user, .ssh_public_key_id = id, .encoding = encoding});
  }
  auto Update(const std::string& id, const std::string& status, const std::string& user = "bob") {
    return service.Call<api::UpdateSSHPublicKey>({.user_name = user, .ssh_public_key_id = id, .status = status});
  }
  // RSA keys that differ, in PEM.
  static std::string Another(int index) {
    const std::string wire = crypto_wire;
    std::string key = wire;
    key[key.size() - 2] = static_cast<char>(index);
    return "ssh-rsa " + Base64Encode(AsBytes(key));
  }
  inline static const std::string line{TrimSpace(Pem("leaf.ssh"))};
  inline static const std::string crypto_wire = *Base64Decode(line.substr(line.find(' ') + 1));

  Service service{RegisterSshPublicKeyOperations, RegisterUserOperations};
};

using UploadSSHPublicKey = SshPublicKeyTest;
using GetSSHPublicKey = SshPublicKeyTest;
using ListSSHPublicKeys = SshPublicKeyTest;
using UpdateSSHPublicKey = SshPublicKeyTest;
using DeleteSSHPublicKey = SshPublicKeyTest;

TEST_F(UploadSSHPublicKey, ShowsWhatWasUploaded) {
  const auto made = Upload(line + " bob@example");
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made->ssh_public_key->ssh_public_key_body, line + " bob@example");
  EXPECT_TRUE(made->ssh_public_key->ssh_public_key_id.starts_with("APKA"));
  EXPECT_EQ(made->ssh_public_key->ssh_public_key_id.size(), 20U);
  EXPECT_EQ(made->ssh_public_key->fingerprint, "07:48:2b:f7:aa:ee:f7:96:d8:63:9c:d0:1b:8e:66:16");
  EXPECT_EQ(made->ssh_public_key->status, "Active");
  EXPECT_EQ(made->ssh_public_key->user_name, "bob");
}

TEST_F(UploadSSHPublicKey, RefusesWhatIsNoRsaKeyOfEnoughBits) {
  const auto unrecognized = FailsWith(ErrorCode::kUnrecognizedPublicKeyEncoding, "Invalid public key uploaded.");
  const auto invalid = FailsWith(ErrorCode::kInvalidPublicKey, "Invalid body for public key");
  EXPECT_THAT(Upload("not a key"), unrecognized);
  EXPECT_THAT(Upload(Pem("leaf.pem")), unrecognized);
  EXPECT_THAT(Upload(Pem("small.pub")), invalid);
  EXPECT_THAT(Upload(Pem("ec.pub")), invalid);
  EXPECT_THAT(Upload(line, "none"), FailsWith(ErrorCode::kNoSuchEntity, "The user with name none cannot be found."));
}

TEST_F(UploadSSHPublicKey, KnowsTheSameKeyInAnotherForm) {
  ASSERT_THAT(Upload(line), Succeeds());
  EXPECT_THAT(Upload(Pem("leaf.pub")),
              FailsWith(ErrorCode::kDuplicateSSHPublicKey, "Duplicate SSH public key uploaded."));
  EXPECT_THAT(Upload(line, "eve"), Succeeds());
}

TEST_F(UploadSSHPublicKey, StopsAtFive) {
  for (int i = 0; i < 5; ++i) ASSERT_THAT(Upload(Another(i)), Succeeds());
  EXPECT_THAT(Upload(Another(5)), FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for PublicKeysPerUser: 5"));
}

TEST_F(GetSSHPublicKey, ShowsBothEncodings) {
  for (const std::string& body : {line + " comment", Pem("leaf.pub"), Pem("leaf-pkcs1.pub")}) {
    const auto made = Upload(body);
    ASSERT_THAT(made, Succeeds());
    const std::string id = made->ssh_public_key->ssh_public_key_id;
    EXPECT_EQ(Get(id, "SSH")->ssh_public_key->ssh_public_key_body, line);
    EXPECT_EQ(Get(id, "PEM")->ssh_public_key->ssh_public_key_body, Pem("leaf.pub"));
    EXPECT_EQ(Get(id, "PEM")->ssh_public_key->fingerprint, made->ssh_public_key->fingerprint);
    ASSERT_THAT(service.Call<api::DeleteSSHPublicKey>({.user_name = "bob", .ssh_public_key_id = id}), Succeeds());
  }
}

TEST_F(GetSSHPublicKey, IsOfOneUser) {
  const std::string id = Upload(line)->ssh_public_key->ssh_public_key_id;
  EXPECT_THAT(Get(id, "SSH", "eve"), FailsWith(ErrorCode::kNoSuchEntity, "User has no Public Key with id " + id + "."));
  EXPECT_THAT(Get("APKAUNKNOWNUNKNOWN12", "SSH"),
              FailsWith(ErrorCode::kNoSuchEntity, "The Public Key with id APKAUNKNOWNUNKNOWN12 cannot be found."));
}

TEST_F(ListSSHPublicKeys, PagesWithoutBodies) {
  for (int i = 0; i < 3; ++i) ASSERT_THAT(Upload(Another(i)), Succeeds());
  std::vector<std::string> ids;
  ListSSHPublicKeysResponse page{.is_truncated = true};
  while (page.is_truncated == true) {
    page = *service.Call<api::ListSSHPublicKeys>({.user_name = "bob", .marker = page.marker, .max_items = 2});
    for (const auto& key : *page.ssh_public_keys) ids.push_back(key.ssh_public_key_id);
  }
  EXPECT_THAT(ids, SizeIs(3));
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  EXPECT_THAT(*service.Call<api::ListSSHPublicKeys>({.user_name = "eve"})->ssh_public_keys, SizeIs(0));
}

TEST_F(UpdateSSHPublicKey, SetsTheStatus) {
  const std::string id = Upload(line)->ssh_public_key->ssh_public_key_id;
  ASSERT_THAT(Update(id, "Inactive"), Succeeds());
  EXPECT_EQ(Get(id, "SSH")->ssh_public_key->status, "Inactive");
  EXPECT_THAT(Update(id, "Expired"), FailsWith(ErrorCode::kInvalidInput, "Operation does not support status Expired"));
  EXPECT_THAT(Update(id, "Active", "eve"),
              FailsWith(ErrorCode::kNoSuchEntity, "User has no Public Key with id " + id + "."));
}

TEST_F(DeleteSSHPublicKey, MakesRoomForItsUserToGo) {
  const std::string id = Upload(line)->ssh_public_key->ssh_public_key_id;
  EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "bob"}),
              FailsWith(ErrorCode::kDeleteConflict, "Cannot delete entity, must remove referenced objects first."));
  EXPECT_THAT(service.Call<api::DeleteSSHPublicKey>({.user_name = "eve", .ssh_public_key_id = id}),
              FailsWith(ErrorCode::kNoSuchEntity, "User has no Public Key with id " + id + "."));
  ASSERT_THAT(service.Call<api::DeleteSSHPublicKey>({.user_name = "bob", .ssh_public_key_id = id}), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteSSHPublicKey>({.user_name = "bob", .ssh_public_key_id = id}),
              FailsWith(ErrorCode::kNoSuchEntity, "The Public Key with id " + id + " cannot be found."));
  EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "bob"}), Succeeds());
}

}  // namespace
}  // namespace claviger::ops::iam
