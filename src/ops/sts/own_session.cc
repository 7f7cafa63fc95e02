#include "ops/sts/own_session.h"

#include <algorithm>
#include <string>

namespace claviger::ops::sts {
namespace {

using std::chrono::seconds;

constexpr seconds kDurationDefault{43200};
constexpr seconds kRootDurationMax{3600};

}  // namespace

Result<> CheckLongTerm(const Caller& caller, std::string_view operation) {
  if (!caller.IsTemporary()) return {};
  return Fail(ErrorCode::kAccessDenied, "Cannot call " + std::string(operation) + " with session credentials");
}

seconds OwnDuration(const Caller& caller, std::optional<std::int32_t> asked) {
  const seconds duration = asked ? seconds(*asked) : kDurationDefault;
  return caller.IsRoot() ? std::min(duration, kRootDurationMax) : duration;
}

}  // namespace claviger::ops::sts
