#include "aws/account_id.h"

#include <cstddef>

namespace claviger {
namespace {

constexpr std::size_t kDigits = 12;
constexpr std::uint64_t kNumberMax = 999'999'999'999;

}  // namespace

std::optional<AccountId> AccountId::Parse(std::string_view text) {
  if (text.size() != kDigits) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return FromNumber(number);
}

std::optional<AccountId> AccountId::FromNumber(std::uint64_t number) {
  if (number > kNumberMax) return std::nullopt;
  AccountId id;
  id.number_ = number;
  return id;
}

std::string AccountId::ToString() const {
  std::string text(kDigits, '0');
  std::uint64_t rest = number_;
  for (std::size_t i = kDigits; i-- > 0; rest /= 10) text[i] = static_cast<char>('0' + rest % 10);
  return text;
}

}  // namespace claviger
