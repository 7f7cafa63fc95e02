// What a browser hands over when a FIDO security key or passkey is registered: a RegistrationResponseJSON of Web
// Authentication (Level 3), as `PublicKeyCredential.toJSON()` makes it. Pure; everything is hostile.
//
// Read and checked is what can be told from the bytes alone. That the attestation is signed by the key's maker is not
// looked at: it would tell the model, which nothing is decided by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aws/error.h"

namespace claviger::federation {

inline constexpr std::size_t kFidoRegistrationBytesMax = std::size_t{64} << 10;

// Flags of the authenticator data.
inline constexpr std::uint8_t kFidoUserPresent = 0x01;
inline constexpr std::uint8_t kFidoUserVerified = 0x04;
inline constexpr std::uint8_t kFidoBackupEligible = 0x08;
inline constexpr std::uint8_t kFidoBackedUp = 0x10;
inline constexpr std::uint8_t kFidoHasKey = 0x40;
inline constexpr std::uint8_t kFidoHasExtensions = 0x80;

struct FidoRegistration {
  std::string credential_id;
  std::string public_key;  // COSE_Key, one that ReadCoseKey takes.
  std::string aaguid;      // 16 bytes.
  std::string rp_id_hash;  // 32 bytes.
  std::uint8_t flags = 0;
  std::uint32_t sign_count = 0;
  std::string attestation_format;
  std::vector<std::string> transports;
  std::string challenge;  // Of the client's data, in base64url.
  std::string origin;
};

// Errors: InvalidInput, which says what is wrong.
Result<FidoRegistration> ParseFidoRegistration(std::string_view json);

// The part of it that the security key wrote, in CBOR. Errors: InvalidInput.
Result<FidoRegistration> ParseAttestationObject(std::string_view cbor);

}  // namespace claviger::federation
