#include "service/last_use.h"

namespace claviger::service {
namespace {

bool IsRole(const Caller& caller) { return caller.type == PrincipalType::kAssumedRole; }

template <class Use>
std::optional<TimePoint> TimeOf(const std::optional<Use>& use) {
  return use ? std::optional(use->time) : std::nullopt;
}

}  // namespace

bool IsUseNoted(const Caller& caller) { return !caller.IsTemporary() || IsRole(caller); }

Result<std::optional<TimePoint>> FindLastUse(directory::Directory& directory, const Caller& caller) {
  if (IsRole(caller)) return TimeOf(TRY(directory.roles.FindUse(caller.unique_id)));
  return TimeOf(TRY(directory.access_keys.FindUse(caller.access_key_id)));
}

Result<> NoteUse(directory::Directory& directory, const Caller& caller, const directory::AccessKeyUse& use) {
  if (!IsRole(caller)) return directory.access_keys.RecordUse(caller.access_key_id, use);
  return directory.roles.RecordUse(caller.unique_id, {.time = use.time, .region = use.region});
}

}  // namespace claviger::service
