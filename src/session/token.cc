#include "session/token.h"

#include <array>
#include <cstdint>
#include <optional>
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
  kOriginAccessKeyId = 9,
  kName = 10,
  kOriginAccount = 11,
  kOriginPrincipalId = 12,
  kVia = 13,
  kInlinePolicy = 14,
  kManagedPolicy = 15,
  kTag = 16,
  kSourceIdentity = 17,
  kFederatedProvider = 18,
  kIdentityKey = 19,
  kAssumedRoot = 20,
  kDelegate = 21,
};
enum TagField : unsigned { kTagKey = 1, kTagValue = 2, kTagTransitive = 3 };
enum IdentityKeyField : unsigned { kKeyName = 1, kKeyValue = 2 };
constexpr std::array<PrincipalType, 4> kTypes = {PrincipalType::kRoot, PrincipalType::kUser,
                                                 PrincipalType::kAssumedRole, PrincipalType::kFederatedUser};

constexpr std::string_view kSealContext = "session-token";

std::uint64_t TypeNumber(PrincipalType type) {
  std::uint64_t number = 0;
  while (kTypes[number] != type) ++number;
  return number;
}

std::string EncodeTag(const SessionTag& session_tag) {
  codec::RecordWriter writer(kVersion);
  writer.Bytes(kTagKey, session_tag.tag.key).BytesUnlessEmpty(kTagValue, session_tag.tag.value);
  if (session_tag.transitive) writer.Number(kTagTransitive, 1);
  return writer.Take();
}

std::optional<SessionTag> DecodeTag(std::string_view record) {
  SessionTag session_tag;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    switch (field->number) {
      case kTagKey:
        session_tag.tag.key = field->Text();
        break;
      case kTagValue:
        session_tag.tag.value = field->Text();
        break;
      case kTagTransitive:
        session_tag.transitive = field->value == 1;
        break;
      default:
        return std::nullopt;
    }
  }
  if (!reader.ok() || session_tag.tag.key.empty()) return std::nullopt;
  return session_tag;
}

std::string EncodeIdentityKey(const std::pair<std::string, std::string>& key) {
  return codec::RecordWriter(kVersion).Bytes(kKeyName, key.first).Bytes(kKeyValue, key.second).Take();
}

std::optional<std::pair<std::string, std::string>> DecodeIdentityKey(std::string_view record) {
  std::pair<std::string, std::string> key;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number != kKeyName && field->number != kKeyValue) return std::nullopt;
    (field->number == kKeyName ? key.first : key.second) = field->Text();
  }
  if (!reader.ok() || key.first.empty()) return std::nullopt;
  return key;
}

// What the origin shares with the session itself is left out.
void EncodeOrigin(const Session& session, codec::RecordWriter& writer) {
  const SessionOrigin& origin = session.origin;
  if (origin.access_key_id.empty()) return;
  writer.Bytes(kOriginAccessKeyId, origin.access_key_id);
  if (origin.account != session.account) writer.Number(kOriginAccount, origin.account.number());
  if (origin.principal_id != session.principal_id) writer.Bytes(kOriginPrincipalId, origin.principal_id);
}

}  // namespace

std::string EncodeSession(const Session& session) {
  codec::RecordWriter writer(kVersion);
  writer.Bytes(kAccessKeyId, session.access_key_id)
      .Bytes(kSecret, session.secret.Reveal())
      .Number(kAccount, session.account.number())
      .Number(kType, TypeNumber(session.type))
      .Bytes(kPrincipalId, session.principal_id)
      .BytesUnlessEmpty(kName, session.name)
      .Time(kIssued, session.issued)
      .Time(kExpires, session.expires)
      .BytesUnlessEmpty(kInlinePolicy, session.inline_policy)
      .BytesUnlessEmpty(kSourceIdentity, session.source_identity)
      .BytesUnlessEmpty(kFederatedProvider, session.federated_provider);
  if (session.mfa_authenticated) writer.Number(kMfaAuthenticated, 1);
  if (session.assumed_root) writer.Number(kAssumedRoot, 1);
  EncodeOrigin(session, writer);
  for (const std::string& access_key_id : session.via) writer.Bytes(kVia, access_key_id);
  for (const std::string& policy_id : session.managed_policies) writer.Bytes(kManagedPolicy, policy_id);
  for (const SessionTag& tag : session.tags) writer.Bytes(kTag, EncodeTag(tag));
  for (const auto& key : session.identity_keys) writer.Bytes(kIdentityKey, EncodeIdentityKey(key));
  if (session.delegate) writer.Number(kDelegate, session.delegate->number());
  return writer.Take();
}

