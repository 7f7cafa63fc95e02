#include "session/authorization_message.h"

#include "base/encoding.h"

namespace claviger::session {
namespace {

// In messages that people keep in tickets, never change its meaning: docs/internals/authorization.md.
constexpr char kFormat = 1;

// The account is part of what the seal is bound to, not of what is sealed.
std::string SealContext(AccountId account) { return "authorization-message/" + account.ToString(); }

}  // namespace

std::string EncodeAuthorizationMessage(std::string_view text, AccountId account, const crypto::Keyring& keys,
                                       Random& random) {
  std::string message(1, kFormat);
  message += keys.Seal(SealContext(account), text, random);
  return Base64UrlEncode(AsBytes(message));
}

Result<std::string> DecodeAuthorizationMessage(std::string_view message, AccountId account,
                                               const crypto::Keyring& keys) {
  const auto invalid = [] { return Fail(ErrorCode::kInvalidAuthorizationMessageException, "Message is not valid"); };
  if (message.size() > kAuthorizationMessageCharactersMax) return invalid();
  const auto bytes = Base64UrlDecode(message);
  if (!bytes || bytes->empty() || bytes->front() != kFormat) return invalid();
  const auto text = keys.Open(SealContext(account), std::string_view(*bytes).substr(1));
  if (!text) return invalid();
  return std::string(text->Reveal());
}

}  // namespace claviger::session
