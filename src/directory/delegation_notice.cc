#include "directory/delegation_notice.h"

#include "base/time_text.h"
#include "codec/json_writer.h"
#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum Field : unsigned {
  kMessageId = 1,
  kProvider = 2,
  kTopic = 3,
  kRequestId = 4,
  kWorkflowId = 5,
  kState = 6,
  kOwnerAccount = 7,
  kUpdated = 8,
  kSealedToken = 9,
  kAccessExpires = 10,
  kDelivered = 11,
  kTime = 12,
};

std::uint64_t Micros(TimePoint time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }

std::string SealContext(std::string_view message_id) { return "delegation-notice/" + std::string(message_id); }

std::string KeyOf(const DelegationNotice& notice) {
  return keyspace::GlobalDelegationNotice(Micros(notice.time), notice.message_id);
}

std::optional<DelegationNotice> Decode(std::string_view record, const crypto::Keyring& secrets) {
  DelegationNotice notice;
  std::optional<AccountId> provider;
  std::string_view sealed;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kMessageId) notice.message_id = field->Text();
    if (field->number == kProvider) provider = AccountId::Parse(field->bytes);
    if (field->number == kTopic) notice.topic = field->Text();
    if (field->number == kRequestId) notice.request_id = field->Text();
    if (field->number == kWorkflowId) notice.workflow_id = field->Text();
    if (field->number == kState) notice.state = field->Text();
    if (field->number == kOwnerAccount) notice.owner_account = field->Text();
    if (field->number == kUpdated) notice.updated = field->Time();
    if (field->number == kSealedToken) sealed = field->bytes;
    if (field->number == kAccessExpires) notice.access_expires = field->Time();
    if (field->number == kDelivered) notice.delivered = field->value == 1;
    if (field->number == kTime) notice.time = field->Time();
  }
  if (!reader.ok() || !provider || notice.message_id.empty()) return std::nullopt;
  notice.provider = *provider;
  if (!sealed.empty()) {
    auto token = secrets.Open(SealContext(notice.message_id), sealed);
    if (!token) return std::nullopt;
    notice.exchange_token = std::move(*token);
  }
  return notice;
}

}  // namespace

std::string PositionOf(const DelegationNotice& notice) { return KeyOf(notice); }

std::string ToMessage(const DelegationNotice& notice) {
  const bool has_token = !notice.exchange_token.empty();
  std::string message;
  codec::JsonWriter inner(message);
  const auto text = [](codec::JsonWriter& json, std::string_view name, std::string_view value) {
    json.Key(name);
    json.String(value);
  };
  inner.BeginObject();
  text(inner, "Type", has_token ? "ExchangeToken" : "StateChange");
  text(inner, "RequestId", notice.request_id);
  text(inner, "RequestorWorkflowId", notice.workflow_id);
  text(inner, "State", notice.state);
  if (!notice.owner_account.empty()) text(inner, "OwnerAccountId", notice.owner_account);
  if (has_token) {
    text(inner, "ExchangeToken", notice.exchange_token.Reveal());
    text(inner, "ExpiresAt", FormatIso8601Millis(notice.access_expires));
  }
  text(inner, "UpdatedAt", FormatIso8601Millis(notice.updated));
  inner.EndObject();

  std::string envelope;
  codec::JsonWriter outer(envelope);
  outer.BeginObject();
  text(outer, "Type", "Notification");
  text(outer, "MessageId", notice.message_id);
  text(outer, "TopicArn", notice.topic);
  text(outer, "Message", message);
  text(outer, "Timestamp", FormatIso8601Millis(notice.time));
  outer.EndObject();
  crypto::Wipe(message.data(), message.size());
  return envelope;
}

void DelegationNotices::Put(const DelegationNotice& notice) {
  codec::RecordWriter writer(kVersion);
  writer.Bytes(kMessageId, notice.message_id)
      .Bytes(kProvider, notice.provider.ToString())
      .Bytes(kTopic, notice.topic)
      .Bytes(kRequestId, notice.request_id)
      .Bytes(kWorkflowId, notice.workflow_id)
      .Bytes(kState, notice.state)
      .BytesUnlessEmpty(kOwnerAccount, notice.owner_account)
      .Time(kUpdated, notice.updated)
      .Time(kTime, notice.time);
  if (!notice.exchange_token.empty()) {
    writer
        .Bytes(kSealedToken, context_.keys.secrets.Seal(SealContext(notice.message_id), notice.exchange_token.Reveal(),
                                                        context_.random))
        .Time(kAccessExpires, notice.access_expires);
  }
  if (notice.delivered) writer.Number(kDelivered, 1);
  context_.transaction.Put(KeyOf(notice), writer.Take());
}

Result<std::vector<DelegationNotice>> DelegationNotices::List(std::string_view after, std::size_t max) {
  std::vector<DelegationNotice> notices;
  std::optional<std::string> broken;
  const auto visit = [&](std::string_view key, const store::Entry& entry) {
    auto notice = Decode(entry.value, context_.keys.secrets);
    if (!notice) broken = key;
    if (notice) notices.push_back(*std::move(notice));
    return !broken && notices.size() < max;
  };
  TRY(FromStore(context_.transaction.Scan(keyspace::GlobalDelegationNotices(), after, visit)));
  if (broken) return Corrupt(*broken);
  return notices;
}

Result<std::size_t> DelegationNotices::Forget(TimePoint now, std::size_t max) {
  const std::string end = keyspace::GlobalDelegationNotice(Micros(now - kDelegationNoticeLife), "");
  std::vector<std::string> keys;
  TRY(FromStore(context_.transaction.Scan(keyspace::GlobalDelegationNotices(), "",
                                          [&](std::string_view key, const store::Entry&) {
                                            if (key >= end || keys.size() >= max) return false;
                                            keys.emplace_back(key);
                                            return true;
                                          })));
  for (const std::string& key : keys) context_.transaction.Delete(key);
  return keys.size();
}

}  // namespace claviger::directory
