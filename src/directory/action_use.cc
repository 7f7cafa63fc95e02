#include "directory/action_use.h"

#include "codec/record.h"
#include "directory/access_key.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum Field : unsigned { kTime = 1, kRegion = 2 };

std::optional<ActionUse> Decode(std::string_view record) {
  ActionUse use;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kTime) use.time = field->Time();
    if (field->number == kRegion) use.region = field->Text();
  }
  if (!reader.ok()) return std::nullopt;
  return use;
}

}  // namespace

Result<std::optional<TimePoint>> ActionUses::Find(std::string_view principal, std::string_view action) {
  const std::string at = keyspace::ActionUse(context_.account, principal, action);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<TimePoint>();
  const auto use = Decode(entry->value);
  if (!use) return Corrupt(at);
  return std::optional(use->time);
}

Result<> ActionUses::Record(PrincipalType type, std::string_view principal, std::string_view action, TimePoint time,
                            std::string_view region) {
  if (principal != kRootOwner) {  // By the index alone: a principal that changes meanwhile is the same principal.
    const std::string_view folder = type == PrincipalType::kAssumedRole ? "role" : "user";
    const std::string name = keyspace::NameOf(context_.account, folder, principal);
    if (!TRY(FromStore(context_.transaction.Get(name)))) return {};
  }
  const std::string record = codec::RecordWriter(kVersion).Time(kTime, time).Bytes(kRegion, region).Take();
  context_.transaction.Put(keyspace::ActionUse(context_.account, principal, action), record);
  context_.transaction.Put(keyspace::ServiceUse(context_.account, action.substr(0, action.find(':'))), record);
  return {};
}

Result<std::vector<ActionUse>> ActionUses::ListOf(std::string_view principal) {
  const std::string prefix = keyspace::ActionUses(context_.account, principal);
  std::vector<ActionUse> uses;
  Result<> outcome;
  TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry& entry) {
    auto use = Decode(entry.value);
    const std::string_view action = key.substr(prefix.size());
    const std::size_t colon = action.find(':');
    if (!use || colon == std::string_view::npos) {
      outcome = Corrupt(key);
      return false;
    }
    use->service = action.substr(0, colon);
    use->action = action.substr(colon + 1);
    uses.push_back(std::move(*use));
    return true;
  })));
  TRY(outcome);
  return uses;
}

Result<std::vector<ServiceUse>> ActionUses::ListServices() {
  const std::string prefix = keyspace::ServiceUses(context_.account);
  std::vector<ServiceUse> uses;
  Result<> outcome;
  TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry& entry) {
    auto use = Decode(entry.value);
    if (!use) {
      outcome = Corrupt(key);
      return false;
    }
    uses.push_back({.service = std::string(key.substr(prefix.size())), .time = use->time, .region = use->region});
    return true;
  })));
  TRY(outcome);
  return uses;
}

Result<> ActionUses::Forget(std::string_view principal) {
  const std::string prefix = keyspace::ActionUses(context_.account, principal);
  return FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry&) {
    context_.transaction.Delete(std::string(key));
    return true;
  }));
}

}  // namespace claviger::directory
