#include "directory/outbound_federation.h"

#include "codec/record.h"
#include "directory/account_index.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum Field : unsigned { kIssuer = 1, kEnabled = 2 };

}  // namespace

Result<std::optional<OutboundFederation>> FindOutboundFederation(const Context& context) {
  const std::string at = keyspace::OutboundFederation(context.account);
  const auto entry = TRY(FromStore(context.transaction.Get(at)));
  if (!entry) return std::optional<OutboundFederation>();
  OutboundFederation federation;
  codec::RecordReader reader(entry->value, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kIssuer) federation.issuer_id = field->Text();
    if (field->number == kEnabled) federation.enabled = field->value != 0;
  }
  if (!reader.ok()) return Corrupt(at);
  return std::optional(std::move(federation));
}

void PutOutboundFederation(const Context& context, const OutboundFederation& federation) {
  context.transaction.Put(keyspace::GlobalTokenIssuer(federation.issuer_id), context.account.ToString());
  context.transaction.Put(
      keyspace::OutboundFederation(context.account),
      codec::RecordWriter(kVersion).Bytes(kIssuer, federation.issuer_id).Number(kEnabled, federation.enabled).Take());
}

Result<std::optional<AccountId>> FindTokenIssuer(store::Transaction& transaction, std::string_view issuer_id) {
  return FindIndexedAccount(transaction, keyspace::GlobalTokenIssuer(issuer_id));
}

}  // namespace claviger::directory
