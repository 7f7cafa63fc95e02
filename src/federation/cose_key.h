// Public keys as security keys write them: COSE_Key (RFC 9052), of the algorithms that Web Authentication uses. Pure.
// Immutable once parsed; safe to share between threads.
#pragma once

#include <optional>
#include <string_view>

#include "codec/cbor.h"
#include "crypto/signature.h"

namespace claviger::federation {

struct CoseKey {
  crypto::SignatureAlgorithm algorithm;  // The only one that it is for.
  crypto::PublicKey key;
};

// Reads one key and leaves `reader` behind it. nullopt unless it is ES256, ES384, ES512, EdDSA with Ed25519, or RS256
// of a length that is allowed, with exactly the parameters that this takes, and a point of its curve.
std::optional<CoseKey> ReadCoseKey(codec::CborReader& reader);

}  // namespace claviger::federation
