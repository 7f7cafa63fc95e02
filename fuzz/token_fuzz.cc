// Any text opened as a session token, or as a trade-in token, is refused without a crash, unless our own keys sealed
// it; and any bytes that they did seal are read without a crash, into a session that, minted again, reads as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/random.h"
#include "session/token.h"
#include "session/trade_in_token.h"

namespace {

using namespace claviger;  // NOLINT(google-build-using-namespace): a program of one file.

void Require(bool holds) {
  if (!holds) std::abort();
}

const crypto::Keyring& Keys() {
  static const crypto::Keyring keys = [] {
    crypto::Keyring ring;
    ring.Add(1, crypto::Secret(std::string(32, 'k')));
    return ring;
  }();
  return keys;
}

bool Same(const session::Session& a, const session::Session& b) {
  return a.access_key_id == b.access_key_id && a.secret == b.secret && a.account == b.account && a.type == b.type &&
         a.principal_id == b.principal_id && a.name == b.name && a.origin == b.origin && a.via == b.via &&
         a.issued == b.issued && a.expires == b.expires && a.mfa_authenticated == b.mfa_authenticated &&
         a.inline_policy == b.inline_policy && a.managed_policies == b.managed_policies && a.tags == b.tags &&
         a.source_identity == b.source_identity && a.delegate == b.delegate;
}

std::string Sealed(std::string_view context, std::string_view bytes, Random& random) {
  return std::string(1, '\1') + Keys().Seal(context, bytes, random);
}

void TryTradeInToken(std::string_view input, Random& random) {
  Require(!session::OpenTradeInToken(input, Keys()).has_value());
  const auto token =
      session::OpenTradeInToken(Base64UrlEncode(AsBytes(Sealed("trade-in-token", input, random))), Keys());
  if (!token || token->expires < TimePoint()) return;  // Nobody mints these.
  const auto again = session::OpenTradeInToken(session::MintTradeInToken(*token, Keys(), random), Keys());
  const bool too_long = token->request_id.size() > session::kTradeInTokenCharactersMax / 2;
  Require(too_long || (again && again->request_id == token->request_id && again->provider == token->provider &&
                       again->expires == token->expires));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Require(!session::OpenToken(input, Keys()).ok());

  SeededRandom random{1};
  TryTradeInToken(input, random);
  const std::string token = Base64Encode(AsBytes(Sealed("session-token", input, random)));
  const auto session = session::OpenToken(token, Keys());
  if (!session.ok()) return 0;
  if (session->issued < TimePoint() || session->expires < TimePoint()) return 0;  // Nobody mints these.
  const std::string minted = session::MintToken(*session, Keys(), random);
  if (minted.size() > session::kTokenCharactersMax) return 0;
  const auto again = session::OpenToken(minted, Keys());
  Require(again.ok() && Same(*session, *again));
  return 0;
}
