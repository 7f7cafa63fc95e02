#include "service/token_issuer.h"

#include "base/encoding.h"
#include "codec/json_writer.h"
#include "directory/outbound_federation.h"
#include "directory/token_key.h"
#include "ops/token_issuer.h"

namespace claviger::service {
namespace {

using crypto::SignatureAlgorithm;

constexpr std::string_view kDiscovery = "/.well-known/openid-configuration";
constexpr std::string_view kKeys = "/.well-known/jwks.json";
constexpr std::size_t kIssuerIdBytesMax = 64;
constexpr int kNotFound = 404;
constexpr SignatureAlgorithm kAlgorithms[] = {SignatureAlgorithm::kRs256, SignatureAlgorithm::kEs384};

void WriteTexts(codec::JsonWriter& json, std::string_view name, std::initializer_list<std::string_view> texts) {
  json.Key(name);
  json.BeginArray();
  for (const std::string_view text : texts) json.String(text);
  json.EndArray();
}

void WriteText(codec::JsonWriter& json, std::string_view name, std::string_view text) {
  json.Key(name);
  json.String(text);
}

void WriteDiscovery(const std::string& issuer, std::string& out) {
  codec::JsonWriter json(out);
  json.BeginObject();
  WriteText(json, "issuer", issuer);
  WriteText(json, "jwks_uri", issuer + std::string(kKeys));
  WriteTexts(json, "response_types_supported", {"id_token"});
  WriteTexts(json, "subject_types_supported", {"public"});
  WriteTexts(json, "id_token_signing_alg_values_supported", {"RS256", "ES384"});
  WriteTexts(json, "claims_supported", {"iss", "sub", "aud", "exp", "iat", "jti", ops::kTokenNamespace});
  json.EndObject();
}

void WriteKey(codec::JsonWriter& json, const directory::TokenKey& key) {
  const bool rsa = key.algorithm == SignatureAlgorithm::kRs256;
  json.BeginObject();
  WriteText(json, "kty", rsa ? "RSA" : "EC");
  if (!rsa) WriteText(json, "crv", "P-384");
  WriteText(json, "kid", key.id);
  WriteText(json, "use", "sig");
  WriteText(json, "alg", crypto::SignatureAlgorithmName(key.algorithm));
  WriteText(json, rsa ? "n" : "x", Base64UrlEncode(AsBytes(key.public_numbers.first)));
  WriteText(json, rsa ? "e" : "y", Base64UrlEncode(AsBytes(key.public_numbers.second)));
  json.EndObject();
}

Result<> WriteKeys(const directory::Context& context, std::string& out) {
  codec::JsonWriter json(out);
  json.BeginObject();
  json.Key("keys");
  json.BeginArray();
  for (const SignatureAlgorithm algorithm : kAlgorithms) {
    for (const directory::TokenKey& key : TRY(directory::TokenKeys(context).List(algorithm))) WriteKey(json, key);
  }
  json.EndArray();
  json.EndObject();
  return {};
}

}  // namespace

std::optional<TokenIssuerPath> ParseTokenIssuerPath(const http::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  std::string_view rest = request.path;
  if (!rest.starts_with(ops::kTokenIssuerPath)) return std::nullopt;
  rest.remove_prefix(ops::kTokenIssuerPath.size());
  const std::size_t slash = rest.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash > kIssuerIdBytesMax) return std::nullopt;
  const std::string_view document = rest.substr(slash);
  if (document != kDiscovery && document != kKeys) return std::nullopt;
  return TokenIssuerPath{.issuer_id = std::string(rest.substr(0, slash)), .keys = document == kKeys};
}

Result<> Publish(const TokenIssuerPath& asked, const directory::Context& context, std::string_view base,
                 http::Response& response) {
  const auto account = TRY(directory::FindTokenIssuer(context.transaction, asked.issuer_id));
  if (!account) {
    response.status = kNotFound;
    return {};
  }
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "public, max-age=300");
  if (asked.keys) return WriteKeys(directory::InAccount(context, *account), response.body);
  WriteDiscovery(ops::TokenIssuerUrl(base, asked.issuer_id), response.body);
  return {};
}

}  // namespace claviger::service
