#include "session/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.h"

namespace claviger::session {
namespace {

constexpr TimePoint kNow{std::chrono::seconds(1769860800)};

class TokenTest : public testing::Test {
 protected:
  TokenTest() { keys.Add(1, crypto::Secret(std::string(32, 'k'))); }

  Session MakeSession() {
    return WithNewCredentials({.account = *AccountId::Parse("123456789012"),
                               .type = PrincipalType::kAssumedRole,
                               .principal_id = "AROAEXAMPLE",
                               .name = "dana",
                               .origin = {*AccountId::Parse("210987654321"), "AIDAEXAMPLE", "AKIAPARENT"},
                               .via = {"ASIAFIRST", "ASIASECOND"},
                               .issued = kNow + std::chrono::microseconds(7),
                               .expires = kNow + std::chrono::hours(1),
                               .mfa_authenticated = true,
                               .inline_policy = "{}",
                               .managed_policies = {"ANPAFIRST", "ANPASECOND"},
                               .tags = {{{.key = "Team", .value = "blue"}, true}, {{.key = "empty", .value = ""}}},
                               .source_identity = "Dana",
                               .federated_provider = "arn:aws:iam::123456789012:oidc-provider/issuer",
                               .identity_keys = {{"saml:sub", "dana"}, {"saml:sub_type", "persistent"}}},
                              random);
  }

  crypto::Keyring keys;
  SeededRandom random{7};
};

using MintToken = TokenTest;
using OpenToken = TokenTest;

TEST_F(MintToken, CarriesEverything) {
  const Session session = MakeSession();
  EXPECT_EQ(session.access_key_id.size(), 20U);
  EXPECT_EQ(session.secret.Reveal().size(), 40U);
  const auto opened = session::OpenToken(session::MintToken(session, keys, random), keys);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->access_key_id, session.access_key_id);
  EXPECT_EQ(opened->secret.Reveal(), session.secret.Reveal());
  EXPECT_EQ(opened->account, session.account);
  EXPECT_EQ(opened->type, PrincipalType::kAssumedRole);
  EXPECT_EQ(opened->principal_id, "AROAEXAMPLE");
  EXPECT_EQ(opened->name, "dana");
  EXPECT_EQ(opened->origin, session.origin);
  EXPECT_EQ(opened->via, session.via);
  EXPECT_EQ(opened->issued, session.issued);
  EXPECT_EQ(opened->expires, session.expires);
  EXPECT_TRUE(opened->mfa_authenticated);
  EXPECT_EQ(opened->inline_policy, session.inline_policy);
  EXPECT_EQ(opened->federated_provider, session.federated_provider);
  EXPECT_EQ(opened->identity_keys, session.identity_keys);
  EXPECT_EQ(opened->managed_policies, session.managed_policies);
  EXPECT_EQ(opened->tags, session.tags);
  EXPECT_EQ(opened->source_identity, "Dana");
}

TEST_F(MintToken, LeavesOutAnOriginThatIsTheSessionsOwn) {
  const AccountId account = *AccountId::Parse("123456789012");
  const Session user = WithNewCredentials({.account = account,
                                           .type = PrincipalType::kUser,
                                           .principal_id = "AIDAEXAMPLE",
                                           .origin = {account, "AIDAEXAMPLE", "AKIAPARENT"},
                                           .issued = kNow,
                                           .expires = kNow + std::chrono::hours(1)},
                                          random);
  const std::string token = session::MintToken(user, keys, random);
  const auto opened = session::OpenToken(token, keys);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->origin, user.origin);
  EXPECT_LT(token.size(), 256U);
}

TEST_F(MintToken, TellsARootUserThatWasAssumed) {
  Session root = MakeSession();
  root.type = PrincipalType::kRoot;
  root.name.clear();
  root.managed_policies = {"ANPATASK"};
  EXPECT_FALSE(session::OpenToken(session::MintToken(root, keys, random), keys)->assumed_root);
  root.assumed_root = true;
  const auto opened = session::OpenToken(session::MintToken(root, keys, random), keys);
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(opened->assumed_root);
  // Without exactly one task it is none.
  root.managed_policies.clear();
  EXPECT_FALSE(session::OpenToken(session::MintToken(root, keys, random), keys).ok());
  root.managed_policies = {"ANPATASK", "ANPAOTHER"};
  EXPECT_FALSE(session::OpenToken(session::MintToken(root, keys, random), keys).ok());
  Session role = MakeSession();
  role.managed_policies = {"ANPATASK"};
  role.assumed_root = true;
  EXPECT_FALSE(session::OpenToken(session::MintToken(role, keys, random), keys).ok());
}

TEST_F(MintToken, NeverRepeatsItself) {
  const Session session = MakeSession();
  EXPECT_NE(session::MintToken(session, keys, random), session::MintToken(session, keys, random));
}

TEST_F(OpenToken, RefusesWhatWasAltered) {
  const std::string token = session::MintToken(MakeSession(), keys, random);
  const std::string bytes = *Base64Decode(token);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string altered = bytes;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(session::OpenToken(Base64Encode(AsBytes(altered)), keys).ok()) << "byte " << i;
  }
  EXPECT_FALSE(session::OpenToken(token.substr(0, token.size() - 4), keys).ok());
  EXPECT_FALSE(session::OpenToken("", keys).ok());
  EXPECT_FALSE(session::OpenToken("no base64!", keys).ok());
  const auto too_long = session::OpenToken(std::string(kTokenCharactersMax + 4, 'A'), keys);
  ASSERT_FALSE(too_long.ok());
  EXPECT_EQ(too_long.error(),
            (Error{ErrorCode::kInvalidClientTokenId, "The security token included in the request is invalid."}));
}

TEST_F(OpenToken, OutlivesTheRotationOfKeysButNotTheirRemoval) {
  const std::string token = session::MintToken(MakeSession(), keys, random);
  keys.Add(2, crypto::Secret(std::string(32, 'n')));
  EXPECT_TRUE(session::OpenToken(token, keys).ok());
  crypto::Keyring others;
  others.Add(1, crypto::Secret(std::string(32, 'x')));
  EXPECT_FALSE(session::OpenToken(token, others).ok());
}

TEST_F(OpenToken, OfADelegateNeedsAPolicy) {
  Session session = MakeSession();
  session.delegate = *AccountId::Parse("444455556666");
  const auto opened = session::OpenToken(session::MintToken(session, keys, random), keys);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->delegate, session.delegate);
  session.inline_policy.clear();
  EXPECT_FALSE(session::OpenToken(session::MintToken(session, keys, random), keys).ok());
}

TEST(DecodeSession, ReadsWhatIsKeptUntilItBegins) {
  const Session session{.account = *AccountId::Parse("123456789012"),
                        .type = PrincipalType::kUser,
                        .principal_id = "AIDAEXAMPLE",
                        .origin = {*AccountId::Parse("123456789012"), "AIDAEXAMPLE", "AKIAPARENT"},
                        .issued = kNow,
                        .expires = kNow};
  const auto decoded = session::DecodeSession(session::EncodeSession(session));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->principal_id, "AIDAEXAMPLE");
  EXPECT_EQ(decoded->origin, session.origin);
  EXPECT_EQ(decoded->issued, kNow);
  EXPECT_FALSE(session::DecodeSession(""));
}

}  // namespace
}  // namespace claviger::session
