#include "ops/iam/caller_user.h"

namespace claviger::ops::iam {

bool ImpliesRoot(const Caller& caller) { return caller.IsRoot() && (!caller.IsTemporary() || caller.IsAssumedRoot()); }

Result<directory::User> NamedOrCallingUser(OperationContext& context, const std::optional<std::string>& user_name) {
  if (user_name) return context.directory.users.Get(*user_name);
  // "If a temporary access key was used, then UserName is required": a session never implies its user.
  if (context.caller.type != PrincipalType::kUser || context.caller.IsTemporary()) {
    return Fail(ErrorCode::kValidationError, "Must specify userName when calling with non-User credentials");
  }
  return context.directory.users.Get(context.caller.user_name);
}

Result<KeyOwner> NamedOrCallingKeyOwner(OperationContext& context, const std::optional<std::string>& user_name) {
  if (!user_name && ImpliesRoot(context.caller)) {
    return KeyOwner{.id = std::string(directory::kRootOwner), .user_name = std::nullopt};
  }
  const directory::User user = TRY(NamedOrCallingUser(context, user_name));
  return KeyOwner{.id = user.id, .user_name = user.name};
}

}  // namespace claviger::ops::iam
