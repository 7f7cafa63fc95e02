// What is kept of a FIDO security key or passkey: all that proves its signatures later. Nothing of it is a secret.
// Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"

namespace claviger::directory {

// The names are those of Web Authentication.
struct FidoKey {
  std::string credential_id;
  std::string public_key;               // COSE_Key, as its maker wrote it.
  std::string aaguid;                   // 16 bytes: which model it is.
  std::uint8_t flags = 0;               // Of the authenticator data: user verified, may be or is backed up.
  std::uint32_t sign_count = 0;         // Of the last signature that was seen.
  std::string rp_id_hash;               // SHA-256 of the relying party's id that it was made for.
  std::vector<std::string> transports;  // "usb", "nfc", "internal".
  std::vector<Tag> certifications;      // "FIDO": "L1".
  std::string attestation_format;       // "packed", "none".

  bool operator==(const FidoKey&) const = default;
};

// As a field of a record.
std::string EncodeFidoKey(const FidoKey& key);
// nullopt when it cannot be read.
std::optional<FidoKey> DecodeFidoKey(std::string_view record);

}  // namespace claviger::directory
