// MFA devices at rest, and who has them: virtual ones (seeds of authenticator apps), hardware tokens that are in use,
// and FIDO keys. One attempt's view; not thread-safe.
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
#include "crypto/totp.h"
#include "directory/attempts.h"
#include "directory/fido_key.h"
#include "directory/hardware_token.h"
#include "directory/named.h"

namespace claviger::directory {

// Stored, never renumber: docs/internals/directory.md.
enum class MfaKind : std::uint8_t {
  kVirtual = 0,        // Exists whether or not it is assigned.
  kHardwareToken = 1,  // Known to the installation (hardware_token.h), and to the account only while it is assigned.
  kFidoKey = 2,        // Exists only while it is assigned. Shows no codes.
};

struct MfaDevice {
  std::string id;  // A UUID, which no answer shows.
  std::string path;
  std::string name;  // Unique; of the other kinds with a beginning that no virtual device's has (mfa_device.cc).
  TimePoint created;
  std::vector<Tag> tags;
  std::string sealed_seed;
  std::string owner;           // Unique id of a user, or kRootOwner; empty: assigned to nobody.
  TimePoint enabled;           // When it was assigned.
  std::int64_t last_step = 0;  // The latest step of which a code was taken: no code of it or before is taken again.
  std::int64_t drift = 0;      // By how many steps the device's clock is ahead.
  Attempts attempts;
  MfaKind kind = MfaKind::kVirtual;
  std::chrono::seconds period = crypto::kTotpPeriod;  // Of one step.
  FidoKey fido_key;                                   // Of a FIDO key.
};

extern template class Named<MfaDevice>;

class MfaDevices : public Named<MfaDevice> {
 public:
  using Named::Named;

  // "arn:aws:iam::123456789012:mfa/eve"; of a hardware token what is printed on it; of a FIDO key
  // "arn:aws:iam::123456789012:u2f/user/eve/yubikey-<id>", with the name that its user had then.
  [[nodiscard]] std::string SerialOf(const MfaDevice& device) const;
  // Of any kind. A serial number is compared exactly, unlike a name.
  Result<std::optional<MfaDevice>> FindBySerial(std::string_view serial_number);
  // A virtual one. NoSuchEntity.
  Result<MfaDevice> GetVirtual(std::string_view serial_number);
  // One that may be assigned: a virtual one, or a hardware token that is known to the installation only.
  // NoSuchEntity; EntityAlreadyExists when somebody has it.
  Result<MfaDevice> GetFree(std::string_view serial_number);
  // Of any kind. NoSuchEntity, also when it is not this owner's.
  Result<MfaDevice> GetOf(std::string_view owner, std::string_view serial_number);

  [[nodiscard]] std::string SealSeed(std::string_view device_id, const crypto::Secret& seed) const;

  // Makes a FIDO key a device of `owner`, who is "user/eve" or "root" in its serial number, which is returned.
  // `name` is letters, digits and any of +=,.@_-. EntityAlreadyExists when the owner has it already; LimitExceeded.
  Result<std::string> Register(std::string_view owner, std::string_view owner_in_serial, std::string_view name,
                               const FidoKey& key, TimePoint now);

  // Takes a code as its device shows it now, give or take one step. A right one counts once; a wrong one is counted,
  // and after too many of them right ones are refused too for a while (attempts.h): the caller commits that also when
  // it then fails.
  Result<bool> TakeCode(const MfaDevice& stored, std::string_view code, TimePoint now);

  // The same for the codes of two consecutive steps, from which the drift of the device's clock, at most `reach`, is
  // learned. `device` gets what was learned, and is the caller's to write.
  Result<bool> TakeTwoCodes(MfaDevice& device, std::string_view code1, std::string_view code2, TimePoint now,
                            std::chrono::seconds reach);

  // Writes `device`, which GetFree returned as `stored`, as assigned to `owner`. LimitExceeded.
  Result<> Assign(const MfaDevice& stored, MfaDevice device, std::string_view owner, TimePoint now);
  // It then is nobody's, and knows nothing of its former owner; only virtual devices still exist.
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
  Result<MfaDevice> ToDevice(const HardwareToken& token);
};

}  // namespace claviger::directory
