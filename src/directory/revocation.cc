#include "directory/revocation.h"

#include <algorithm>

#include "aws/caller.h"
#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum RevocationField : unsigned { kUntil = 1 };

std::optional<TimePoint> Decode(std::string_view record) {
  std::optional<TimePoint> until;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kUntil) until = field->Time();
  }
  return reader.ok() ? until : std::nullopt;
}

}  // namespace

std::string_view NameOf(RevocationKind kind) {
  switch (kind) {
    case RevocationKind::kRole:
      return "role";
    case RevocationKind::kUser:
      return "user";
    case RevocationKind::kAccessKey:
      return "access-key";
    case RevocationKind::kSourceIdentity:
      return "source-identity";
  }
  return {};
}

Result<std::optional<TimePoint>> Revocations::Find(RevocationKind kind, std::string_view what) {
  const std::string at = keyspace::Revocation(context_.account, NameOf(kind), what);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<TimePoint>();
  const auto until = Decode(entry->value);
  if (!until) return Corrupt(at);
  return until;
}

Result<> Revocations::Revoke(RevocationKind kind, std::string_view what, TimePoint now) {
  for (const Revocation& old : TRY(List())) {
    if (old.until + kSessionDurationMax >= now) continue;
    context_.transaction.Delete(keyspace::Revocation(context_.account, NameOf(old.kind), old.what));
  }
  const TimePoint until = std::max(now, TRY(Find(kind, what)).value_or(now));  // Never back, whatever the clock says.
  context_.transaction.Put(keyspace::Revocation(context_.account, NameOf(kind), what),
                           codec::RecordWriter(kVersion).Time(kUntil, until).Take());
  return {};
}

Result<std::vector<Revocation>> Revocations::List() {
  std::vector<Revocation> revocations;
  for (const RevocationKind kind : kRevocationKinds) {
    const std::string prefix = keyspace::Revocation(context_.account, NameOf(kind), "");
    std::string corrupt;
    TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view at, const store::Entry& entry) {
      const auto until = Decode(entry.value);
      if (until) {
        revocations.push_back({.kind = kind, .what = std::string(at.substr(prefix.size())), .until = *until});
      } else {
        corrupt = at;
      }
      return until.has_value();
    })));
    if (!corrupt.empty()) return Corrupt(corrupt);
  }
  return revocations;
}

}  // namespace claviger::directory
