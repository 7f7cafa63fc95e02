#include "aws/unique_id.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/encoding.h"

namespace claviger {
namespace {

struct KindRow {
  std::string_view prefix;
  std::size_t characters;
};

// By IdKind.
constexpr std::array<KindRow, 10> kKinds = {{{"AKIA", 20},
                                             {"ASIA", 20},
                                             {"AIDA", 21},
                                             {"AROA", 21},
                                             {"AGPA", 21},
                                             {"AIPA", 21},
                                             {"ANPA", 21},
                                             {"ASCA", 21},
                                             {"APKA", 20},
                                             {"ACCA", 21}}};

constexpr std::size_t kPrefixCharacters = 4;
constexpr std::size_t kNumberCharacters = 16;
constexpr std::size_t kNumberBytes = 10;
constexpr std::uint8_t kAccountEmbedded = 0x80;  // Bit 79: the top bit of the first byte.

const KindRow& RowOf(IdKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

}  // namespace

std::string_view PrefixOf(IdKind kind) { return RowOf(kind).prefix; }

std::string MintId(IdKind kind, AccountId account, Random& random) {
  std::array<std::uint8_t, kNumberBytes + 1> bytes;
  random.Fill(bytes);
  // The account's 40 bits lie seven bits above the end of the first six bytes.
  const std::uint64_t head = (account.number() << 7) | (bytes[5] & 0x7f);
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(head >> (8 * (5 - i)));
  bytes[0] |= kAccountEmbedded;

  std::string id(PrefixOf(kind));
  id += Base32Encode(std::span(bytes).first(kNumberBytes));
  if (id.size() < RowOf(kind).characters) id += Base32Encode(std::span(bytes).last(1)).front();
  return id;
}

std::optional<AccountId> AccountInId(std::string_view id) {
  if (id.size() < kPrefixCharacters + kNumberCharacters) return std::nullopt;
  const auto bytes = Base32Decode(id.substr(kPrefixCharacters, kNumberCharacters));
  if (!bytes || (static_cast<std::uint8_t>(bytes->front()) & kAccountEmbedded) == 0) return std::nullopt;
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < 6; ++i) head = (head << 8) | static_cast<std::uint8_t>((*bytes)[i]);
  return AccountId::FromNumber((head & 0x7fff'ffff'ff80) >> 7);
}

}  // namespace claviger
