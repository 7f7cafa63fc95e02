// What somebody may try with temporary credentials that are not theirs, or no longer good. Each case is a line.
#include <functional>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/text.h"
#include "codec/record.h"
#include "service_fixture.h"
#include "session/authorization_message.h"

namespace claviger::service {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using gen::sts::api::GetCallerIdentity;

// Somebody with good credentials of their own, and those of others at hand.
struct Stage {
  Stage() {
    service.Allow("bob", "sts:AssumeRole");
    mine = Assume("mine");
    other = Assume("other");
  }
  Credentials Assume(const std::string& name) {
    return Service::In(service.As(bob).Call<gen::sts::api::AssumeRole>(
        {.role_arn = Service::ArnOf(reader), .role_session_name = name}));
  }
  // A token that this installation's key sealed over these bytes, in this context.
  std::string Sealed(std::string_view record, std::string_view context = "session-token") {
    return Base64Encode(AsBytes(std::string(1, '\1') + service.keys.sessions.Seal(context, record, random)));
  }
  session::Session Of(PrincipalType type, std::string principal_id, std::string name = "dana",
                      AccountId account = kAccount) {
    return {.account = account,
            .type = type,
            .principal_id = std::move(principal_id),
            .name = std::move(name),
            .issued = service.clock.now,
            .expires = service.clock.now + std::chrono::hours(1)};
  }
  // A record with all that is needed, to which fields may be added.
  codec::RecordWriter Record(std::uint8_t version = 1) const {
    codec::RecordWriter writer(version);
    writer.Bytes(1, mine.access_key_id)
        .Bytes(2, mine.secret_access_key.Reveal())
        .Number(3, kAccount.number())
        .Number(4, 2)
        .Bytes(5, reader.id)
        .Time(6, service.clock.now)
        .Time(7, service.clock.now + std::chrono::hours(1))
        .Bytes(10, "dana");
    return writer;
  }
  std::string& token() { return *mine.session_token; }
  void DeleteRole() {
    service.Change([&](directory::Directory& directory) { return directory.roles.Remove(reader); });
  }

