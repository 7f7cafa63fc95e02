#include "crypto/totp.h"

#include <liboath/oath.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace claviger::crypto {
namespace {

// Once, before its first use: liboath asks for it.
void StartOath() {
  static const bool started = oath_init() == OATH_OK;
  if (!started) std::abort();
}

}  // namespace

std::int64_t TotpStep(TimePoint time, std::chrono::seconds period) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()) / period;
}

Secret TotpCode(const Secret& seed, std::int64_t step) {
  StartOath();
  std::string code(kTotpDigits + 1, '\0');  // The last is for the terminating zero.
  const int outcome =
      oath_hotp_generate(seed.Reveal().data(), seed.size(), static_cast<std::uint64_t>(step), kTotpDigits,
                         /*add_checksum=*/false, OATH_HOTP_DYNAMIC_TRUNCATION, code.data());
  if (outcome != OATH_OK) std::abort();  // Only parameters of our own making are refused.
  code.pop_back();
  return Secret(std::move(code));
}

std::optional<std::int64_t> FindTotpStep(const Secret& seed, std::string_view code, std::int64_t first,
                                         std::int64_t last) {
  std::optional<std::int64_t> found;
  for (std::int64_t step = std::max<std::int64_t>(first, 0); step <= last; ++step) {
    const bool same = ConstantTimeEquals(TotpCode(seed, step).Reveal(), code);
    if (same && !found) found = step;
  }
  return found;
}

std::optional<std::int64_t> FindTotpSteps(const Secret& seed, std::string_view code1, std::string_view code2,
                                          std::int64_t first, std::int64_t last) {
  std::optional<std::int64_t> found;
  bool before_matches = false;
  for (std::int64_t step = std::max<std::int64_t>(first, 0); step <= last + 1; ++step) {
    const Secret code = TotpCode(seed, step);
    const bool is_second = ConstantTimeEquals(code.Reveal(), code2);
    if (before_matches && is_second && !found) found = step - 1;
    before_matches = ConstantTimeEquals(code.Reveal(), code1);
  }
  return found;
}

}  // namespace claviger::crypto
