#include "ops/iam/entity.h"

namespace claviger::ops::iam {

std::string_view KindName(directory::EntityKind kind) {
  switch (kind) {
    case directory::EntityKind::kUser:
      return "user";
    case directory::EntityKind::kGroup:
      return "group";
    case directory::EntityKind::kRole:
      break;
  }
  return "role";
}

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
