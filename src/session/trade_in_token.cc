#include "session/trade_in_token.h"

#include "base/encoding.h"
#include "codec/record.h"

namespace claviger::session {
namespace {

// Sealed in tokens that live for hours, never renumber: docs/internals/session.md.
constexpr char kFormat = 1;
constexpr std::uint8_t kVersion = 1;
enum Field : unsigned { kRequestId = 1, kProvider = 2, kExpires = 3 };

constexpr std::string_view kSealContext = "trade-in-token";

// What this version does not know may be a restriction.
std::optional<TradeInToken> Decode(std::string_view record) {
  TradeInToken token;
  std::optional<AccountId> provider;
  std::optional<TimePoint> expires;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number < kRequestId || field->number > kExpires) return std::nullopt;
    if (field->number == kRequestId) token.request_id = field->Text();
    if (field->number == kProvider) provider = AccountId::FromNumber(field->value);
    if (field->number == kExpires) expires = field->Time();
  }
  if (!reader.ok() || token.request_id.empty() || !provider || !expires) return std::nullopt;
  token.provider = *provider;
  token.expires = *expires;
  return token;
}

}  // namespace

std::string MintTradeInToken(const TradeInToken& token, const crypto::Keyring& keys, Random& random) {
  const std::string record = codec::RecordWriter(kVersion)
                                 .Bytes(kRequestId, token.request_id)
                                 .Number(kProvider, token.provider.number())
                                 .Time(kExpires, token.expires)
                                 .Take();
  std::string text(1, kFormat);
  text += keys.Seal(kSealContext, record, random);
  return Base64UrlEncode(AsBytes(text));
}

std::optional<TradeInToken> OpenTradeInToken(std::string_view text, const crypto::Keyring& keys) {
  if (text.size() > kTradeInTokenCharactersMax) return std::nullopt;
  const auto bytes = Base64UrlDecode(text);
  if (!bytes || bytes->empty() || bytes->front() != kFormat) return std::nullopt;
  const auto record = keys.Open(kSealContext, std::string_view(*bytes).substr(1));
  if (!record) return std::nullopt;
  return Decode(record->Reveal());
}

}  // namespace claviger::session
