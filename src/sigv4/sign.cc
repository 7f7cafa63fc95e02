#include "sigv4/sign.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/text.h"
#include "base/time_text.h"
#include "sigv4/canonical.h"
#include "sigv4/signed_headers_internal.h"
#include "sigv4/signing_key.h"

namespace claviger::sigv4 {
namespace {

constexpr std::array<std::string_view, 7> kNeverSigned = {
    "accept-encoding", "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id"};

// What both forms say about where and when.
struct Scope {
  explicit Scope(const SignOptions& options)
      : timestamp(FormatIso8601Basic(options.time)), date(timestamp.substr(0, 8)) {
    text.append(date)
        .append("/")
        .append(options.region)
        .append("/")
        .append(options.service)
        .append("/")
        .append(kTerminator);
  }

  std::string timestamp;
  std::string date;
  std::string text;
};

// Sorted, each once, joined by ';'.
std::string NamesToSign(const http::Request& request) {
  std::vector<std::string> names;
  for (const http::Header& header : request.headers) {
    std::string name = AsciiLower(header.name);
    if (std::ranges::count(kNeverSigned, name) == 0) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string list;
  for (const std::string& name : names) list.append(list.empty() ? "" : ";").append(name);
  return list;
}

std::string Signature(const http::Request& request, std::string_view signed_headers, Form form, const Scope& scope,
                      const Credentials& credentials, const SignOptions& options) {
  const SigningKey key = DeriveSigningKey(credentials.secret_access_key, scope.date, options.region, options.service);
  const crypto::Digest canonical_request = HashCanonicalRequest(request, signed_headers, form);
  return HexEncode(key.Sign(StringToSign(scope.timestamp, scope.text, canonical_request)));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> SignHeaders(const http::Request& request,
                                                             const Credentials& credentials,
                                                             const SignOptions& options) {
  const Scope scope(options);
  std::vector<std::pair<std::string, std::string>> added;
  added.emplace_back("X-Amz-Date", scope.timestamp);
  if (credentials.session_token) added.emplace_back("X-Amz-Security-Token", *credentials.session_token);

  http::Request complete = request;
  for (const auto& [name, value] : added) complete.headers.push_back({name, value});
  const std::string names = NamesToSign(complete);
  const std::string signature = Signature(complete, names, Form::kHeader, scope, credentials, options);

  std::string authorization(kAlgorithm);
  authorization.append(" Credential=").append(credentials.access_key_id).append("/").append(scope.text);
  authorization.append(", SignedHeaders=").append(names).append(", Signature=").append(signature);
  added.emplace_back("Authorization", std::move(authorization));
  return added;
}

std::string PresignQuery(const http::Request& request, const Credentials& credentials, const SignOptions& options,
                         std::chrono::seconds expires) {
  const Scope scope(options);
  const std::string names = NamesToSign(request);
  std::string query(request.query);
  if (!query.empty()) query += '&';
  query.append("X-Amz-Algorithm=").append(kAlgorithm);
  query.append("&X-Amz-Credential=").append(PercentEncode(credentials.access_key_id + "/" + scope.text));
  query.append("&X-Amz-Date=").append(scope.timestamp);
  query.append("&X-Amz-SignedHeaders=").append(PercentEncode(names));
  query.append("&X-Amz-Expires=").append(std::to_string(expires.count()));
  if (credentials.session_token) {
    query.append("&X-Amz-Security-Token=").append(PercentEncode(*credentials.session_token));
  }
  http::Request complete = request;
  complete.query = query;
  const std::string signature = Signature(complete, names, Form::kQuery, scope, credentials, options);
  return query.append("&X-Amz-Signature=").append(signature);
}

}  // namespace claviger::sigv4
