// What ends sessions before they expire, at rest: all that were issued up to a moment, of one role or user, from one
// access key, or with one source identity. One attempt's view; not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "directory/context.h"

namespace claviger::directory {

enum class RevocationKind : std::uint8_t { kRole, kUser, kAccessKey, kSourceIdentity };

inline constexpr std::array<RevocationKind, 4> kRevocationKinds = {
    RevocationKind::kRole, RevocationKind::kUser, RevocationKind::kAccessKey, RevocationKind::kSourceIdentity};

// "role", "user", "access-key", "source-identity".
std::string_view NameOf(RevocationKind kind);

struct Revocation {
  RevocationKind kind;
  std::string what;  // Unique id, access key id or source identity.
  TimePoint until;   // Sessions issued up to then are refused.
};

class Revocations {
 public:
  explicit Revocations(const Context& context) : context_(context) {}

  // Until when sessions are refused; nullopt when none are.
  Result<std::optional<TimePoint>> Find(RevocationKind kind, std::string_view what);
  // Refuses those issued up to `now`. Forgets what no living session can be older than.
  Result<> Revoke(RevocationKind kind, std::string_view what, TimePoint now);
  // By kind and what.
  Result<std::vector<Revocation>> List();

 private:
  Context context_;
};

}  // namespace claviger::directory
