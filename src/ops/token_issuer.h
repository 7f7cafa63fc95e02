// How the accounts of this installation are called as issuers of web identity tokens, and what their tokens say.
// Pure.
#pragma once

#include <string>
#include <string_view>

namespace claviger::ops {

// The claim that holds what AWS has no registered claims for.
inline constexpr std::string_view kTokenNamespace = "https://sts.amazonaws.com/";
// Where issuers are, below the installation's address.
inline constexpr std::string_view kTokenIssuerPath = "/token-issuer/";

// "https://claviger.example/token-issuer/0b1c...".
inline std::string TokenIssuerUrl(std::string_view base, std::string_view issuer_id) {
  return std::string(base).append(kTokenIssuerPath).append(issuer_id);
}

}  // namespace claviger::ops
