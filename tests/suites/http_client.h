// A blocking HTTP/1.1 client for tests: sends bytes as they are given, reads answers one by one.
// A call that waits for more than ten seconds gives up as if the server had closed the connection, so that a failing
// test ends. Not thread-safe.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"

namespace claviger::testing {

struct ClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // The first of this name; empty when there is none.
  [[nodiscard]] std::string Header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (EqualsIgnoreCase(key, name)) return value;
    }
    return {};
  }
};

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const int no_delay = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  virtual ~HttpClient() { Close(); }

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] int fd() const { return fd_; }

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const long sent = Write(bytes);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // The next answer, interim ones included; nullopt when the connection ends before it is complete.
  // `bodiless`: the answer to a HEAD request.
  std::optional<ClientResponse> Receive(bool bodiless = false) {
    std::size_t head_end = std::string::npos;
    while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!ReceiveMore()) return std::nullopt;
    }
    ClientResponse response = ParseHead(std::string_view(received_).substr(0, head_end));
    const std::size_t length = std::strtoul(response.Header("content-length").c_str(), nullptr, 10);
    const std::size_t size = head_end + 4 + (bodiless ? 0 : length);
    while (received_.size() < size) {
      if (!ReceiveMore()) return std::nullopt;
    }
    response.body = received_.substr(head_end + 4, size - head_end - 4);
    received_.erase(0, size);
    return response;
  }

  // Sends a request with these header lines, each ended by CR LF, and waits for its answer.
  std::optional<ClientResponse> Call(std::string_view method, std::string_view target, std::string_view body = {},
                                     std::string_view header_lines = {}) {
    std::string request;
    request.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(header_lines);
    if (!body.empty()) request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    request.append("\r\n").append(body);
    if (!Send(request)) return std::nullopt;
    return Receive(method == "HEAD");
  }

  // Waits until the server closes the connection. False: it sent something instead, or nothing for too long.
  bool WaitForEnd() {
    char byte = 0;
    return received_.empty() && Read(&byte, 1) == 0;
  }

  void FinishSending() { ::shutdown(fd_, SHUT_WR); }
  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  // Closes so that the server sees an error instead of an end.
  void Reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    Close();
  }

 protected:
  // Like send and recv.
  virtual long Write(std::string_view bytes) { return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  virtual long Read(char* into, std::size_t size) { return ::recv(fd_, into, size, 0); }

 private:
  bool ReceiveMore() {
    char bytes[16 << 10];
    const long size = Read(bytes, sizeof bytes);
    if (size <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  static ClientResponse ParseHead(std::string_view head) {
    ClientResponse response;
    std::size_t line_end = head.find("\r\n");
    const std::string_view status_line = head.substr(0, line_end);
    if (status_line.size() >= 12) response.status = std::atoi(std::string(status_line.substr(9, 3)).c_str());
    while (line_end != head.npos) {
      head.remove_prefix(line_end + 2);
      line_end = head.find("\r\n");
      const std::string_view line = head.substr(0, line_end);
      const std::size_t colon = line.find(": ");
      if (colon != line.npos) response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    return response;
  }

  int fd_;
  bool connected_ = false;
  std::string received_;
};

}  // namespace claviger::testing
