// When access keys and roles were last used: noted at most every quarter of an hour each, which is AWS's own
// granularity, so that requests are not slowed down by writing.
#pragma once

#include <optional>
#include <string>

#include "aws/caller.h"
#include "directory/directory.h"

namespace claviger::service {

// Whether a use by `caller` is noted: of long-term keys and of roles.
bool IsUseNoted(const Caller& caller);

// REQUIRES of both: IsUseNoted(caller), and `directory` is that of the caller's account.
Result<std::optional<TimePoint>> FindLastUse(directory::Directory& directory, const Caller& caller);
Result<> NoteUse(directory::Directory& directory, const Caller& caller, const directory::AccessKeyUse& use);

}  // namespace claviger::service
