#include "ops/iam/entity.h"

namespace claviger::ops::iam {

Result<> CheckHasNoPolicies(const directory::Holdings& holdings) {
  if (!holdings.attached.empty()) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete entity, must detach all policies first.");
  }
  if (!holdings.inline_policies.empty()) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete policies first.");
  }
  return {};
}

Failure<Error> RoleInInstanceProfile() {
  return Fail(ErrorCode::kDeleteConflict, "Cannot delete entity, must remove roles from instance profile first.");
}

}  // namespace claviger::ops::iam
