// Listening sockets. Safe to call from any thread.
#pragma once

#include <netinet/in.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/file_descriptor.h"
#include "net/server.h"

namespace claviger::net {

struct HostPort {
  std::string host;  // Without brackets; "*" is every address.
  std::string port;

  bool operator==(const HostPort&) const = default;
};

// Takes "host:port" and "[ipv6]:port".
NetResult<HostPort> ParseHostPort(std::string_view text);

struct ListeningSockets {
  std::vector<FileDescriptor> sockets;  // Share the port: the kernel spreads connections over them.
  std::uint16_t port = 0;
};

// Listens `count` times on one address, of which the kernel picks the port when it is 0. Refuses an address that anyone
// else listens on, although sharing would be possible. Accepted sockets inherit TCP_NODELAY.
NetResult<ListeningSockets> Listen(std::string_view address, std::size_t count);

// The text form of a peer's address, e.g. "192.0.2.1", also when it came in as ::ffff:192.0.2.1.
using AddressText = std::array<char, INET6_ADDRSTRLEN>;
std::string_view WriteAddress(const sockaddr_storage& address, AddressText& text);

}  // namespace claviger::net
