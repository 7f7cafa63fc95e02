// An HTTP request as received and a response as it will be sent. Plain values; no sockets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"

namespace claviger::http {

struct Header {
  std::string_view name;   // As sent; compare ignoring case.
  std::string_view value;  // Without surrounding white space; a folded value is joined by one space.
};

// Views into the connection's buffer: valid until the answer has been given.
struct Request {
  std::string_view method;      // As sent; case-sensitive.
  std::string_view path;        // The target up to '?', still encoded; never empty.
  std::string_view query;       // Behind the first '?', still encoded; empty when there is none.
  std::vector<Header> headers;  // In the order received, repeated ones included.
  std::string_view body;
  std::string_view source_ip;  // The peer's address in text form.
  bool secure = false;         // Came over TLS.
  // How the connection is secured, in static texts ("TLSv1.3", "TLS_AES_256_GCM_SHA384"); empty without TLS.
  std::string_view tls_version = {};
  std::string_view tls_cipher_suite = {};

  // The first header of this name, or nullopt. `name` must be in lower case.
  [[nodiscard]] std::optional<std::string_view> FindHeader(std::string_view name) const {
    for (const Header& header : headers) {
      if (EqualsIgnoreCase(header.name, name)) return header.value;
    }
    return std::nullopt;
  }
};

// Kept and reused by its connection. `Date`, `Content-Length` and `Connection` are written by the sender.
struct Response {
  int status = 200;
  std::string_view content_type;                                  // Static text; empty when there is no body.
  std::vector<std::pair<std::string_view, std::string>> headers;  // Names are static text.
  std::string body;

  void Clear() {
    status = 200;
    content_type = {};
    headers.clear();
    body.clear();
  }
};

}  // namespace claviger::http
