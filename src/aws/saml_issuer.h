// An identity provider that may vouch for people, as its SAML metadata names it.
#pragma once

#include <string>
#include <vector>

namespace claviger {

struct SamlIssuer {
  std::string entity_id;
  std::vector<std::string> certificates;  // DER; the key of any of them may have made a signature.

  bool operator==(const SamlIssuer&) const = default;
};

}  // namespace claviger
