#include "directory/login_profile.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"
#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

using codec::RecordReader;
using codec::RecordWriter;

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum ProfileField : unsigned {
  kCreated = 1,
  kChanged = 2,
  kResetRequired = 3,
  kCost = 4,
  kSalt = 5,
  kSealedHashes = 6,
  kAttempts = 7,
};
enum UseField : unsigned { kTime = 1 };
constexpr std::uint64_t kOnlyCost = 1;

// Binds hashes to their owner, so that swapping two records does not swap two passwords.
std::string SealContext(std::string_view owner) { return "login-profile/" + std::string(owner); }

std::string JoinHashes(const std::vector<crypto::Secret>& hashes) {
  std::string joined;
  joined.reserve(hashes.size() * crypto::kPasswordHashBytes);
  for (const crypto::Secret& hash : hashes) joined += hash.Reveal();
  return joined;
}

std::vector<crypto::Secret> SplitHashes(std::string_view joined) {
  std::vector<crypto::Secret> hashes;
  for (; joined.size() >= crypto::kPasswordHashBytes; joined.remove_prefix(crypto::kPasswordHashBytes)) {
    hashes.emplace_back(std::string(joined.substr(0, crypto::kPasswordHashBytes)));
  }
  return hashes;
}

std::optional<LoginProfile> Decode(std::string_view owner, std::string_view record, const crypto::Keyring& secrets) {
  LoginProfile profile{.owner = std::string(owner)};
  std::uint64_t cost = 0;
  bool opened = false;
  std::optional<Attempts> attempts = Attempts();
  RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    switch (field->number) {
      case kCreated:
        profile.created = field->Time();
        break;
      case kChanged:
        profile.changed = field->Time();
        break;
      case kResetRequired:
        profile.reset_required = field->value == 1;
        break;
      case kCost:
        cost = field->value;
        break;
      case kSalt:
        profile.salt = field->Text();
        break;
      case kSealedHashes:
        if (const auto joined = secrets.Open(SealContext(owner), field->bytes)) {
          profile.hashes = SplitHashes(joined->Reveal());
          opened = profile.hashes.size() * crypto::kPasswordHashBytes == joined->Reveal().size();
        }
        break;
      case kAttempts:
        attempts = DecodeAttempts(field->bytes);
        break;
      default:
        break;
    }
  }
  const bool whole = reader.ok() && cost == kOnlyCost && profile.salt.size() == crypto::kPasswordSaltBytes;
  if (!whole || !opened || !attempts) return std::nullopt;
  profile.attempts = *attempts;
  return profile;
}

}  // namespace

LoginProfile NewLoginProfile(std::string owner, TimePoint now, Random& random) {
  std::array<std::uint8_t, crypto::kPasswordSaltBytes> salt;
  random.Fill(salt);
  return {.owner = std::move(owner), .created = now, .changed = now, .salt = std::string(AsText(salt))};
}

Result<crypto::Secret> HashFor(const std::string& salt, const crypto::Secret& password) {
  auto hash = crypto::HashPassword(password, salt, kPasswordCost);
  if (!hash) return Fail(ErrorCode::kServiceUnavailable, "There is not enough memory to check a password.");
  return std::move(*hash);
}

bool IsPassword(const LoginProfile& profile, const crypto::Secret& hash) { return IsRecentPassword(profile, hash, 1); }

bool IsRecentPassword(const LoginProfile& profile, const crypto::Secret& hash, std::size_t count) {
  const std::size_t end = std::min(count, profile.hashes.size());
  return std::any_of(profile.hashes.begin(), profile.hashes.begin() + static_cast<std::ptrdiff_t>(end),
                     [&](const crypto::Secret& known) { return known == hash; });
}

void SetPassword(LoginProfile& profile, crypto::Secret hash, TimePoint now) {
  profile.hashes.insert(profile.hashes.begin(), std::move(hash));
  if (profile.hashes.size() > kFormerPasswordsMax) profile.hashes.resize(kFormerPasswordsMax);
  profile.changed = now;
  profile.attempts = {};
}

SignIn SignInWith(const LoginProfile& profile, const std::optional<PasswordPolicy>& policy, TimePoint now) {
  const auto expiry = PasswordExpiry(policy, profile.changed);
  const bool expired = expiry && now >= *expiry;
  if (expired && policy->hard_expiry.value_or(false)) return SignIn::kRefused;
  return expired || profile.reset_required ? SignIn::kMustChange : SignIn::kAccepted;
}

Result<std::optional<LoginProfile>> LoginProfiles::Find(std::string_view owner) {
  const std::string at = keyspace::LoginProfile(context_.account, owner);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<LoginProfile>();
  auto profile = Decode(owner, entry->value, context_.keys.secrets);
  if (!profile) return Corrupt(at);
  return profile;
}

Result<LoginProfile> LoginProfiles::Get(std::string_view owner, std::string_view user_name) {
  auto profile = TRY(Find(owner));
  if (!profile) {
    return Fail(ErrorCode::kNoSuchEntity, "Login Profile for User " + std::string(user_name) + " cannot be found.");
  }
  return std::move(*profile);
}

Result<bool> LoginProfiles::Exists(std::string_view owner) {
  return TRY(FromStore(context_.transaction.Get(keyspace::LoginProfile(context_.account, owner)))).has_value();
}

void LoginProfiles::Put(const LoginProfile& profile) {
  std::string joined = JoinHashes(profile.hashes);
  RecordWriter writer(kVersion);
  writer.Time(kCreated, profile.created).Time(kChanged, profile.changed);
  if (profile.reset_required) writer.Number(kResetRequired, 1);
  writer.Number(kCost, kOnlyCost)
      .Bytes(kSalt, profile.salt)
      .Bytes(kSealedHashes, context_.keys.secrets.Seal(SealContext(profile.owner), joined, context_.random))
      .BytesUnlessEmpty(kAttempts, EncodeAttempts(profile.attempts));
  crypto::Wipe(joined.data(), joined.size());
  context_.transaction.Put(keyspace::LoginProfile(context_.account, profile.owner), writer.Take());
}

void LoginProfiles::Remove(std::string_view owner) {
  context_.transaction.Delete(keyspace::LoginProfile(context_.account, owner));
  context_.transaction.Delete(keyspace::LoginProfileUse(context_.account, owner));
}

Result<bool> LoginProfiles::VerifyPassword(const LoginProfile& profile, const crypto::Secret& hash, TimePoint now) {
  if (MustWait(profile.attempts, now)) return false;
  const bool right = IsPassword(profile, hash);
  if (right && profile.attempts.failures == 0) return true;
  LoginProfile changed = profile;
  changed.attempts = right ? Attempts() : AfterFailure(profile.attempts, now);
  Put(changed);
  return right;
}

Result<std::optional<TimePoint>> LoginProfiles::FindLastUse(std::string_view owner) {
  const std::string at = keyspace::LoginProfileUse(context_.account, owner);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<TimePoint>();
  std::optional<TimePoint> time;
  RecordReader reader(entry->value, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kTime) time = field->Time();
  }
  if (!reader.ok() || !time) return Corrupt(at);
  return time;
}

void LoginProfiles::RecordSignIn(std::string_view owner, TimePoint now) {
  context_.transaction.Put(keyspace::LoginProfileUse(context_.account, owner),
                           RecordWriter(kVersion).Time(kTime, now).Take());
}

}  // namespace claviger::directory
