// Verifies AWS Signature Version 4 on an incoming request: the stages after sigv4/authorization.h.
// Pure: reads no clock, store or socket. Safe to call from any thread.
#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "aws/error.h"
#include "base/clock.h"
#include "http/message.h"
#include "sigv4/authorization.h"
#include "sigv4/signing_key.h"

namespace claviger::sigv4 {

inline constexpr std::string_view kServices[] = {"iam", "sts"};

struct VerifyOptions {
  TimePoint now;
  std::span<const std::string_view> services = kServices;    // Those the credential may be scoped to.
  std::span<const std::string_view> regions = {};            // Empty: any region that is named.
  std::chrono::minutes skew_max = std::chrono::minutes(15);  // Either way, the edge included, in whole seconds.
  // Tells a client whose signature differs what should have been signed. It has sent all of it itself.
  bool explain_mismatch = true;
};

// Proves that `request` was signed with `key`, which must be derived for the secret of `authorization.access_key_id`
// and the date, region and service of `authorization`; and that it was signed for this place and time. REQUIRES:
// `authorization` was parsed from `request`, whose body is complete: its hash is part of what is signed.
//
// Errors, all SignatureDoesNotMatch, in this order:
//   3 host is not signed, 6 to 9 the scope is not ours (region, service, terminator, date: all that apply, in one
//   text), 10 signed too long ago, 11 signed in the future, 12 the signature differs (compared in constant time).
Result<> Verify(const http::Request& request, const Authorization& authorization, const SigningKey& key,
                const VerifyOptions& options);

// Checks 3 and 6 to 11: what needs no key. Verify makes them too; a caller may want them before it derives one.
Result<> CheckClaims(const Authorization& authorization, const VerifyOptions& options);

}  // namespace claviger::sigv4
