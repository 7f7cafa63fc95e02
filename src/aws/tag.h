// A tag on a resource or a session.
#pragma once

#include <string>

namespace claviger {

struct Tag {
  std::string key;
  std::string value;

  bool operator==(const Tag&) const = default;
};

}  // namespace claviger
