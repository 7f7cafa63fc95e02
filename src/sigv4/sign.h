// Signs a request with AWS Signature Version 4, as clients do: for the command line, tests and benchmarks.
// Pure. Safe to call from any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "crypto/secret.h"
#include "http/message.h"

namespace claviger::sigv4 {

struct Credentials {
  std::string access_key_id;
  crypto::Secret secret_access_key;
  std::optional<std::string> session_token;
};

struct SignOptions {
  std::string_view region;
  std::string_view service;
  TimePoint time;
};

// The headers to add to `request` so that it is signed: X-Amz-Date, X-Amz-Security-Token for temporary credentials, and
// Authorization. All headers of the request are signed but those that proxies and libraries change on the way
// (User-Agent, Accept-Encoding, Connection, Expect, Transfer-Encoding, X-Amzn-Trace-Id).
// REQUIRES: the request has a Host header and none of those to add; its path and query are as they will be sent.
std::vector<std::pair<std::string, std::string>> SignHeaders(const http::Request& request,
                                                             const Credentials& credentials,
                                                             const SignOptions& options);

// The query of the presigned form of `request`: its own query followed by the X-Amz-* parameters. The same headers are
// signed and must be sent along; a URL for a browser has none but Host. `expires` is written, though IAM and STS ignore
// it. REQUIRES: the request has a Host header.
std::string PresignQuery(const http::Request& request, const Credentials& credentials, const SignOptions& options,
                         std::chrono::seconds expires);

}  // namespace claviger::sigv4
