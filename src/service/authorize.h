// May this caller do that? Denies whatever no rule allows, in AWS's words.
//
// The order: what the kind of credentials may be used for at all; then, for the operation's own action and each of its
// additional ones (model/actions/), the policies, by the one evaluator. docs/internals/authorization.md tells more.
//
// Of outsiders, whom only an identity provider knows, the role's trust policy alone decides; the operation that proves
// who they are has them asked about.
//
// An operation whose check is `none` touches no policy; the root user's requests touch none within its account.
// Not thread-safe: one for each event loop.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/entry.h"
#include "authz/evaluate.h"
#include "aws/error.h"
#include "aws/shape.h"
#include "service/controls.h"
#include "service/permissions.h"
#include "service/request_context.h"

namespace claviger::service {

// What was decided about one permission, and by what: for those who have to tell why.
struct Ruling {
  std::string action;    // "iam:CreateUser"
  std::string resource;  // An ARN or "*".
  authz::Decision decision = authz::Decision::kImplicitDeny;
  authz::Layer layer = authz::Layer::kIdentity;
  // The statement that allowed or denied: its policy's ARN, or the name of one without; empty when none did.
  std::string policy;
  std::uint32_t statement = 0;  // From 0.
  std::string sid;
};

struct AuthorizationQuestion {
  const Identity& caller;
  const OperationInfo& operation;
  const void* request;  // The operation's decoded Request.
  const http::Request& http;
  std::string_view region;  // That the request was signed for.
  TimePoint now;
  bool mfa_authenticated = false;           // With this very request.
  std::vector<audit::Use>* uses = nullptr;  // Gets each permission that is asked for; null: nobody wants to know.
  std::vector<Ruling>* rulings = nullptr;   // The same, with the answers.
  // Of a request of the past: what it acted on, which may be gone by now.
  std::span<const audit::Use> recorded = {};
};

class Authorizer {
 public:
  // REQUIRES: what it refers to outlives it.
  Authorizer(store::Reader& reader, const Directories& directories);

  // Decides in the reader's present snapshot. When a policy (or the lack of one) denies, and `message` is not null, it
  // gets the sealed reasons: see service/authorization_message.h.
  // Errors: AccessDenied; InvalidClientTokenId where AWS refuses the kind of credentials as such.
  Result<> Authorize(const AuthorizationQuestion& question, std::string* message);

 private:
  struct Attempt;

  Result<Resource> Resolve(Attempt& attempt, const ActionInfo& action, const Resource* operation_resource);
  Result<> Check(Attempt& attempt, const ActionInfo& action, const Resource& resource);
  std::unique_ptr<const authz::CompiledSet> TrustOf(const Resource& resource);

  store::Reader& reader_;
  Directories directories_;
  PolicyCache policies_;
  PermissionCache permissions_;
  ControlCache controls_;
  authz::RequestContext context_;  // Kept for its memory.
};

}  // namespace claviger::service
