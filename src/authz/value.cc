#include "authz/value.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/text.h"

namespace claviger::authz {
namespace {

constexpr std::size_t kAddressCharactersMax = 45;  // INET6_ADDRSTRLEN without its NUL.
constexpr unsigned kMappedBits = 96;               // What stands in front of an IPv4 address in IPv6.

std::string_view TakeDigits(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_not_of("0123456789"), rest.size());
  const std::string_view digits = rest.substr(0, end);
  rest.remove_prefix(end);
  return digits;
}

std::strong_ordering CompareMagnitude(const Decimal& a, const Decimal& b) {
  if (a.whole.size() != b.whole.size()) return a.whole.size() <=> b.whole.size();
  if (const auto order = a.whole <=> b.whole; std::is_neq(order)) return order;
  // As text, a fraction that is another's beginning is the smaller one, as it is as a number.
  return a.fraction <=> b.fraction;
}

bool IsMapped(const IpAddress& address) {
  return std::all_of(address.begin(), address.begin() + 10, [](std::uint8_t byte) { return byte == 0; }) &&
         address[10] == 0xFF && address[11] == 0xFF;
}

}  // namespace

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  if (negative != other.negative) return negative ? std::strong_ordering::less : std::strong_ordering::greater;
  return negative ? CompareMagnitude(other, *this) : CompareMagnitude(*this, other);
}

std::optional<Decimal> ParseDecimal(std::string_view text) {
  Decimal out;
  if (text.starts_with('-') || text.starts_with('+')) {
    out.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  out.whole = TakeDigits(text);
  if (out.whole.empty()) return std::nullopt;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    out.fraction = TakeDigits(text);
    if (out.fraction.empty()) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  while (out.whole.starts_with('0')) out.whole.remove_prefix(1);
  while (out.fraction.ends_with('0')) out.fraction.remove_suffix(1);
  if (out.whole.empty() && out.fraction.empty()) out.negative = false;
  return out;
}

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
  if (text.size() > kAddressCharactersMax || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::array<char, kAddressCharactersMax + 1> terminated{};
  std::ranges::copy(text, terminated.begin());
  IpAddress address{};
  if (text.find(':') != std::string_view::npos) {
    if (inet_pton(AF_INET6, terminated.data(), address.data()) != 1) return std::nullopt;
    return address;
  }
  address[10] = address[11] = 0xFF;
  if (inet_pton(AF_INET, terminated.data(), &address[12]) != 1) return std::nullopt;
  return address;
}

std::optional<IpNetwork> ParseIpNetwork(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = ParseIpAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  const bool dotted = text.substr(0, slash).find(':') == std::string_view::npos;
  IpNetwork network{.address = *address, .bits = 128, .v4 = dotted};
  if (slash != std::string_view::npos) {
    const std::string_view length = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (error != std::errc() || end != length.data() + length.size() || bits > (dotted ? 32U : 128U))
      return std::nullopt;
    network.bits = dotted ? bits + kMappedBits : bits;
  }
  if (!dotted && IsMapped(*address) && network.bits >= kMappedBits) network.v4 = true;
  return network;
}

bool IpNetwork::Contains(const IpAddress& other) const {
  // `::/0` is all of IPv6, not all of IPv4 as well.
  if (v4 != IsMapped(other)) return false;
  const unsigned bytes = bits / 8;
  if (!std::equal(address.begin(), address.begin() + bytes, other.begin())) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFF << (8 - bits % 8));
  return (address[bytes] & mask) == (other[bytes] & mask);
}

std::optional<bool> ParseBool(std::string_view text) {
  if (EqualsIgnoreCase(text, "true")) return true;
  if (EqualsIgnoreCase(text, "false")) return false;
  return std::nullopt;
}

}  // namespace claviger::authz
