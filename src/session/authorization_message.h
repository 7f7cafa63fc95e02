// Encoded authorization messages: the reasons of a denial, sealed, so that whoever was denied can pass them on but only
// this installation can read them, and only for callers of the same account whom a policy lets.
// Pure; safe from any thread, with a Random of the thread's own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "aws/account_id.h"
#include "aws/error.h"
#include "base/random.h"
#include "crypto/keyring.h"

namespace claviger::session {

// What DecodeAuthorizationMessage takes.
inline constexpr std::size_t kAuthorizationMessageCharactersMax = 10240;
// The longest text whose message is no longer than that.
inline constexpr std::size_t kAuthorizationTextBytesMax = 7600;

// URL-safe base64. REQUIRES: text.size() <= kAuthorizationTextBytesMax.
std::string EncodeAuthorizationMessage(std::string_view text, AccountId account, const crypto::Keyring& keys,
                                       Random& random);

// The text that was encoded for this account. Errors: InvalidAuthorizationMessageException.
Result<std::string> DecodeAuthorizationMessage(std::string_view message, AccountId account,
                                               const crypto::Keyring& keys);

}  // namespace claviger::session
