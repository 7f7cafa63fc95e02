#include "federation/fido_registration.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/encoding.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "federation/cose_key.h"

namespace claviger::federation {
namespace {

using codec::CborItem;
using codec::CborKind;
using codec::JsonValue;

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kAaguidBytes = 16;
constexpr std::size_t kCredentialIdBytesMax = 1023;  // As Web Authentication has it.
constexpr std::size_t kTransportsMax = 8;
constexpr std::size_t kWordCharactersMax = 32;
constexpr codec::JsonLimits kJsonLimits{.bytes_max = kFidoRegistrationBytesMax, .depth_max = 16};

Failure<Error> Wrong(std::string what) { return Fail(ErrorCode::kInvalidInput, std::move(what)); }

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<std::uint8_t>(byte);
  return number;
}

// "usb", "android-key".
bool IsWord(std::string_view text) {
  return !text.empty() && text.size() <= kWordCharactersMax &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// Takes what is fixed in length from the front of `bytes`.
std::optional<std::string_view> Take(std::string_view& bytes, std::size_t count) {
  if (bytes.size() < count) return std::nullopt;
  const std::string_view front = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return front;
}

// Authenticator data: hash (32 bytes), flags (1), count (4), then AAGUID (16), length (2), credential id and key, then
// extensions if the flags say so.
Result<> ReadAuthenticatorData(std::string_view bytes, FidoRegistration& registration) {
  const auto hash = Take(bytes, kHashBytes);
  const auto flags = Take(bytes, 1);
  const auto count = Take(bytes, 4);
  if (!hash || !flags || !count) return Wrong("the authenticator data is cut off");
  registration.rp_id_hash = *hash;
  registration.flags = static_cast<std::uint8_t>(flags->front());
  registration.sign_count = static_cast<std::uint32_t>(BigEndian(*count));
  const auto has = [&](std::uint8_t flag) { return (registration.flags & flag) != 0; };
  if (!has(kFidoUserPresent)) return Wrong("nobody was present when the key was registered");
  if (has(kFidoBackedUp) && !has(kFidoBackupEligible)) return Wrong("the key is backed up, but says that it cannot be");
  if (!has(kFidoHasKey)) return Wrong("the authenticator data has no public key");

  const auto aaguid = Take(bytes, kAaguidBytes);
  const auto length = aaguid ? Take(bytes, 2) : std::nullopt;
  const auto id = length ? Take(bytes, static_cast<std::size_t>(BigEndian(*length))) : std::nullopt;
  if (!id) return Wrong("the authenticator data is cut off");
  if (id->empty() || id->size() > kCredentialIdBytesMax) return Wrong("the credential's id has no bytes, or too many");
  registration.aaguid = *aaguid;
  registration.credential_id = *id;

  codec::CborReader reader(bytes);
  if (!ReadCoseKey(reader)) return Wrong("the public key is none, or of an algorithm that is not taken");
  registration.public_key = bytes.substr(0, bytes.size() - reader.rest().size());
  if (has(kFidoHasExtensions)) {
    codec::CborReader head = reader;
    const auto extensions = head.Next();
    if (!extensions || extensions->kind != CborKind::kMap || !reader.Skip()) {
      return Wrong("the extensions cannot be read");
    }
  }
  if (!reader.rest().empty()) return Wrong("something follows the authenticator data");
  return {};
}

std::string_view TextIn(const JsonValue& object, std::string_view name) {
  const JsonValue* value = object.Find(name);
  return value != nullptr && value->IsString() ? value->text : std::string_view();
}

// What the browser says that it did.
Result<> ReadClientData(std::string_view json, FidoRegistration& registration) {
  const auto document = codec::ParseJson(json, kJsonLimits);
  if (!document.ok() || !document->root().IsObject()) return Wrong("clientDataJSON is no JSON object");
  if (TextIn(document->root(), "type") != "webauthn.create") return Wrong("clientDataJSON is not of a registration");
  registration.challenge = TextIn(document->root(), "challenge");
  registration.origin = TextIn(document->root(), "origin");
  if (registration.challenge.empty() || registration.origin.empty()) {
    return Wrong("clientDataJSON has no challenge or no origin");
  }
  return {};
}

Result<> ReadTransports(const JsonValue& response, FidoRegistration& registration) {
  const JsonValue* transports = response.Find("transports");
  if (transports == nullptr) return {};
  if (!transports->IsArray() || transports->items.size() > kTransportsMax) {
    return Wrong("`transports` is no list, or too long");
  }
  for (const JsonValue& transport : transports->items) {
    if (!transport.IsString() || !IsWord(transport.text)) return Wrong("`transports` has something that is no word");
    registration.transports.emplace_back(transport.text);
  }
  return {};
}

}  // namespace

Result<FidoRegistration> ParseAttestationObject(std::string_view cbor) {
  codec::CborReader reader(cbor);
  const auto map = reader.Next();
  if (!map || map->kind != CborKind::kMap || map->number != 3) return Wrong("the attestation object cannot be read");
  FidoRegistration registration;
  std::string_view data;
  bool has_statement = false;
  for (std::uint64_t i = 0; i < map->number; ++i) {
    const auto name = reader.Next();
    if (!name || name->kind != CborKind::kText) return Wrong("the attestation object cannot be read");
    codec::CborReader head = reader;
    const CborItem value = head.Next().value_or(CborItem());
    if (!reader.Skip()) return Wrong("the attestation object cannot be read");
    if (name->bytes == "fmt" && value.kind == CborKind::kText && IsWord(value.bytes)) {
      registration.attestation_format = value.bytes;
    }
    if (name->bytes == "authData" && value.kind == CborKind::kBytes) data = value.bytes;
    if (name->bytes == "attStmt" && value.kind == CborKind::kMap) has_statement = true;
  }
  if (registration.attestation_format.empty() || data.empty() || !has_statement || !reader.rest().empty()) {
    return Wrong("the attestation object does not have fmt, attStmt and authData, and nothing else");
  }
  TRY(ReadAuthenticatorData(data, registration));
  return registration;
}

Result<FidoRegistration> ParseFidoRegistration(std::string_view json) {
  const auto document = codec::ParseJson(json, kJsonLimits);
  if (!document.ok()) return Wrong("this is no JSON: " + document.error().message);
  const JsonValue& root = document->root();
  const JsonValue* response = root.IsObject() ? root.Find("response") : nullptr;
  if (response == nullptr || !response->IsObject() || TextIn(root, "type") != "public-key") {
    return Wrong("this is no registration of a public key: it needs `type` and `response`");
  }
  const auto id = Base64UrlDecode(TextIn(root, "id"));
  const auto object = Base64UrlDecode(TextIn(*response, "attestationObject"));
  const auto client_data = Base64UrlDecode(TextIn(*response, "clientDataJSON"));
  if (!id || !object || !client_data) return Wrong("`id`, `attestationObject` or `clientDataJSON` is not base64url");
  FidoRegistration registration = TRY(ParseAttestationObject(*object));
  if (*id != registration.credential_id) return Wrong("`id` is not that of the credential");
  TRY(ReadClientData(*client_data, registration));
  TRY(ReadTransports(*response, registration));
  return registration;
}

}  // namespace claviger::federation
