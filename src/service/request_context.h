// The condition keys of a request: who asks, from where, when, for what.
// Follows "AWS global condition context keys" in the IAM User Guide; which action has which keys of its own is in
// model/actions/. A key that this installation cannot know a value of (organizations, VPC endpoints, calls by AWS
// services) is absent, as it is for callers of AWS whom it does not concern.
#pragma once

#include <string_view>

#include "authz/context_keys.h"
#include "authz/request.h"
#include "aws/action.h"
#include "base/clock.h"
#include "http/message.h"
#include "service/controls.h"
#include "service/identity.h"
#include "service/resource.h"

namespace claviger::service {

struct Circumstances {
  const Identity& caller;
  const http::Request& http;
  std::string_view region;   // That the request was signed for.
  std::string_view service;  // That it is for: "iam".
  TimePoint now;
  bool mfa_authenticated = false;                // With this very request.
  const Controls* principal_controls = nullptr;  // Of the organization of the caller's account. Null: not looked up.
  const Controls* resource_controls = nullptr;   // Of the account of the resource.
};

// Adds the global keys and the keys of `action` to `keys`; `request` is the operation's, as its tables describe it.
void FillContextKeys(const Circumstances& circumstances, const ActionInfo& action, const void* request,
                     const Resource& resource, authz::ContextKeys& keys);

// Whether one of `sources` has a value: a list that is not empty, a text, a boolean that is true.
bool AnyHasValue(std::span<const ValueSource> sources, const Identity& caller, const void* request);

// The caller as policies name it. `account` is the text of its account. All views are of `caller` and `account`.
authz::Principal PrincipalOf(const Identity& caller, std::string_view account);

}  // namespace claviger::service
