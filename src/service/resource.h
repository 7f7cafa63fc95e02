// What a request acts on: the ARN that policies are held against, and the words for it in a denial.
// Follows docs/internals/actions.md, "The resource" and "The message".
#pragma once

#include <string>
#include <string_view>

#include "aws/action.h"
#include "aws/error.h"
#include "service/directories.h"
#include "service/entity.h"
#include "service/identity.h"

namespace claviger::service {

struct Resource {
  std::string arn;  // Or "*".
  // Of the account that the ARN names, when that is not the caller's; else empty.
  std::string foreign_account;
  // Its type, and what is known of it; only the name when there is no such entity. Null and empty for `*`.
  const ResourceType* type = nullptr;
  Entity entity;
  // Of the service-specific credential that the request names: the service; empty when there is none.
  std::string credential_service;
  bool exists = false;  // Whether there is an entity, with tags and boundary of its own.
  bool in_arn = false;  // The message is the ARN, because no name stands for it.
};

struct ResourceQuestion {
  const ActionInfo& action;
  const Identity& caller;
  const void* request;      // As the operation's tables describe it.
  std::string_view region;  // That the request was signed for.
  const Directories& directories;
  store::Transaction& transaction;               // Of the caller's account.
  const Resource* operation_resource = nullptr;  // For kRenamed: what the operation's own action acts on.
};

// Errors: those of the store, and AccessDenied where AWS does not tell a resource that is missing from one that is
// none of the caller's business (an access key id).
Result<Resource> ResolveResource(const ResourceQuestion& question);

// The resource's text in a denial; empty: it is left out.
std::string ResourceMessage(const ResourceQuestion& question, const Resource& resource);

}  // namespace claviger::service
