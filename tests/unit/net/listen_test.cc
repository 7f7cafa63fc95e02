#include "net/listen.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <string>

namespace claviger::net {
namespace {

TEST(ParseHostPort, TakesNamesAndAddresses) {
  const struct {
    const char* text;
    HostPort parts;
  } cases[] = {
      {"127.0.0.1:80", {"127.0.0.1", "80"}},
      {"localhost:0", {"localhost", "0"}},
      {"*:65535", {"*", "65535"}},
      {"[::1]:443", {"::1", "443"}},
  };
  for (const auto& c : cases) {
    const auto parts = ParseHostPort(c.text);
    ASSERT_TRUE(parts.ok()) << c.text;
    EXPECT_EQ(*parts, c.parts);
  }
}

TEST(ParseHostPort, RefusesEverythingElse) {
  for (const char* text : {"", "80", ":80", "host", "host:", "host:x", "host:80x", "host:-1", "host:65536", "::1:80",
                           "[]:80", "[::1]80", "[::1:80"}) {
    EXPECT_FALSE(ParseHostPort(text).ok()) << text;
  }
}

TEST(Listen, SharesOnePortAmongItsSockets) {
  const auto listening = Listen("127.0.0.1:0", 3);
  ASSERT_TRUE(listening.ok());
  EXPECT_EQ(listening->sockets.size(), 3U);
  EXPECT_NE(listening->port, 0);
  for (const FileDescriptor& socket : listening->sockets) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ASSERT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(ntohs(address.sin_port), listening->port);
  }
  EXPECT_FALSE(Listen("127.0.0.1:" + std::to_string(listening->port), 1).ok());
}

TEST(Listen, SaysWhyItCannot) {
  const auto unknown = Listen("no..such..host:80", 1);
  ASSERT_FALSE(unknown.ok());
  EXPECT_TRUE(unknown.error().message.starts_with("cannot listen on `no..such..host:80`: "));
  EXPECT_FALSE(Listen("192.0.2.1:0", 1).ok());
}

std::string AddressOf(int family, const char* text) {
  sockaddr_storage address{};
  address.ss_family = static_cast<sa_family_t>(family);
  void* ip = family == AF_INET ? static_cast<void*>(&reinterpret_cast<sockaddr_in&>(address).sin_addr)
                               : static_cast<void*>(&reinterpret_cast<sockaddr_in6&>(address).sin6_addr);
  EXPECT_EQ(::inet_pton(family, text, ip), 1);
  AddressText written;
  return std::string(WriteAddress(address, written));
}

TEST(WriteAddress, WritesMappedAddressesAsIpv4) {
  EXPECT_EQ(AddressOf(AF_INET, "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(AddressOf(AF_INET6, "2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(AddressOf(AF_INET6, "::ffff:192.0.2.1"), "192.0.2.1");
}

}  // namespace
}  // namespace claviger::net
