// Signing certificates: UploadSigningCertificate, UpdateSigningCertificate, ListSigningCertificates,
// DeleteSigningCertificate.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterSigningCertificateOperations(Operations& operations);

}  // namespace claviger::ops::iam
