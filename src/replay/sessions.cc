#include "replay/sessions.h"

#include <string>
#include <utility>

#include "codec/json.h"

namespace claviger::replay {
namespace {

constexpr std::size_t kSessionsMax = 16384;

// The token of these credentials in the record that issued them; empty when it did not.
std::string TokenIn(const std::string& record, std::string_view access_key_id) {
  const auto document = codec::ParseJson(record);
  if (!document.ok() || !document->root().IsObject()) return {};
  const codec::JsonValue* value = document->root().Find("responseElements");
  value = value != nullptr && value->IsObject() ? value->Find("credentials") : nullptr;
  if (value == nullptr || !value->IsObject()) return {};
  const codec::JsonValue* id = value->Find("accessKeyId");
  const codec::JsonValue* token = value->Find("sessionToken");
  if (id == nullptr || id->text != access_key_id || token == nullptr) return {};
  return std::string(token->text);
}

}  // namespace

Sessions::Sessions(audit::Journal& journal, const crypto::Keyring& keys)
    : journal_(journal), keys_(keys), cache_(kSessionsMax) {}

std::shared_ptr<const session::Session> Sessions::Find(AccountId account, std::string_view access_key_id,
                                                       const char** why) {
  const Found* found = cache_.Find(access_key_id);
  if (found == nullptr) found = &cache_.Insert(access_key_id, Look(account, access_key_id));
  *why = found->why;
  return found->session;
}

Sessions::Found Sessions::Look(AccountId account, std::string_view access_key_id) {
  std::string token;
  const audit::Query query{
      .account = account, .attribute = audit::Attribute::kResourceName, .value = std::string(access_key_id)};
  const auto searched = journal_.Find(query, std::nullopt, [&](const audit::Position&, const audit::Entry& entry) {
    token = TokenIn(entry.record, access_key_id);
    return token.empty();
  });
  if (!searched.ok())
    return {.session = nullptr, .why = "the trail cannot be searched for the beginning of its session"};
  if (token.empty()) return {.session = nullptr, .why = "the beginning of its session is not in the trail"};
  auto session = session::OpenToken(token, keys_);
  if (!session.ok()) return {.session = nullptr, .why = "the key that its session was sealed under is gone"};
  return {.session = std::make_shared<const session::Session>(std::move(session).value()), .why = nullptr};
}

}  // namespace claviger::replay
