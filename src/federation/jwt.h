// JSON Web Tokens from outside (RFC 7519), in the compact form (RFC 7515): taken apart, nothing believed yet.
// Pure. What comes out is what an attacker may have written until web_keys.h has proven the signature.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"
#include "crypto/signature.h"

namespace claviger::federation {

// The most that STS takes.
inline constexpr std::size_t kJwtBytesMax = 20'000;

struct Jwt {
  crypto::SignatureAlgorithm algorithm = crypto::SignatureAlgorithm::kRs256;
  std::string key_id;            // Empty: it names none.
  codec::JsonDocument claims;    // An object.
  std::string_view signed_part;  // Of the token that was parsed.
  std::string signature;
};

enum class JwtProblem : std::uint8_t {
  kMalformed,    // No token at all.
  kUnsupported,  // Signed in a way that is not accepted, or not at all; or with extensions that must be understood.
};

// REQUIRES: `token` outlives what is returned. Keys that the token brings along, or points at, are not looked at.
Expected<Jwt, JwtProblem> ParseJwt(std::string_view token);

// The value of a claim that is a whole number; nullopt for any other.
std::optional<std::int64_t> IntegerOf(const codec::JsonValue* value);

}  // namespace claviger::federation
