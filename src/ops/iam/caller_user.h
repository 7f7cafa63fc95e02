// The user that a request is about when it names none: the one whose key signed it.
// Source: the UserName parameter in the IAM API reference, for example of UpdateAccessKey.
#pragma once

#include <optional>
#include <string>

#include "directory/user.h"
#include "ops/context.h"

namespace claviger::ops::iam {

// Whether the caller is the root user with credentials that stand for it where a request names nobody: a key of its
// own, or a session of AssumeRoot.
bool ImpliesRoot(const Caller& caller);

// The user named, else the calling user. Errors: NoSuchEntity; ValidationError when no user is named and the caller is
// no IAM user with a long-term key.
Result<directory::User> NamedOrCallingUser(OperationContext& context, const std::optional<std::string>& user_name);

// Whose access keys, password or MFA devices a request is about: a user's, or the root user's own when root names
// nobody.
struct KeyOwner {
  std::string id;                        // As directory::AccessKey::owner.
  std::optional<std::string> user_name;  // Absent for root.
};
// Errors: as NamedOrCallingUser.
Result<KeyOwner> NamedOrCallingKeyOwner(OperationContext& context, const std::optional<std::string>& user_name);

}  // namespace claviger::ops::iam