  Service service;
  SeededRandom random{9};
  Credentials bob = service.AddUser("bob");
  directory::Role reader = service.AddRole("Reader", "{'AWS':'111122223333'}");
  Credentials mine;
  Credentials other;
};

struct Attack {
  const char* name;
  std::function<void(Stage&)> prepare;  // Leaves in `mine` what is tried.
  ErrorCode code = ErrorCode::kInvalidClientTokenId;
};

std::string Flipped(std::string base64, std::size_t at) {
  std::string bytes = *Base64Decode(base64);
  bytes[at] = static_cast<char>(bytes[at] ^ 0x20);
  return Base64Encode(AsBytes(bytes));
}

const std::vector<Attack>& Attacks() {
  static const std::vector<Attack> attacks = {
      // Tokens that were altered.
      {"FormatByte", [](Stage& s) { s.token() = Flipped(s.token(), 0); }},
      {"SealingKeyId", [](Stage& s) { s.token() = Flipped(s.token(), 4); }},
      {"Nonce", [](Stage& s) { s.token() = Flipped(s.token(), 9); }},
      {"FirstByteOfTheBox", [](Stage& s) { s.token() = Flipped(s.token(), 17); }},
      {"MiddleOfTheBox", [](Stage& s) { s.token() = Flipped(s.token(), 100); }},
      {"Tag", [](Stage& s) { s.token() = Flipped(s.token(), Base64Decode(s.token())->size() - 1); }},
      {"CutByFour", [](Stage& s) { s.token().resize(s.token().size() - 4); }},
      {"CutInTheMiddle", [](Stage& s) { s.token().resize(s.token().size() / 8 * 4); }},
      {"FormatAlone", [](Stage& s) { s.token() = "AQ=="; }},
      {"Longer", [](Stage& s) { s.token() = s.token() + "AAAA"; }},
      {"Twice", [](Stage& s) { s.token() = s.token() + s.token(); }},
      {"NoBase64", [](Stage& s) { s.token()[10] = '!'; }},
      {"Spaces", [](Stage& s) { s.token().insert(10, "    "); }},
      {"LongerThanAny", [](Stage& s) { s.token() = std::string(session::kTokenCharactersMax + 4, 'A'); }},
      {"Empty", [](Stage& s) { s.token() = ""; }},
      // Parts that do not belong together.
      {"NoToken", [](Stage& s) { s.mine.session_token.reset(); }},
      {"TokenOfAnotherSession", [](Stage& s) { s.token() = *s.other.session_token; }},
      {"KeyIdOfAnotherSession", [](Stage& s) { s.mine.access_key_id = s.other.access_key_id; }},
      {"KeyIdInLowerCase", [](Stage& s) { s.mine.access_key_id = AsciiLower(s.mine.access_key_id); }},
      {"LongTermKeyWithAToken",
       [](Stage& s) {
         s.bob.session_token = s.token();
         s.mine = s.bob;
       }},
      {"LongTermKeyIdInFront", [](Stage& s) { s.mine.access_key_id = s.bob.access_key_id; }},
      {"SecretOfAnotherSession", [](Stage& s) { s.mine.secret_access_key = s.other.secret_access_key; },
       ErrorCode::kSignatureDoesNotMatch},
      {"SecretOfTheUser", [](Stage& s) { s.mine.secret_access_key = s.bob.secret_access_key; },
       ErrorCode::kSignatureDoesNotMatch},
      // Seals of another place or purpose.
      {"OtherInstallation",
       [](Stage& s) {
         crypto::Keyring theirs;
         theirs.Add(1, crypto::Secret(std::string(32, 'z')));
         const auto session = session::WithNewCredentials(s.Of(PrincipalType::kAssumedRole, s.reader.id), s.random);
         s.mine = {session.access_key_id, session.secret, session::MintToken(session, theirs, s.random)};
       }},
      {"OtherPurpose", [](Stage& s) { s.token() = s.Sealed(s.Record().Take(), "authorization-message/111122223333"); }},
      {"KeyOfMarkers",
       [](Stage& s) {
         s.token() = Base64Encode(
             AsBytes(std::string(1, '\1') + s.service.keys.markers.Seal("session-token", s.Record().Take(), s.random)));
       }},
      {"AuthorizationMessage",
       [](Stage& s) {
         s.token() = session::EncodeAuthorizationMessage("text", kAccount, s.service.keys.markers, s.random);
       }},
      // Records that this version does not understand: even sealed by ourselves.
      {"UnknownField", [](Stage& s) { s.token() = s.Sealed(s.Record().Number(63, 1).Take()); }},
      {"UnknownFieldOfATag",
       [](Stage& s) {
         s.token() = s.Sealed(s.Record().Bytes(16, codec::RecordWriter(1).Bytes(1, "k").Number(9, 1).Take()).Take());
       }},
      {"LaterVersion", [](Stage& s) { s.token() = s.Sealed(s.Record(2).Take()); }},
      {"NoPrincipal", [](Stage& s) { s.token() = s.Sealed(codec::RecordWriter(1).Bytes(1, "ASIA").Take()); }},
      {"UnknownType", [](Stage& s) { s.token() = s.Sealed(s.Record().Number(4, 9).Take()); }},
      {"AccountTooLarge", [](Stage& s) { s.token() = s.Sealed(s.Record().Number(3, 1'000'000'000'000).Take()); }},
      {"EmptyRecord", [](Stage& s) { s.token() = s.Sealed(""); }},
      // Principals that are not, or no longer, what the token says.
      {"RoleWithoutSessionName",
       [](Stage& s) { s.mine = s.service.Session(s.Of(PrincipalType::kAssumedRole, s.reader.id, "")); }},
      {"RoleOfAnotherAccount",
       [](Stage& s) {
         s.mine = s.service.Session(s.Of(PrincipalType::kAssumedRole, s.reader.id, "dana", kOtherAccount));
       }},
      {"RoleAsUser", [](Stage& s) { s.mine = s.service.Session(s.Of(PrincipalType::kUser, s.reader.id, "")); }},
      {"UserAsRole",
       [](Stage& s) { s.mine = s.service.Session(s.Of(PrincipalType::kAssumedRole, s.service.IdOf("bob"))); }},
      {"RootOfNoAccount",
       [](Stage& s) { s.mine = s.service.Session(s.Of(PrincipalType::kRoot, "444455556666", "", kOtherAccount)); }},
      {"FederatedByNobody",
       [](Stage& s) { s.mine = s.service.Session(s.Of(PrincipalType::kFederatedUser, "AIDANOBODY")); }},
      {"DeletedRole", [](Stage& s) { s.DeleteRole(); }},
      {"RecreatedRole",
       [](Stage& s) {
         s.DeleteRole();
         s.service.AddRole("Reader", "{'AWS':'111122223333'}");
       }},
      {"DeletedUser",
       [](Stage& s) {
         s.mine = s.service.SessionOf("bob", true);
         s.service.Change([&](directory::Directory& directory) -> Result<> {
           return directory.users.Remove(TRY(directory.users.Get("bob")));
         });
       }},
      // Sessions that have ended.
      {"Expired", [](Stage& s) { s.service.clock.now += std::chrono::hours(1); }, ErrorCode::kExpiredToken},
      {"Revoked",
       [](Stage& s) {
         s.service.Change([&](directory::Directory& directory) {
           return directory.revocations.Revoke(directory::RevocationKind::kRole, s.reader.id, s.service.clock.now);
         });
       }},
  };
  return attacks;
}

class SessionAttack : public ::testing::TestWithParam<Attack> {};

TEST_P(SessionAttack, IsRefused) {
  for (const bool known : {false, true}) {  // Whether the server has seen the good credentials before.
    Stage stage;
    if (known) {
      for (const Credentials& good : {stage.mine, stage.other, stage.bob}) {
        ASSERT_THAT(stage.service.As(good).Call<GetCallerIdentity>({}), Succeeds());
      }
    }
    GetParam().prepare(stage);
    EXPECT_THAT(stage.service.As(stage.mine).Call<GetCallerIdentity>({}), Fails(GetParam().code))
        << (known ? "known" : "unknown");
  }
}

INSTANTIATE_TEST_SUITE_P(All, SessionAttack, ::testing::ValuesIn(Attacks()),
                         [](const auto& attack) { return std::string(attack.param.name); });

}  // namespace
}  // namespace claviger::service
