// The cases of tests/vectors: what outsiders send, and the answers that they must get.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "codec/json.h"
#include "suites/source_folder.h"

namespace claviger::federation {

// `path` is below tests/vectors.
inline codec::JsonDocument ReadVectors(const std::string& path) {
  std::ifstream file(std::string(kSourceFolder).append("/tests/vectors/").append(path));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return std::move(codec::ParseJson(text)).value();
}

inline std::string TextIn(const codec::JsonValue& object, std::string_view name) {
  return std::string(object.Find(name)->text);
}

}  // namespace claviger::federation
