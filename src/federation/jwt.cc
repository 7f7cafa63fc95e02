#include "federation/jwt.h"

#include <charconv>
#include <utility>

#include "base/encoding.h"

namespace claviger::federation {
namespace {

constexpr codec::JsonLimits kLimits{.bytes_max = kJwtBytesMax, .depth_max = 16};

Failure<JwtProblem> Malformed() { return Failure{JwtProblem::kMalformed}; }

std::optional<codec::JsonDocument> ParseObject(std::string_view encoded) {
  const auto text = Base64UrlDecode(encoded);
  if (!text) return std::nullopt;
  auto document = codec::ParseJson(*text, kLimits);
  if (!document.ok() || !document->root().IsObject()) return std::nullopt;
  return std::move(document).value();
}

}  // namespace

Expected<Jwt, JwtProblem> ParseJwt(std::string_view token) {
  if (token.size() > kJwtBytesMax) return Malformed();
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return Malformed();
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return Malformed();

  const auto header = ParseObject(token.substr(0, first));
  auto claims = ParseObject(token.substr(first + 1, second - first - 1));
  auto signature = Base64UrlDecode(token.substr(second + 1));
  if (!header || !claims || !signature) return Malformed();
  const codec::JsonValue* algorithm = header->root().Find("alg");
  if (algorithm == nullptr || !algorithm->IsString()) return Malformed();

  const auto known = crypto::ParseSignatureAlgorithm(algorithm->text);
  const codec::JsonValue* key_id = header->root().Find("kid");
  if (!known || header->root().Find("crit") != nullptr || (key_id != nullptr && !key_id->IsString())) {
    return Failure{JwtProblem::kUnsupported};
  }
  return Jwt{.algorithm = *known,
             .key_id = key_id == nullptr ? std::string() : std::string(key_id->text),
             .claims = *std::move(claims),
             .signed_part = token.substr(0, second),
             .signature = *std::move(signature)};
}

std::optional<std::int64_t> IntegerOf(const codec::JsonValue* value) {
  if (value == nullptr || value->kind != codec::JsonKind::kNumber) return std::nullopt;
  std::int64_t number = 0;
  const char* const end = value->text.data() + value->text.size();
  const auto [stop, error] = std::from_chars(value->text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace claviger::federation
