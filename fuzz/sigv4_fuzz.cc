// Any bytes, read as a request, are parsed and verified without a crash, and never accepted: nobody knows the key.
// A request that carries no signature is accepted once it has been signed, and the canonical request is the same text
// whether it is hashed in pieces or put together.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "base/time_text.h"
#include "http/uri.h"
#include "sigv4/canonical.h"
#include "sigv4/sign.h"
#include "sigv4/verify.h"
#include "unit/sigv4/request_text.h"

namespace {

using namespace claviger;         // NOLINT(google-build-using-namespace): a program of one file.
using namespace claviger::sigv4;  // NOLINT(google-build-using-namespace)

void Require(bool holds) {
  if (!holds) std::abort();
}

const SigningKey& UnknownKey() {
  static const SigningKey key = DeriveSigningKey(crypto::Secret(std::string("no input names this")), "", "", "");
  return key;
}

const Credentials& OurCredentials() {
  static const Credentials credentials{.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                                       .secret_access_key = crypto::Secret(std::string("secret")),
                                       .session_token = std::string("a+token/=")};
  return credentials;
}

void NeverAccepts(const http::Request& request, const Authorization& authorization) {
  // Its own time and service, so that the claims hold as often as they can.
  const std::string_view services[] = {authorization.service};
  Require(!Verify(request, authorization, UnknownKey(), {.now = authorization.signed_at, .services = services}).ok());
  const std::string text = CanonicalRequest(request, authorization.signed_headers, authorization.form);
  Require(HashCanonicalRequest(request, authorization.signed_headers, authorization.form) == crypto::Sha256Of(text));
}

void ExpectAccepted(const http::Request& request, TimePoint now) {
  const auto authorization = Parse(request);
  Require(authorization.ok());
  const SigningKey key = DeriveSigningKey(OurCredentials().secret_access_key, authorization->date,
                                          authorization->region, authorization->service);
  Require(Verify(request, *authorization, key, {.now = now}).ok());
}

// What the HTTP parser lets through as a name, and no header that signing adds.
bool CanBeSigned(const http::Request& request) {
  const auto plain = [](const http::Header& header) {
    return !header.name.empty() && std::ranges::all_of(header.name, http::IsUnreserved) &&
           !EqualsIgnoreCase(header.name, "x-amz-date") && !EqualsIgnoreCase(header.name, "x-amz-security-token");
  };
  return request.FindHeader("host") && request.headers.size() < kSignedHeadersMax - 3 &&
         std::ranges::all_of(request.headers, plain) && request.query.find("X-Amz-") == std::string_view::npos &&
         request.query.find('%') == std::string_view::npos;
}

void AcceptsOnceSigned(const http::Request& request) {
  const TimePoint now = ParseIso8601("2026-11-22T08:00:00Z").value();
  const SignOptions options{.region = "us-east-1", .service = "sts", .time = now};
  const auto added = SignHeaders(request, OurCredentials(), options);
  http::Request complete = request;
  for (const auto& [name, value] : added) complete.headers.push_back({name, value});
  ExpectAccepted(complete, now);

  const std::string query = PresignQuery(request, OurCredentials(), options, std::chrono::minutes(1));
  http::Request presigned = request;
  presigned.query = query;
  ExpectAccepted(presigned, now);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const RequestText text(std::string(reinterpret_cast<const char*>(data), size));
  const auto authorization = Parse(text.Get());
  if (authorization.ok()) {
    NeverAccepts(text.Get(), *authorization);
  } else if (authorization.error().code == ErrorCode::kMissingAuthenticationToken && CanBeSigned(text.Get()) &&
             !text.Get().FindHeader("authorization")) {
    AcceptsOnceSigned(text.Get());
  }
  return 0;
}
