#include "directory/trail.h"

#include <utility>

#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum TrailField : unsigned {
  kName = 1,
  kBucket = 2,
  kPrefix = 3,
  kHomeRegion = 4,
  kCreated = 5,
  kFlags = 6,
  kStarted = 7,
  kStopped = 8,
  kTag = 9,
};
enum TagField : unsigned { kTagKey = 1, kTagValue = 2 };

struct Flag {
  bool TrailRecord::*member;
  std::uint64_t bit;
};
constexpr Flag kFlagBits[] = {{&TrailRecord::global_events, 1},  {&TrailRecord::multi_region, 2},
                              {&TrailRecord::validation, 4},     {&TrailRecord::logging, 8},
                              {&TrailRecord::own_selectors, 16}, {&TrailRecord::reads, 32},
                              {&TrailRecord::writes, 64}};

std::string Encode(const TrailRecord& trail) {
  std::uint64_t flags = 0;
  for (const Flag& flag : kFlagBits) flags |= trail.*flag.member ? flag.bit : 0;
  codec::RecordWriter writer(kVersion);
  writer.Bytes(kName, trail.name)
      .Bytes(kBucket, trail.bucket)
      .BytesUnlessEmpty(kPrefix, trail.prefix)
      .Bytes(kHomeRegion, trail.home_region)
      .Time(kCreated, trail.created)
      .Number(kFlags, flags);
  if (trail.started) writer.Time(kStarted, *trail.started);
  if (trail.stopped) writer.Time(kStopped, *trail.stopped);
  for (const Tag& tag : trail.tags) {
    writer.Bytes(kTag,
                 codec::RecordWriter(kVersion).Bytes(kTagKey, tag.key).BytesUnlessEmpty(kTagValue, tag.value).Take());
  }
  return writer.Take();
}

std::optional<TrailRecord> Decode(std::string_view bytes) {
  TrailRecord trail;
  codec::RecordReader reader(bytes, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kName) trail.name = field->Text();
    if (field->number == kBucket) trail.bucket = field->Text();
    if (field->number == kPrefix) trail.prefix = field->Text();
    if (field->number == kHomeRegion) trail.home_region = field->Text();
    if (field->number == kCreated) trail.created = field->Time();
    if (field->number == kStarted) trail.started = field->Time();
    if (field->number == kStopped) trail.stopped = field->Time();
    if (field->number == kFlags) {
      for (const Flag& flag : kFlagBits) trail.*flag.member = (field->value & flag.bit) != 0;
    }
    if (field->number == kTag) {
      Tag tag;
      codec::RecordReader of_tag(field->bytes, kVersion);
      while (const auto part = of_tag.Next()) (part->number == kTagKey ? tag.key : tag.value) = part->Text();
      trail.tags.push_back(std::move(tag));
    }
  }
  if (!reader.ok() || trail.name.empty()) return std::nullopt;
  return trail;
}

Result<> ScanTrails(store::Transaction& transaction, AccountId account, std::vector<TrailRecord>& trails) {
  std::string unreadable;
  TRY(FromStore(transaction.Scan(keyspace::Trails(account), "", [&](std::string_view key, const store::Entry& entry) {
    auto trail = Decode(entry.value);
    if (!trail) {
      unreadable = key;
      return false;
    }
    trails.push_back(std::move(*trail));
    return true;
  })));
  if (!unreadable.empty()) return Corrupt(unreadable);
  return {};
}

}  // namespace

Result<std::optional<TrailRecord>> Trails::Find(std::string_view name) {
  const std::string key = keyspace::Trail(context_.account, name);
  const auto entry = TRY(FromStore(context_.transaction.Get(key)));
  if (!entry) return std::optional<TrailRecord>();
  auto trail = Decode(entry->value);
  if (!trail) return Corrupt(key);
  return trail;
}

void Trails::Put(const TrailRecord& trail) {
  context_.transaction.Put(keyspace::Trail(context_.account, trail.name), Encode(trail));
}

void Trails::Remove(std::string_view name) { context_.transaction.Delete(keyspace::Trail(context_.account, name)); }

Result<std::vector<TrailRecord>> Trails::List() {
  std::vector<TrailRecord> trails;
  TRY(ScanTrails(context_.transaction, context_.account, trails));
  return trails;
}

std::string TrailArn(AccountId account, const TrailRecord& trail) {
  std::string arn = "arn:aws:cloudtrail:" + trail.home_region;
  arn += ":" + account.ToString() + ":trail/";
  return arn + trail.name;
}

Result<std::vector<AccountTrail>> ListAllTrails(store::Transaction& transaction) {
  std::vector<AccountId> accounts;
  const std::string prefix = keyspace::GlobalAccounts();
  TRY(FromStore(transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry&) {
    if (const auto account = AccountId::Parse(key.substr(prefix.size()))) accounts.push_back(*account);
    return true;
  })));
  std::vector<AccountTrail> all;
  for (const AccountId account : accounts) {
    std::vector<TrailRecord> trails;
    TRY(ScanTrails(transaction, account, trails));
    for (TrailRecord& trail : trails) all.push_back({.account = account, .trail = std::move(trail)});
  }
  return all;
}

}  // namespace claviger::directory
