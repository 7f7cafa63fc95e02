// Who in an account has which credentials, as CSV: GenerateCredentialReport, GetCredentialReport.
// Source: "Getting credential reports for your AWS account" in the IAM User Guide; the form is that of recorded
// answers.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterCredentialReportOperations(Operations& operations);

}  // namespace claviger::ops::iam
