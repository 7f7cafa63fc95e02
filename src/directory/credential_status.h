// Whether a credential may be used: access keys, certificates, SSH keys and service-specific credentials alike.
#pragma once

#include <cstdint>
#include <optional>

namespace claviger::directory {

enum class CredentialStatus : std::uint8_t { kActive = 1, kInactive = 2 };  // Stored, never renumber.

// nullopt for a number that no status has.
inline std::optional<CredentialStatus> ToCredentialStatus(std::uint64_t number) {
  switch (number) {
    case static_cast<std::uint64_t>(CredentialStatus::kActive):
      return CredentialStatus::kActive;
    case static_cast<std::uint64_t>(CredentialStatus::kInactive):
      return CredentialStatus::kInactive;
    default:
      return std::nullopt;
  }
}

}  // namespace claviger::directory
