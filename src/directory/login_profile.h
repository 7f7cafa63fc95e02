// Console passwords at rest: of IAM users and of the account's root user. One attempt's view; not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "crypto/password_hash.h"
#include "crypto/secret.h"
#include "directory/attempts.h"
#include "directory/context.h"
#include "directory/password_policy.h"

namespace claviger::directory {

// OWASP's first recommendation for Argon2id. Stored as cost 1; see docs/internals/directory.md before changing it.
inline constexpr crypto::PasswordCost kPasswordCost{.memory_kib = 19456, .passes = 2, .lanes = 1};
// As many as a password policy can refuse.
inline constexpr std::size_t kFormerPasswordsMax = 24;

struct LoginProfile {
  std::string owner;  // Unique id of the user, or kRootOwner.
  TimePoint created;
  TimePoint changed;  // When the present password was set.
  bool reset_required = false;
  std::string salt;
  // Of the present password, then of former ones, newest first. None: there is no password yet, and no sign-in.
  std::vector<crypto::Secret> hashes;
  Attempts attempts;  // At the present password.
};

// A profile that has no password yet.
LoginProfile NewLoginProfile(std::string owner, TimePoint now, Random& random);

// What a password comes to under this profile's salt. Slow (tens of milliseconds): not for an event loop.
// Errors: ServiceUnavailable, when there is no memory for it.
Result<crypto::Secret> HashFor(const std::string& salt, const crypto::Secret& password);
bool IsPassword(const LoginProfile& profile, const crypto::Secret& hash);
// Whether it is one of the latest `count` passwords, the present one included.
bool IsRecentPassword(const LoginProfile& profile, const crypto::Secret& hash, std::size_t count);
// Makes it the present password, and forgets wrong attempts at the old one.
void SetPassword(LoginProfile& profile, crypto::Secret hash, TimePoint now);

// What becomes of somebody who signs in with the right password.
enum class SignIn {
  kAccepted,
  kMustChange,  // First: it was reset, or has expired.
  kRefused,     // Expired, and only an administrator may set another.
};
SignIn SignInWith(const LoginProfile& profile, const std::optional<PasswordPolicy>& policy, TimePoint now);

class LoginProfiles {
 public:
  explicit LoginProfiles(const Context& context) : context_(context) {}

  // `owner` is a user's unique id, or kRootOwner.
  Result<std::optional<LoginProfile>> Find(std::string_view owner);
  // NoSuchEntity, in words that name the user `user_name`.
  Result<LoginProfile> Get(std::string_view owner, std::string_view user_name);
  Result<bool> Exists(std::string_view owner);
  // REQUIRES: the owner's profile was looked for in this attempt.
  void Put(const LoginProfile& profile);
  void Remove(std::string_view owner);

  // Whether `hash` (by HashFor) is that of the present password. A wrong one is counted, and after too many of them the
  // right one is refused too for a while (attempts.h): the caller commits that also when it then fails.
  Result<bool> VerifyPassword(const LoginProfile& profile, const crypto::Secret& hash, TimePoint now);

  // The last sign-in; nullopt when there was none.
  Result<std::optional<TimePoint>> FindLastUse(std::string_view owner);
  void RecordSignIn(std::string_view owner, TimePoint now);

 private:
  Context context_;
};

}  // namespace claviger::directory
