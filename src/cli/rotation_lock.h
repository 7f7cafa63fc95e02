// Keeps two runs of `claviger key rotate` off the same rotation.
#pragma once

#include <string>

#include "client/settings.h"

namespace claviger::cli {

// A lock on a file beside the state of the rotation, which the system takes from a process that ends. The file stays:
// whoever removed it could no longer exclude who has opened it already.
class RotationLock {
 public:
  // Fails, with the other's process id, when another run holds it.
  static client::ClientResult<RotationLock> Take(const std::string& state_file);
  RotationLock(RotationLock&& other) noexcept;
  RotationLock& operator=(RotationLock&&) = delete;
  ~RotationLock();

 private:
  explicit RotationLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace claviger::cli
