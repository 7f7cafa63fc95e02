// The keys of OpenID Connect issuers, fetched when they are needed and kept for a while. Thread-safe: one for the whole
// program, so that an issuer is asked once and not once for each event loop.
//
// Whom an issuer's thumbprints make trusted is trusted for those thumbprints only: what was fetched is kept by issuer
// and thumbprints together.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/error.h"
#include "base/bounded_cache.h"
#include "base/clock.h"
#include "federation/web_keys.h"

namespace claviger::federation {

enum class FetchProblem : std::uint8_t {
  kUnreachable,  // No answer in time, or an address that is not to be asked.
  kUntrusted,    // Its certificate is neither publicly trusted nor one of the thumbprints.
  kUnusable,     // An answer that is none: another status, too long.
};

// Reads what is at an https:// address. Blocks, for a bounded time; safe from any thread.
using FetchHttps = std::function<Expected<std::string, FetchProblem>(
    const std::string& url, const std::vector<std::string>& thumbprints, std::size_t bytes_max)>;
// The certificates that the server of an https:// address shows, its own first, in DER, unproven. Blocks.
using FetchCertificates = std::function<Expected<std::vector<std::string>, FetchProblem>(const std::string& url)>;
// Reads a file of the administrator's; nullopt when it cannot be read.
using ReadKeyFile = std::function<std::optional<std::string>(const std::string& path)>;

struct Issuer {
  std::string url;                       // As in `iss`.
  std::vector<std::string> thumbprints;  // SHA-1, 40 hex digits in lower case.
};

using WebKeysPointer = std::shared_ptr<const WebKeys>;

class IssuerKeys {
 public:
  struct Sources {
    FetchHttps fetch;
    std::map<std::string, std::string> files = {};  // Of issuers whose keys the administrator gives, by URL.
    ReadKeyFile read_file = {};
    FetchCertificates certificates = {};  // Null: thumbprints are not asked for.
  };

  explicit IssuerKeys(Sources sources);

  // What is known: the keys, or why there are none. nullopt when Get has to ask first, also for a key that is not
  // among them and may be new.
  std::optional<Result<WebKeysPointer>> Find(const Issuer& issuer, std::string_view key_id, TimePoint now);

  // Asks, unless another thread has done so meanwhile. Blocks.
  // Errors: InvalidIdentityToken; IDPCommunicationError.
  Result<WebKeysPointer> Get(const Issuer& issuer, std::string_view key_id, TimePoint now);

  // The thumbprint of the topmost certificate that the server of the issuer's keys shows now, as "Obtain the thumbprint
  // for an OpenID Connect identity provider" in the IAM User Guide has it; empty when nobody is to be asked. Blocks.
  // Errors: OpenIdIdpCommunicationError.
  Result<std::string> GetThumbprint(const std::string& url) const;

 private:
  struct Known {
    WebKeysPointer keys;  // Null: never fetched.
    TimePoint fetched;
    std::optional<Error> failure;  // Of the last attempt.
    TimePoint attempted;
  };

  Result<WebKeysPointer> Fetch(const Issuer& issuer) const;

  Sources sources_;
  std::mutex mutex_;
  BoundedCache<Known> known_;  // Guarded by mutex_.
};

}  // namespace claviger::federation
