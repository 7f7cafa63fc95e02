// For rooms whose libraries stand on OpenSSL: its queue of errors belongs to the thread, and TLS connections of the
// same thread read what is left there as their own.
#pragma once

namespace claviger::crypto {

// Empties the queue when it goes out of scope.
class CleanErrorQueue {
 public:
  CleanErrorQueue() = default;
  CleanErrorQueue(const CleanErrorQueue&) = delete;
  CleanErrorQueue& operator=(const CleanErrorQueue&) = delete;
  ~CleanErrorQueue();
};

}  // namespace claviger::crypto
