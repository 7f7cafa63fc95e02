#include "net/listen.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <system_error>

namespace claviger::net {
namespace {

Failure<NetError> CannotListen(std::string_view address, std::string_view why) {
  return {NetError{"cannot listen on `" + std::string(address) + "`: " + std::string(why)}};
}

std::string LastError() { return std::generic_category().message(errno); }

struct AddressListDeleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, AddressListDeleter>;

NetResult<AddressList> Resolve(std::string_view address) {
  const HostPort parts = TRY(ParseHostPort(address));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const char* host = parts.host == "*" ? nullptr : parts.host.c_str();
  const int failure = ::getaddrinfo(host, parts.port.c_str(), &hints, &list);
  if (failure != 0) return CannotListen(address, ::gai_strerror(failure));
  return AddressList(list);
}

void SetPort(sockaddr_storage& address, std::uint16_t port) {
  if (address.ss_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in&>(address).sin_port = htons(port);
  }
}

std::uint16_t GetPort(const sockaddr_storage& address) {
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

bool Set(int fd, int level, int option, int value) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

enum class Sharing { kAlone, kShared };

// An invalid descriptor on failure, with errno set.
FileDescriptor Bind(const sockaddr_storage& address, socklen_t size, Sharing sharing) {
  FileDescriptor fd(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return fd;
  // "*" means IPv4 too, and [::] is only reached over "*" or by who asks for it, so one socket serves both.
  const bool ready = Set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1) &&
                     (sharing == Sharing::kAlone || Set(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1)) &&
                     Set(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1) &&
                     (address.ss_family != AF_INET6 || Set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0)) &&
                     ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0;
  if (ready) return fd;
  const int failure = errno;
  fd.Close();
  errno = failure;
  return fd;
}

// IPv6 first for "*", since its socket takes IPv4 as well; systems without IPv6 go on with the next.
NetResult<ListeningSockets> ListenOn(std::string_view text, const addrinfo& info, std::size_t count) {
  sockaddr_storage address{};
  socklen_t size = info.ai_addrlen;
  std::memcpy(&address, info.ai_addr, size);
  ListeningSockets result;
  result.port = GetPort(address);
  // Sharing a port is meant for our own loops. A second server started by mistake must not get half of the requests.
  if (result.port != 0 && !Bind(address, size, Sharing::kAlone).valid()) return CannotListen(text, LastError());
  while (result.sockets.size() < count) {
    FileDescriptor fd = Bind(address, size, Sharing::kShared);
    if (!fd.valid() || ::listen(fd.get(), SOMAXCONN) != 0) return CannotListen(text, LastError());
    if (result.port == 0) {
      socklen_t bound_size = sizeof address;
      if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &bound_size) != 0) {
        return CannotListen(text, LastError());
      }
      result.port = GetPort(address);
      SetPort(address, result.port);
    }
    result.sockets.push_back(std::move(fd));
  }
  return result;
}

}  // namespace

NetResult<HostPort> ParseHostPort(std::string_view text) {
  const auto malformed = [text] {
    return Failure{NetError{"`" + std::string(text) + "` is not an address of the form host:port"}};
  };
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return malformed();
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!bracketed && host.find_first_of(":[]") != host.npos)) return malformed();
  std::uint16_t number = 0;
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (port.empty() || failure != std::errc() || end != port.data() + port.size()) return malformed();
  return HostPort{std::string(host), std::string(port)};
}

NetResult<ListeningSockets> Listen(std::string_view address, std::size_t count) {
  const AddressList list = TRY(Resolve(address));
  const bool every = address.starts_with("*:");
  for (const addrinfo* info = list.get(); every && info != nullptr; info = info->ai_next) {
    if (info->ai_family != AF_INET6) continue;
    auto result = ListenOn(address, *info, count);
    if (result.ok() || errno != EAFNOSUPPORT) return result;
  }
  return ListenOn(address, *list, count);
}

std::string_view WriteAddress(const sockaddr_storage& address, AddressText& text) {
  const char* written = nullptr;
  if (address.ss_family == AF_INET6) {
    const in6_addr& ip = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    written = IN6_IS_ADDR_V4MAPPED(&ip) ? ::inet_ntop(AF_INET, &ip.s6_addr[12], text.data(), text.size())
                                        : ::inet_ntop(AF_INET6, &ip, text.data(), text.size());
  } else if (address.ss_family == AF_INET) {
    written = ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text.data(), text.size());
  }
  return written == nullptr ? std::string_view() : std::string_view(written);
}

}  // namespace claviger::net
