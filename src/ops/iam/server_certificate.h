// Server certificates: UploadServerCertificate, GetServerCertificate, ListServerCertificates, UpdateServerCertificate,
// DeleteServerCertificate.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterServerCertificateOperations(Operations& operations);

}  // namespace claviger::ops::iam
