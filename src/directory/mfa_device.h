// Virtual MFA devices at rest: seeds of authenticator apps, and who has them. One attempt's view; not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"
#include "base/clock.h"
#include "crypto/secret.h"
#include "directory/attempts.h"
#include "directory/named.h"

namespace claviger::directory {

struct MfaDevice {
  std::string id;  // A UUID, which no answer shows.
  std::string path;
  std::string name;
  TimePoint created;
  std::vector<Tag> tags;
  std::string sealed_seed;
  std::string owner;           // Unique id of a user, or kRootOwner; empty: assigned to nobody.
  TimePoint enabled;           // When it was assigned.
  std::int64_t last_step = 0;  // The latest step of which a code was taken: no code of it or before is taken again.
  std::int64_t drift = 0;      // By how many steps the device's clock is ahead.
  Attempts attempts;
};

extern template class Named<MfaDevice>;

class MfaDevices : public Named<MfaDevice> {
 public:
  using Named::Named;

  // "arn:aws:iam::123456789012:mfa/eve".
  [[nodiscard]] std::string SerialOf(const MfaDevice& device) const;
  // A serial number is compared exactly, unlike a name.
  Result<std::optional<MfaDevice>> FindBySerial(std::string_view serial_number);
  // NoSuchEntity.
  Result<MfaDevice> GetBySerial(std::string_view serial_number);
  // NoSuchEntity, also when it is not this owner's.
  Result<MfaDevice> GetOf(std::string_view owner, std::string_view serial_number);

  [[nodiscard]] std::string SealSeed(std::string_view device_id, const crypto::Secret& seed) const;

  // Takes a code as its device shows it now, give or take one step. A right one counts once; a wrong one is counted,
  // and after too many of them right ones are refused too for a while (attempts.h): the caller commits that also when
  // it then fails.
  Result<bool> TakeCode(const MfaDevice& stored, std::string_view code, TimePoint now);

  // The same for the codes of two consecutive steps, from which the drift of the device's clock, at most `reach`, is
  // learned. `device` gets what was learned, and is the caller's to write.
  Result<bool> TakeTwoCodes(MfaDevice& device, std::string_view code1, std::string_view code2, TimePoint now,
                            std::chrono::seconds reach);

  // Writes `device` as assigned to `owner`. LimitExceeded.
  Result<> Assign(const MfaDevice& stored, MfaDevice device, std::string_view owner, TimePoint now);
  // It then is nobody's, and knows nothing of its former owner.
  Result<> Unassign(const MfaDevice& device);

  // Their ids, in no useful order; reads no device.
  Result<std::vector<std::string>> IdsOf(std::string_view owner);
  // In the order they were enabled.
  Result<std::vector<MfaDevice>> ListOf(std::string_view owner);

  // How many devices the account has, and how many of them are assigned.
  Result<std::uint64_t> Count();
  Result<std::uint64_t> CountInUse();

 private:
  Result<crypto::Secret> OpenSeed(const MfaDevice& device);
};

}  // namespace claviger::directory
