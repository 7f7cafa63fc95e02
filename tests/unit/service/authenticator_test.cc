#include "service/authenticator.h"

#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using gen::sts::api::GetCallerIdentity;

class AuthenticatorTest : public ::testing::Test {
 protected:
  void SetStatus(const Credentials& credentials, directory::AccessKeyStatus status) {
    service.Change([&](directory::Directory& directory) -> Result<> {
      const auto key = TRY(directory.access_keys.Find(credentials.access_key_id));
      return directory.access_keys.SetStatus(*key, status, service.clock.now);
    });
  }
  Answer WhoAmI(const Credentials& credentials) { return service.As(credentials).Call<GetCallerIdentity>({}); }

  Service service;
  Credentials bob = service.AddUser("bob");
};

TEST_F(AuthenticatorTest, KnowsAUserByItsKey) {
  const Answer answer = WhoAmI(bob);
  EXPECT_EQ(answer.Text("Arn"), "arn:aws:iam::111122223333:user/bob");
  EXPECT_EQ(answer.Text("UserId"), service.IdOf("bob"));
}

TEST_F(AuthenticatorTest, RefusesAnUnknownKey) {
  Credentials unknown = bob;
  unknown.access_key_id = "AKIAAAAAAAAAAAAAAAAA";
  EXPECT_THAT(WhoAmI(unknown),
              FailsSaying(ErrorCode::kInvalidClientTokenId, "The security token included in the request is invalid."));
}

TEST_F(AuthenticatorTest, RefusesAKeyLongerThanAny) {
  Credentials unknown = bob;
  unknown.access_key_id = std::string(129, 'A');
  EXPECT_THAT(WhoAmI(unknown), Fails(ErrorCode::kInvalidClientTokenId));
}

TEST_F(AuthenticatorTest, ASwitchedOffKeyIsRefusedFromTheVeryNextRequest) {
  ASSERT_THAT(WhoAmI(bob), Succeeds());
  SetStatus(bob, directory::AccessKeyStatus::kInactive);
  EXPECT_THAT(WhoAmI(bob), Fails(ErrorCode::kInvalidClientTokenId));
  SetStatus(bob, directory::AccessKeyStatus::kActive);
  EXPECT_THAT(WhoAmI(bob), Succeeds());
}

TEST_F(AuthenticatorTest, ADeletedKeyIsRefusedFromTheVeryNextRequest) {
  ASSERT_THAT(WhoAmI(bob), Succeeds());
  service.Change([&](directory::Directory& directory) -> Result<> {
    const auto key = TRY(directory.access_keys.Find(bob.access_key_id));
    return directory.access_keys.Remove(*key);
  });
  EXPECT_THAT(WhoAmI(bob), Fails(ErrorCode::kInvalidClientTokenId));
}

TEST_F(AuthenticatorTest, SeesARenamedUserFromTheVeryNextRequest) {
  ASSERT_THAT(WhoAmI(bob), Succeeds());
  ASSERT_THAT(
      service.As(service.root).Call<UpdateUser>({.user_name = "bob", .new_path = "/ops/", .new_user_name = "rob"}),
      Succeeds());
  EXPECT_EQ(WhoAmI(bob).Text("Arn"), "arn:aws:iam::111122223333:user/ops/rob");
}

TEST_F(AuthenticatorTest, AnOtherChangeLeavesAnIdentityAsItIs) {
  ASSERT_THAT(WhoAmI(bob), Succeeds());
  service.AddUser("eve");
  EXPECT_THAT(WhoAmI(bob), Succeeds());
}

// ---- Temporary credentials

TEST_F(AuthenticatorTest, ASessionOfAUserIsTheUser) {
  EXPECT_EQ(WhoAmI(service.SessionOf("bob", false)).Text("Arn"), "arn:aws:iam::111122223333:user/bob");
}

TEST_F(AuthenticatorTest, ASessionOutlivesTheKeyThatAskedForIt) {
  const Credentials session = service.SessionOf("bob", false);
  SetStatus(bob, directory::AccessKeyStatus::kInactive);
  EXPECT_THAT(WhoAmI(session), Succeeds());
}

TEST_F(AuthenticatorTest, ASessionEndsWhenItExpires) {
  const Credentials session = service.SessionOf("bob", false);
  service.clock.now += std::chrono::hours(1) - std::chrono::seconds(1);
  EXPECT_THAT(WhoAmI(session), Succeeds());
  service.clock.now += std::chrono::seconds(1);
  EXPECT_THAT(WhoAmI(session),
              FailsSaying(ErrorCode::kExpiredToken, "The security token included in the request is expired"));
}

TEST_F(AuthenticatorTest, ASessionDiesWithItsUser) {
  const Credentials session = service.SessionOf("bob", false);
  ASSERT_THAT(WhoAmI(session), Succeeds());
  const auto root = service.As(service.root);
  ASSERT_THAT(root.Call<DeleteAccessKey>({.user_name = "bob", .access_key_id = bob.access_key_id}), Succeeds());
  ASSERT_THAT(root.Call<DeleteUser>({.user_name = "bob"}), Succeeds());
  EXPECT_THAT(WhoAmI(session), Fails(ErrorCode::kInvalidClientTokenId));
}

TEST_F(AuthenticatorTest, RefusesASessionsKeyWithoutItsToken) {
  Credentials session = service.SessionOf("bob", false);
  ASSERT_THAT(WhoAmI(session), Succeeds());
  session.session_token.reset();
  EXPECT_THAT(WhoAmI(session), Fails(ErrorCode::kInvalidClientTokenId));
}

TEST_F(AuthenticatorTest, RefusesTheTokenOfAnotherSession) {
  Credentials session = service.SessionOf("bob", false);
  ASSERT_THAT(WhoAmI(session), Succeeds());
  session.session_token = service.SessionOf("bob", true).session_token;
  EXPECT_THAT(WhoAmI(session), Fails(ErrorCode::kInvalidClientTokenId));
}

TEST_F(AuthenticatorTest, RefusesALongTermKeyWithAToken) {
  Credentials mixed = bob;
  mixed.session_token = service.SessionOf("bob", true).session_token;
  EXPECT_THAT(WhoAmI(mixed), Fails(ErrorCode::kInvalidClientTokenId));
}

}  // namespace
}  // namespace claviger::service
