// Whatever the bytes, reading what a security key says of itself returns; and a key that was taken can be read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "federation/cose_key.h"
#include "federation/fido_registration.h"

namespace {

void Check(const claviger::Result<claviger::federation::FidoRegistration>& registration) {
  if (!registration.ok()) return;
  claviger::codec::CborReader reader(registration->public_key);
  const auto key = claviger::federation::ReadCoseKey(reader);
  if (!key || !reader.rest().empty() || !key->key.Fits(key->algorithm)) std::abort();
  if (registration->credential_id.empty() || registration->aaguid.size() != 16) std::abort();
  if (registration->rp_id_hash.size() != 32) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Check(claviger::federation::ParseAttestationObject(text));
  Check(claviger::federation::ParseFidoRegistration(text));
  return 0;
}
