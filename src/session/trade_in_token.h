// Trade-in tokens, which AWS's guide calls exchange tokens: what a product provider gets once a delegation request is
// finalized, and trades in for credentials, as often as it wants until the delegation ends.
//
// URL-safe base64 of kFormat (1 byte) || box of crypto/keyring.h over a codec/record.h record, specified in
// docs/internals/session.md. Pure; safe from any thread, with a Random of the thread's own.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "aws/account_id.h"
#include "base/clock.h"
#include "base/random.h"
#include "crypto/keyring.h"

namespace claviger::session {

// A token longer than this is refused unread.
inline constexpr std::size_t kTradeInTokenCharactersMax = 1024;

struct TradeInToken {
  std::string request_id;  // The one request that it is for.
  AccountId provider;      // The one account that may trade it in.
  TimePoint expires;
};

std::string MintTradeInToken(const TradeInToken& token, const crypto::Keyring& keys, Random& random);

// What was sealed, if this installation sealed it; expiry and provider are the caller's to check.
std::optional<TradeInToken> OpenTradeInToken(std::string_view text, const crypto::Keyring& keys);

}  // namespace claviger::session
