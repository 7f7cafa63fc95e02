// The twelve-digit number of an account: the unit of isolation.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace claviger {

class AccountId {
 public:
  AccountId() = default;

  // Takes exactly twelve digits.
  static std::optional<AccountId> Parse(std::string_view text);
  // nullopt above 999999999999.
  static std::optional<AccountId> FromNumber(std::uint64_t number);

  [[nodiscard]] std::uint64_t number() const { return number_; }
  // Always twelve digits.
  [[nodiscard]] std::string ToString() const;

  auto operator<=>(const AccountId&) const = default;  // NOLINT(modernize-use-nullptr): mistakes the comparison with 0.

 private:
  std::uint64_t number_ = 0;
};

}  // namespace claviger
