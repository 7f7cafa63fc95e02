// The access log: one JSON object a line for each request, gathered in memory and handed on in large pieces.
// Not thread-safe: one for each event loop, emptied by its tick.
#pragma once

#include <string>

#include "service/answered.h"

namespace claviger::service {

class AccessLog {
 public:
  // An `enabled` of false makes Add do nothing.
  explicit AccessLog(bool enabled) : enabled_(enabled) {}

  [[nodiscard]] bool enabled() const { return enabled_; }
  void Add(const Answered& answered);
  // The lines since the last call.
  std::string Take();
  [[nodiscard]] std::size_t size() const { return lines_.size(); }

 private:
  bool enabled_;
  std::string lines_;
};

}  // namespace claviger::service
