// SSH public keys: UploadSSHPublicKey, GetSSHPublicKey, ListSSHPublicKeys, UpdateSSHPublicKey, DeleteSSHPublicKey.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterSshPublicKeyOperations(Operations& operations);

}  // namespace claviger::ops::iam
