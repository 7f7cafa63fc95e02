// What a request says about its own signature: the first stage of Signature Version 4 verification.
// Pure: reads no clock, store or socket. Safe to call from any thread.
//
// The stages, each a call of its own so that the caller can look the key up, and cache it, in between:
//   Parse -> CheckHostSigned -> (key look-up, session expiry) -> Verify          (the latter two in sigv4/verify.h)
// Nothing in an Authorization is proven before Verify has accepted it.
//
// Follows "Create a signed AWS API request" in the IAM User Guide; texts are those of the live services.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "aws/error.h"
#include "base/clock.h"
#include "http/message.h"

namespace claviger::sigv4 {

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kTerminator = "aws4_request";

// More is refused: the work is bounded by this times the number of headers. SDKs sign three to ten.
inline constexpr std::size_t kSignedHeadersMax = 64;
// A Credential of five short words; longer ones are refused, so that the string to sign fits a fixed buffer.
inline constexpr std::size_t kCredentialBytesMax = 512;

enum class Form : std::uint8_t {
  kHeader,  // In the Authorization header.
  kQuery,   // In X-Amz-* query parameters: a presigned URL.
};

// Views into the request, or into `decoded` where the request has them percent-encoded: valid as long as both are.
struct Authorization {
  Form form = Form::kHeader;
  std::string_view access_key_id;  // May be empty; nobody has that key.
  std::string_view scope;          // The next four as sent, joined by '/'.
  std::string_view date;           // As sent; Verify compares it with `timestamp`.
  std::string_view region;
  std::string_view service;
  std::string_view terminator;
  std::string_view signed_headers;   // As sent: names joined by ';', each in the request, none twice.
  std::string_view signature;        // As sent; Verify accepts 64 lower-case hex digits only.
  std::array<char, 16> timestamp{};  // YYYYMMDDTHHMMSSZ: the text that was signed.
  TimePoint signed_at;               // The same instant.
  // From where the signature is, header or query. Whether it belongs to the key is for the caller to prove.
  std::optional<std::string_view> session_token;
  std::unique_ptr<char[]> decoded;  // Null unless a query parameter was percent-encoded.

  [[nodiscard]] std::string_view TimestampText() const { return {timestamp.data(), timestamp.size()}; }
  // `name` must be in lower case.
  [[nodiscard]] bool Signs(std::string_view name) const;
};

// Reads the Authorization header or, when there is none, the X-Amz-* query parameters. X-Amz-Expires is ignored, as IAM
// and STS do: fifteen minutes around X-Amz-Date is all a presigned URL gets. The time is that of X-Amz-Date or, without
// it, of the Date header, which may be an HTTP date.
//
// Errors, the first that applies:
// - MissingAuthenticationToken: neither form is there, the Authorization header is of a foreign scheme (Bearer, Basic),
//   or X-Amz-Algorithm is unknown.
// - SignatureDoesNotMatch: both forms at once.
// - IncompleteSignature: another AWS algorithm (SigV2, SigV4A); a part is missing, malformed, unknown or there twice; a
//   signed header is not in the request. Of AWS's two generations of texts the newer one is used, which shows
//   the hash of the Authorization header and not the header: people paste secrets into the wrong place.
//   Texts that AWS does not have, such as for repeated parts, are ours and in lower case.
Result<Authorization> Parse(const http::Request& request);

// Check 3, before the key is looked up. Errors: SignatureDoesNotMatch.
Result<> CheckHostSigned(const Authorization& authorization);

}  // namespace claviger::sigv4
