// Values of condition keys that are more than text: numbers and addresses. Pure; all text is untrusted.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace claviger::authz {

// A decimal number of any length, compared exactly. Holds views of the text it was parsed from.
struct Decimal {
  bool negative = false;
  std::string_view whole;     // Without leading zeros.
  std::string_view fraction;  // Without trailing zeros.

  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const { return std::is_eq(*this <=> other); }
};

// An optional sign, digits, and perhaps a point and more digits. nullopt for anything else, exponents too.
std::optional<Decimal> ParseDecimal(std::string_view text);

// IPv6, or IPv4 as ::ffff:a.b.c.d, so that a client is the same whichever way its address is written.
using IpAddress = std::array<std::uint8_t, 16>;

struct IpNetwork {
  IpAddress address{};
  unsigned bits = 128;  // How many leading bits count.
  bool v4 = false;

  [[nodiscard]] bool Contains(const IpAddress& other) const;
};

std::optional<IpAddress> ParseIpAddress(std::string_view text);

// An address, which stands for itself, or address and prefix length. Bits beyond the prefix do not count.
std::optional<IpNetwork> ParseIpNetwork(std::string_view text);

// "true" or "false", ignoring case.
std::optional<bool> ParseBool(std::string_view text);

}  // namespace claviger::authz
