// Reads documents that others publish, over TLS: what an address gives to a GET, and nothing else.
//
// Addresses come from whoever may register an identity provider, so they are hostile: only https, no redirects, no
// proxies, and no address within this machine or its network unless the administrator says so (an answer would tell
// what is there). Blocks its thread, for a bounded time. Safe from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace claviger::net {

enum class HttpsProblem : std::uint8_t { kUnreachable, kUntrusted, kUnusable };

struct HttpsOptions {
  bool private_addresses = false;  // Whether loopback, link-local and private addresses may be asked.
  // "host" to "address:port": where the administrator knows a host to be, whatever DNS says and however private.
  std::map<std::string, std::string> places = {};
  std::chrono::milliseconds timeout{5000};  // For one document, from the first look-up to the last byte.
};

// Whether nothing within a network of one's own is at this address, a text without brackets.
bool IsPublicAddress(std::string_view address);

// What is at `url`. The server must have a certificate for its host that the system trusts; failing that, one whose
// chain has a certificate with one of `thumbprints` (SHA-1 over its DER form, hex in lower case), from which on down
// everything is verified as usual. Errors: any answer but 200, or more than `bytes_max`, is kUnusable.
Expected<std::string, HttpsProblem> GetHttps(const std::string& url, const std::vector<std::string>& thumbprints,
                                             std::size_t bytes_max, const HttpsOptions& options);

// The certificates that the server of `url` shows, its own first, in DER. Nobody vouches for them, and nothing is asked
// of the server. Errors: kUnreachable also when it shows none.
Expected<std::vector<std::string>, HttpsProblem> GetCertificates(const std::string& url, const HttpsOptions& options);

}  // namespace claviger::net
