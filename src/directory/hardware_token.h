// Hardware tokens that show one-time codes: what the installation knows of them, as AWS does of those that it sells.
// The administrator imports them with their seeds; whoever has one in hand enables it by its serial number. One token
// is in use in one account at most. One attempt's view; not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "crypto/secret.h"
#include "crypto/totp.h"
#include "directory/context.h"

namespace claviger::directory {

struct HardwareToken {
  std::string serial_number;
  std::string sealed_seed;
  std::chrono::seconds period = crypto::kTotpPeriod;
  TimePoint imported;
  std::string reserved_for;    // The only account that may have it, twelve digits; empty: any.
  std::string used_in;         // The account that it is enabled in; empty: none.
  std::int64_t last_step = 0;  // As of an MfaDevice, from its last use on.
};

class HardwareTokens {
 public:
  // `context` may be of any account.
  explicit HardwareTokens(const Context& context) : context_(context) {}

  // By a serial number as it is spelled, although no two differ in letter case only.
  Result<std::optional<HardwareToken>> Find(std::string_view serial_number);
  // With its seed. EntityAlreadyExists.
  Result<> Insert(HardwareToken token, const crypto::Secret& seed);
  // Writes over what was read in this attempt; the serial number stays.
  void Replace(const HardwareToken& token);
  void Remove(const HardwareToken& token);
  // In the order of their serial numbers.
  Result<std::vector<HardwareToken>> List();

  Result<crypto::Secret> OpenSeed(const HardwareToken& token);

 private:
  Context context_;
};

}  // namespace claviger::directory
