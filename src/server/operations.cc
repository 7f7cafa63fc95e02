#include "server/operations.h"

#include "ops/iam/access_key.h"
#include "ops/iam/user.h"
#include "ops/sts/authorization_message.h"
#include "ops/sts/caller.h"
#include "ops/sts/session_token.h"

namespace claviger::server {

ops::Operations AllOperations() {
  ops::Operations operations;
  ops::iam::RegisterAccessKeyOperations(operations);
  ops::iam::RegisterUserOperations(operations);
  ops::sts::RegisterAuthorizationMessageOperations(operations);
  ops::sts::RegisterCallerOperations(operations);
  ops::sts::RegisterSessionTokenOperations(operations);
  return operations;
}

}  // namespace claviger::server
