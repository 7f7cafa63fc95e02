// One request and its answer, between the server and whoever serves it.
#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"

namespace claviger::net {

// How a TLS connection was secured, in the words that audit records use.
struct TlsDetails {
  std::string_view version;       // "TLSv1.3".
  std::string_view cipher_suite;  // "TLS_AES_256_GCM_SHA384".
};

// Everything here stays valid until Answer, even when the client goes away: then the answer is dropped silently.
// Not thread-safe, but it may be handed to another thread whole.
class Exchange {
 public:
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const http::Request& request;
  http::Response& response;  // Empty at first, with status 200; its buffers are reused.

  // Sends `response`. To be called exactly once, from any thread; the exchange is gone afterwards. On the loop's own
  // thread, the usual case, the answer is written without a detour through a queue.
  virtual void Answer() = 0;

  // nullopt on a plain connection. Its texts are static.
  [[nodiscard]] virtual std::optional<TlsDetails> tls_details() const = 0;

 protected:
  Exchange(const http::Request& its_request, http::Response& its_response)
      : request(its_request), response(its_response) {}
  ~Exchange() = default;
};

}  // namespace claviger::net
