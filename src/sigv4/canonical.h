// The text that Signature Version 4 signs: canonical request and string to sign.
// Pure. Safe to call from any thread. Follows "Create a signed AWS API request" in the IAM User Guide, as it holds for
// every service but S3: the path is normalised and encoded once more than it was sent.
#pragma once

#include <string>
#include <string_view>

#include "crypto/sha256.h"
#include "http/message.h"
#include "sigv4/authorization.h"

namespace claviger::sigv4 {

// IAM and STS know one way only; the others are there for the published test vectors and for services of other kinds.
struct CanonicalOptions {
  bool normalize_path = true;
  // The query form of services that add X-Amz-Security-Token after signing.
  bool omit_session_token = false;
};

// The canonical request:
//   method, path, query, header lines, an empty line, signed header names, hash of the body; joined by "\n".
// - Path: without empty and "." segments, ".." resolved, each segment percent-encoded as sent.
// - Query: each name and value decoded and encoded again, sorted by encoded name, then value. X-Amz-Signature is left
//   out of the query form.
// - Headers: those in `signed_headers` (names joined by ';'), in order of their lower-case names; values trimmed, runs
//   of white space collapsed, those of repeated headers joined by ','.
// - The body is hashed here: x-amz-content-sha256 is a header like any other.
std::string CanonicalRequest(const http::Request& request, std::string_view signed_headers, Form form,
                             const CanonicalOptions& options = {});

// The SHA-256 of the same text, which is never put together. Does not allocate as long as the names are in order and
// the query is empty or of usual size (some 2 kB).
crypto::Digest HashCanonicalRequest(const http::Request& request, std::string_view signed_headers, Form form,
                                    const CanonicalOptions& options = {});

// `timestamp` is YYYYMMDDTHHMMSSZ, `scope` is date/region/service/terminator.
std::string StringToSign(std::string_view timestamp, std::string_view scope, const crypto::Digest& canonical_request);

}  // namespace claviger::sigv4
