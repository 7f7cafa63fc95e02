// Whatever the text, reading an SSH public key returns; and a key stays the same through all of its forms.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/ssh_public_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using claviger::crypto::SshPublicKey;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto wire = SshPublicKey::FromWire(text); wire && wire->wire() != text) std::abort();
  const auto key = SshPublicKey::Parse(text);
  if (!key.ok()) return 0;
  const auto line = SshPublicKey::Parse(key->Ssh());
  const auto pem = SshPublicKey::Parse(key->Pem());
  if (!line.ok() || line->wire() != key->wire() || !pem.ok() || pem->wire() != key->wire()) std::abort();
  if (key->Fingerprint().size() != 47) std::abort();
  return 0;
}
