#include "directory/password_policy.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "base/text.h"
#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum PolicyField : unsigned {
  kCharactersMin = 1,
  kNeeds = 2,
  kUsersMayChange = 3,
  kDaysMax = 4,
  kFormerRefused = 5,
  kHardExpiry = 6,
};
enum Need : unsigned { kSymbols = 1, kNumbers = 2, kUpperCase = 4, kLowerCase = 8 };
enum Expiry : unsigned { kSoft = 1, kHard = 2 };

constexpr std::size_t kDefaultCharactersMin = 8;
constexpr int kDefaultKindsMin = 3;
constexpr std::string_view kSymbolCharacters = "!@#$%^&*()_+-=[]{}|'";

std::optional<PasswordPolicy> Decode(std::string_view record) {
  PasswordPolicy policy;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    const auto number = static_cast<std::uint32_t>(field->value);
    switch (field->number) {
      case kCharactersMin:
        policy.characters_min = number;
        break;
      case kNeeds:
        policy.needs_symbols = (number & kSymbols) != 0;
        policy.needs_numbers = (number & kNumbers) != 0;
        policy.needs_upper_case = (number & kUpperCase) != 0;
        policy.needs_lower_case = (number & kLowerCase) != 0;
        break;
      case kUsersMayChange:
        policy.users_may_change = number == 1;
        break;
      case kDaysMax:
        policy.days_max = number;
        break;
      case kFormerRefused:
        policy.former_refused = number;
        break;
      case kHardExpiry:
        policy.hard_expiry = number == kHard;
        break;
      default:
        break;
    }
  }
  if (!reader.ok()) return std::nullopt;
  return policy;
}

// Which kinds of characters a password has.
struct Kinds {
  explicit Kinds(std::string_view password) {
    for (const char c : password) {
      symbols = symbols || kSymbolCharacters.find(c) != std::string_view::npos;
      numbers = numbers || (c >= '0' && c <= '9');
      upper_case = upper_case || (c >= 'A' && c <= 'Z');
      lower_case = lower_case || (c >= 'a' && c <= 'z');
      if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++characters;  // Not inside a character of UTF-8.
    }
  }
  [[nodiscard]] int count() const { return int{symbols} + int{numbers} + int{upper_case} + int{lower_case}; }

  bool symbols = false;
  bool numbers = false;
  bool upper_case = false;
  bool lower_case = false;
  std::size_t characters = 0;
};

}  // namespace

Result<std::optional<PasswordPolicy>> FindPasswordPolicy(const Context& context) {
  const std::string at = keyspace::PasswordPolicy(context.account);
  const auto entry = TRY(FromStore(context.transaction.Get(at)));
  if (!entry) return std::optional<PasswordPolicy>();
  auto policy = Decode(entry->value);
  if (!policy) return Corrupt(at);
  return policy;
}

void PutPasswordPolicy(const Context& context, const PasswordPolicy& policy) {
  const unsigned needs = (policy.needs_symbols ? kSymbols : 0U) | (policy.needs_numbers ? kNumbers : 0U) |
                         (policy.needs_upper_case ? kUpperCase : 0U) | (policy.needs_lower_case ? kLowerCase : 0U);
  codec::RecordWriter writer(kVersion);
  writer.Number(kCharactersMin, policy.characters_min).Number(kNeeds, needs);
  if (policy.users_may_change) writer.Number(kUsersMayChange, 1);
  if (policy.days_max) writer.Number(kDaysMax, *policy.days_max);
  if (policy.former_refused) writer.Number(kFormerRefused, *policy.former_refused);
  if (policy.hard_expiry) writer.Number(kHardExpiry, *policy.hard_expiry ? kHard : kSoft);
  context.transaction.Put(keyspace::PasswordPolicy(context.account), writer.Take());
}

void RemovePasswordPolicy(const Context& context) {
  context.transaction.Delete(keyspace::PasswordPolicy(context.account));
}

bool IsGoodPassword(const std::optional<PasswordPolicy>& policy, std::string_view password,
                    std::span<const std::string_view> names) {
  const Kinds kinds(password);
  if (!policy) {
    return kinds.characters >= kDefaultCharactersMin && kinds.count() >= kDefaultKindsMin &&
           std::ranges::none_of(names, [&](std::string_view name) { return EqualsIgnoreCase(name, password); });
  }
  return kinds.characters >= policy->characters_min && (kinds.symbols || !policy->needs_symbols) &&
         (kinds.numbers || !policy->needs_numbers) && (kinds.upper_case || !policy->needs_upper_case) &&
         (kinds.lower_case || !policy->needs_lower_case);
}

std::optional<TimePoint> PasswordExpiry(const std::optional<PasswordPolicy>& policy, TimePoint changed) {
  if (!policy || !policy->days_max) return std::nullopt;
  return changed + std::chrono::days(*policy->days_max);
}

}  // namespace claviger::directory
