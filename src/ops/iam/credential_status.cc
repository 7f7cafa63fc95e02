#include "ops/iam/credential_status.h"

#include "gen/iam/types.h"

namespace claviger::ops::iam {

using directory::CredentialStatus;
namespace status_type = gen::iam::status_type;

Result<CredentialStatus> StatusFromApi(std::string_view status) {
  if (status == status_type::kActive) return CredentialStatus::kActive;
  if (status == status_type::kInactive) return CredentialStatus::kInactive;
  return Fail(ErrorCode::kInvalidInput, "Operation does not support status " + std::string(status));
}

std::string ToApi(CredentialStatus status) {
  return std::string(status == CredentialStatus::kActive ? status_type::kActive : status_type::kInactive);
}

}  // namespace claviger::ops::iam
