#include "federation/web_keys.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"

namespace claviger::federation {
namespace {

using codec::JsonValue;

std::string_view TextOf(const JsonValue& object, std::string_view name) {
  const JsonValue* value = object.Find(name);
  return value != nullptr && value->IsString() ? value->text : std::string_view();
}

// A member in base64; empty when it is not there or is none.
std::string BytesOf(const JsonValue& object, std::string_view name) {
  return Base64UrlDecode(TextOf(object, name)).value_or(std::string());
}

std::optional<crypto::PublicKey> ParsePublicKey(const JsonValue& json) {
  const std::string_view type = TextOf(json, "kty");
  const std::string_view curve = TextOf(json, "crv");
  if (type == "RSA") return crypto::PublicKey::FromRsa(BytesOf(json, "n"), BytesOf(json, "e"));
  if (type == "OKP" && curve == "Ed25519") return crypto::PublicKey::FromEd25519(BytesOf(json, "x"));
  if (type != "EC") return std::nullopt;
  constexpr std::pair<std::string_view, crypto::EcCurve> kCurves[] = {
      {"P-256", crypto::EcCurve::kP256}, {"P-384", crypto::EcCurve::kP384}, {"P-521", crypto::EcCurve::kP521}};
  for (const auto& [name, known] : kCurves) {
    if (curve == name) return crypto::PublicKey::FromEc(known, BytesOf(json, "x"), BytesOf(json, "y"));
  }
  return std::nullopt;
}

bool IsForSignatures(const JsonValue& json) {
  const JsonValue* use = json.Find("use");
  if (use != nullptr && use->text != "sig") return false;
  const JsonValue* operations = json.Find("key_ops");
  return operations == nullptr ||
         std::ranges::any_of(operations->items, [](const JsonValue& one) { return one.text == "verify"; });
}

}  // namespace

std::optional<WebKeys::Key> WebKeys::ParseKey(const JsonValue& json) {
  if (!IsForSignatures(json)) return std::nullopt;
  auto key = ParsePublicKey(json);
  if (!key) return std::nullopt;
  Key parsed{.id = std::string(TextOf(json, "kid")), .algorithm = {}, .key = *std::move(key)};
  if (json.Find("alg") != nullptr) {
    parsed.algorithm = crypto::ParseSignatureAlgorithm(TextOf(json, "alg"));
    if (!parsed.algorithm) return std::nullopt;
  }
  return parsed;
}

std::optional<WebKeys> WebKeys::Parse(std::string_view json) {
  const auto document = codec::ParseJson(json, {.bytes_max = kWebKeysBytesMax, .depth_max = 16});
  if (!document.ok()) return std::nullopt;
  const JsonValue* list = document->root().Find("keys");
  if (list == nullptr || !list->IsArray()) return std::nullopt;
  std::size_t rsa = 0;
  for (const JsonValue& one : list->items) rsa += TextOf(one, "kty") == "RSA" ? 1 : 0;
  if (rsa > kWebKeysMax || list->items.size() - rsa > kWebKeysMax) return std::nullopt;
  WebKeys keys;
  for (const JsonValue& one : list->items) {
    if (auto key = ParseKey(one)) keys.keys_.push_back(*std::move(key));
  }
  return keys;
}

bool WebKeys::Has(std::string_view key_id) const {
  return std::ranges::any_of(keys_, [&](const Key& key) { return key.id == key_id; });
}

bool WebKeys::Verify(const Jwt& token) const {
  std::vector<const Key*> fitting;
  for (const Key& key : keys_) {
    const bool named = token.key_id.empty() || key.id == token.key_id;
    const bool allowed = !key.algorithm || *key.algorithm == token.algorithm;
    if (named && allowed && key.key.Fits(token.algorithm)) fitting.push_back(&key);
  }
  if (token.key_id.empty() && fitting.size() != 1) return false;
  return std::ranges::any_of(
      fitting, [&](const Key* key) { return key->key.Verify(token.algorithm, token.signed_part, token.signature); });
}

std::optional<std::string> ParseDiscovery(std::string_view json, std::string_view issuer) {
  const auto document = codec::ParseJson(json, {.bytes_max = kDiscoveryBytesMax, .depth_max = 16});
  if (!document.ok() || TextOf(document->root(), "issuer") != issuer) return std::nullopt;
  const std::string_view place = TextOf(document->root(), "jwks_uri");
  if (!place.starts_with("https://")) return std::nullopt;
  return std::string(place);
}

}  // namespace claviger::federation
