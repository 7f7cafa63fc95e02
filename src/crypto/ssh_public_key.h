// RSA public keys as SSH writes them (RFC 4253, section 6.6) and as PEM, and from the one form to the other.
// Immutable; pure. Everything read is treated as hostile.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace claviger::crypto {

inline constexpr int kSshRsaBitsMin = 2048;
inline constexpr int kSshRsaBitsMax = 16384;
inline constexpr std::size_t kSshPublicKeyBytesMax = 16384;

enum class SshKeyError {
  kUnrecognized,  // Neither form of a public key.
  kInvalid,       // A public key, but broken, of another kind than RSA, or of a size that is not allowed.
};

class SshPublicKey {
 public:
  // Takes one line `ssh-rsa <base64> [comment]`, or PEM with `PUBLIC KEY` or `RSA PUBLIC KEY`.
  static Expected<SshPublicKey, SshKeyError> Parse(std::string_view text);
  // nullopt unless `wire` is an RSA key of an allowed size in SSH's binary form.
  static std::optional<SshPublicKey> FromWire(std::string_view wire);

  // SSH's binary form: two keys are the same when it is.
  [[nodiscard]] const std::string& wire() const { return wire_; }
  [[nodiscard]] std::string Ssh() const;          // Without comment and line end.
  [[nodiscard]] std::string Pem() const;          // `PUBLIC KEY`, with a line end.
  [[nodiscard]] std::string Fingerprint() const;  // MD5 of the wire form: 16 pairs of hex digits between colons.

 private:
  explicit SshPublicKey(std::string wire) : wire_(std::move(wire)) {}

  std::string wire_;
};

}  // namespace claviger::crypto
