// The status of a credential, as requests give it and answers show it.
#pragma once

#include <string>
#include <string_view>

#include "aws/error.h"
#include "directory/credential_status.h"

namespace claviger::ops::iam {

// Errors: InvalidInput for a status that only time can bring about.
Result<directory::CredentialStatus> StatusFromApi(std::string_view status);
std::string ToApi(directory::CredentialStatus status);

}  // namespace claviger::ops::iam
