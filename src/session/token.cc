#include "session/token.h"

#include <array>
#include <utility>

#include "aws/unique_id.h"
#include "base/encoding.h"
#include "codec/record.h"

namespace claviger::session {
namespace {

// Sealed in tokens that live for hours, never renumber: docs/internals/session.md.
constexpr char kTokenFormat = 1;
constexpr std::uint8_t kVersion = 1;
enum SessionField : unsigned {
  kAccessKeyId = 1,
  kSecret = 2,
  kAccount = 3,
  kType = 4,
  kPrincipalId = 5,
  kIssued = 6,
  kExpires = 7,
  kMfaAuthenticated = 8,
  kParentAccessKeyId = 9,
};
constexpr std::array<PrincipalType, 4> kTypes = {PrincipalType::kRoot, PrincipalType::kUser,
                                                 PrincipalType::kAssumedRole, PrincipalType::kFederatedUser};

constexpr std::string_view kSealContext = "session-token";

std::uint64_t TypeNumber(PrincipalType type) {
  std::uint64_t number = 0;
  while (kTypes[number] != type) ++number;
  return number;
}

std::string Encode(const Session& session) {
  codec::RecordWriter writer(kVersion);
  writer.Bytes(kAccessKeyId, session.access_key_id)
      .Bytes(kSecret, session.secret.Reveal())
      .Number(kAccount, session.account.number())
      .Number(kType, TypeNumber(session.type))
      .Bytes(kPrincipalId, session.principal_id)
      .Time(kIssued, session.issued)
      .Time(kExpires, session.expires)
      .BytesUnlessEmpty(kParentAccessKeyId, session.parent_access_key_id);
  if (session.mfa_authenticated) writer.Number(kMfaAuthenticated, 1);
  return writer.Take();
}

std::optional<Session> Decode(std::string_view record) {
  Session session;
  std::optional<AccountId> account;
  std::optional<PrincipalType> type;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    switch (field->number) {
      case kAccessKeyId:
        session.access_key_id = field->Text();
        break;
      case kSecret:
        session.secret = crypto::Secret(field->Text());
        break;
      case kAccount:
        account = AccountId::FromNumber(field->value);
        break;
      case kType:
        if (field->value < kTypes.size()) type = kTypes[field->value];
        break;
      case kPrincipalId:
        session.principal_id = field->Text();
        break;
      case kIssued:
        session.issued = field->Time();
        break;
      case kExpires:
        session.expires = field->Time();
        break;
      case kMfaAuthenticated:
        session.mfa_authenticated = field->value == 1;
        break;
      case kParentAccessKeyId:
        session.parent_access_key_id = field->Text();
        break;
      default:
        return std::nullopt;  // A restriction that this version does not know must not be ignored.
    }
  }
  if (!reader.ok() || !account || !type || session.access_key_id.empty() || session.secret.empty()) return std::nullopt;
  session.account = *account;
  session.type = *type;
  return session;
}

}  // namespace

crypto::Secret NewSecretAccessKey(Random& random) {
  std::array<std::uint8_t, 30> bytes;
  random.Fill(bytes);
  crypto::Secret secret(Base64Encode(bytes));
  crypto::Wipe(bytes.data(), bytes.size());
  return secret;
}

Session WithNewCredentials(Session session, Random& random) {
  session.access_key_id = MintId(IdKind::kTemporaryAccessKey, session.account, random);
  session.secret = NewSecretAccessKey(random);
  return session;
}

std::string MintToken(const Session& session, const crypto::Keyring& keys, Random& random) {
  std::string record = Encode(session);
  std::string token(1, kTokenFormat);
  token += keys.Seal(kSealContext, record, random);
  crypto::Wipe(record.data(), record.size());
  return Base64Encode(AsBytes(token));
}

Result<Session> OpenToken(std::string_view token, const crypto::Keyring& keys) {
  const auto invalid = [] {
    return Fail(ErrorCode::kInvalidClientTokenId, "The security token included in the request is invalid.");
  };
  if (token.size() > kTokenCharactersMax) return invalid();
  const auto bytes = Base64Decode(token);
  if (!bytes || bytes->empty() || bytes->front() != kTokenFormat) return invalid();
  const auto record = keys.Open(kSealContext, std::string_view(*bytes).substr(1));
  if (!record) return invalid();
  auto session = Decode(record->Reveal());
  if (!session) return invalid();
  return std::move(*session);
}

}  // namespace claviger::session