namespace {

// Reads one field into `session`; whether it could be understood. What this version does not know may be a restriction,
// so it must not be ignored.
bool DecodeField(const codec::RecordField& field, Session& session) {
  switch (field.number) {
    case kAccessKeyId:
      session.access_key_id = field.Text();
      return true;
    case kSecret:
      session.secret = crypto::Secret(field.Text());
      return true;
    case kAccount: {
      const auto account = AccountId::FromNumber(field.value);
      session.account = account.value_or(AccountId());
      return account.has_value();
    }
    case kType:
      if (field.value >= kTypes.size()) return false;
      session.type = kTypes[field.value];
      return true;
    case kPrincipalId:
      session.principal_id = field.Text();
      return true;
    case kIssued:
      session.issued = field.Time();
      return true;
    case kExpires:
      session.expires = field.Time();
      return true;
    case kMfaAuthenticated:
      session.mfa_authenticated = field.value == 1;
      return true;
    case kOriginAccessKeyId:
      session.origin.access_key_id = field.Text();
      return true;
    case kName:
      session.name = field.Text();
      return true;
    case kOriginAccount: {
      const auto account = AccountId::FromNumber(field.value);
      session.origin.account = account.value_or(AccountId());
      return account.has_value();
    }
    case kOriginPrincipalId:
      session.origin.principal_id = field.Text();
      return true;
    case kVia:
      session.via.push_back(field.Text());
      return session.via.size() <= kViaMax;
    case kInlinePolicy:
      session.inline_policy = field.Text();
      return true;
    case kManagedPolicy:
      session.managed_policies.push_back(field.Text());
      return true;
    case kTag: {
      auto tag = DecodeTag(field.bytes);
      if (!tag) return false;
      session.tags.push_back(*std::move(tag));
      return true;
    }
    case kSourceIdentity:
      session.source_identity = field.Text();
      return true;
    case kFederatedProvider:
      session.federated_provider = field.Text();
      return true;
    case kIdentityKey: {
      auto key = DecodeIdentityKey(field.bytes);
      if (!key) return false;
      session.identity_keys.push_back(*std::move(key));
      return true;
    }
    case kAssumedRoot:
      session.assumed_root = field.value == 1;
      return session.assumed_root;
    case kDelegate:
      session.delegate = AccountId::FromNumber(field.value);
      return session.delegate.has_value();
    default:
      return false;
  }
}

}  // namespace

std::optional<Session> DecodeSession(std::string_view record) {
  Session session;
  std::uint64_t seen = 0;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (!DecodeField(*field, session)) return std::nullopt;
    seen |= std::uint64_t{1} << field->number;
  }
  constexpr auto kBit = [](unsigned number) { return std::uint64_t{1} << number; };
  constexpr std::uint64_t kNeeded =
      kBit(kAccessKeyId) | kBit(kSecret) | kBit(kAccount) | kBit(kType) | kBit(kPrincipalId) | kBit(kExpires);
  if (!reader.ok() || (seen & kNeeded) != kNeeded) return std::nullopt;
  const bool named = session.type == PrincipalType::kAssumedRole || session.type == PrincipalType::kFederatedUser;
  if (named == session.name.empty()) return std::nullopt;
  const bool is_task = session.type == PrincipalType::kRoot && session.managed_policies.size() == 1;
  if (session.assumed_root && !is_task) return std::nullopt;
  if (session.origin.access_key_id.empty()) {
    if ((seen & (kBit(kOriginAccount) | kBit(kOriginPrincipalId))) != 0) return std::nullopt;
  } else {
    if ((seen & kBit(kOriginAccount)) == 0) session.origin.account = session.account;
    if ((seen & kBit(kOriginPrincipalId)) == 0) session.origin.principal_id = session.principal_id;
  }
  // What a delegate may is what its policy says: without one it would be everything.
  if (session.delegate && session.inline_policy.empty()) return std::nullopt;
  return session;
}

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
  std::string record = EncodeSession(session);
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
  auto session = DecodeSession(record->Reveal());
  if (!session) return invalid();
  return std::move(*session);
}

}  // namespace claviger::session
