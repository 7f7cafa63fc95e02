#include "directory/mfa_device.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "aws/arn.h"
#include "crypto/totp.h"
#include "directory/named_internal.h"

namespace claviger::directory {
namespace {

// A code may be this much older or younger than the moment it arrives.
constexpr std::int64_t kStepsOff = 1;
// A drift up to this may as well have been the time that it took to type two codes: then both readings count.
constexpr std::int64_t kDoubtfulDrift = 10;
// The longest name has its place in the key of a record.
constexpr std::size_t kSerialCharactersMax = 256;

// Binds a seed to its device, so that swapping two records does not swap two seeds.
std::string SealContext(std::string_view device_id) { return "mfa-device/" + std::string(device_id); }

// 0, -1, 1, -2, ... as 0, 1, 2, 3, ...
std::uint64_t ZigZag(std::int64_t number) {
  const auto magnitude = static_cast<std::uint64_t>(number < 0 ? -(number + 1) : number);
  return magnitude << 1 | (number < 0 ? 1U : 0U);
}

std::int64_t UndoZigZag(std::uint64_t number) {
  const auto magnitude = static_cast<std::int64_t>(number >> 1);
  return (number & 1) != 0 ? -magnitude - 1 : magnitude;
}

Counter CountOfUse(const Context& context) {
  return {.what = "mfa-devices-in-use", .quota_name = "MfaDevicesPerAccount", .max = context.quotas.users_per_account};
}

}  // namespace

template <>
struct Kind<MfaDevice> {
  static constexpr std::string_view kFolder = "mfa-device";

  // Stored, never renumber: docs/internals/directory.md.
  enum Field : unsigned {
    kSealedSeed = kFirstOwn,
    kOwner = 7,
    kEnabled = 8,
    kLastStep = 9,
    kDrift = 10,
    kAttempts = 11,
  };

  // AWS's quota of virtual devices is that of users.
  static Counter Count(const Context& context) {
    return {.what = "mfa-devices", .quota_name = "MfaDevicesPerAccount", .max = context.quotas.users_per_account};
  }
  static std::string Missing(std::string_view name) {
    return "MFA Device with name " + std::string(name) + " does not exist.";
  }
  static std::string Existing(std::string_view) { return "MFA device already exists."; }
  static void EncodeOwn(const MfaDevice& device, codec::RecordWriter& writer) {
    writer.Bytes(kSealedSeed, device.sealed_seed).BytesUnlessEmpty(kOwner, device.owner);
    if (!device.owner.empty()) writer.Time(kEnabled, device.enabled);
    if (device.last_step != 0) writer.Number(kLastStep, static_cast<std::uint64_t>(device.last_step));
    if (device.drift != 0) writer.Number(kDrift, ZigZag(device.drift));
    writer.BytesUnlessEmpty(kAttempts, EncodeAttempts(device.attempts));
  }
  static void DecodeOwn(const codec::RecordField& field, MfaDevice& device) {
    switch (field.number) {
      case kSealedSeed:
        device.sealed_seed = field.Text();
        break;
      case kOwner:
        device.owner = field.Text();
        break;
      case kEnabled:
        device.enabled = field.Time();
        break;
      case kLastStep:
        device.last_step = static_cast<std::int64_t>(field.value);
        break;
      case kDrift:
        device.drift = UndoZigZag(field.value);
        break;
      case kAttempts:
        device.attempts = DecodeAttempts(field.bytes).value_or(Attempts());
        break;
      default:
        break;
    }
  }
};

template class Named<MfaDevice>;

std::string MfaDevices::SerialOf(const MfaDevice& device) const {
  return IamArn(context_.account, "mfa", device.path, device.name);
}

Result<std::optional<MfaDevice>> MfaDevices::FindBySerial(std::string_view serial_number) {
  const std::string_view name = serial_number.substr(serial_number.rfind('/') + 1);
  if (serial_number.size() > kSerialCharactersMax || name.empty()) return std::optional<MfaDevice>();
  auto device = TRY(Find(name));
  if (device && SerialOf(*device) != serial_number) device.reset();
  return device;
}

Result<MfaDevice> MfaDevices::GetBySerial(std::string_view serial_number) {
  auto device = TRY(FindBySerial(serial_number));
  if (!device) {
    return Fail(ErrorCode::kNoSuchEntity,
                "MFA Device with serial number " + std::string(serial_number) + " does not exist.");
  }
  return std::move(*device);
}

Result<MfaDevice> MfaDevices::GetOf(std::string_view owner, std::string_view serial_number) {
  MfaDevice device = TRY(GetBySerial(serial_number));
  if (device.owner != owner) return Fail(ErrorCode::kNoSuchEntity, "MFA Device invalid for user.");
  return device;
}

std::string MfaDevices::SealSeed(std::string_view device_id, const crypto::Secret& seed) const {
  return context_.keys.secrets.Seal(SealContext(device_id), seed.Reveal(), context_.random);
}

Result<crypto::Secret> MfaDevices::OpenSeed(const MfaDevice& device) {
  auto seed = context_.keys.secrets.Open(SealContext(device.id), device.sealed_seed);
  if (!seed) return Corrupt(keyspace::Named(context_.account, Kind<MfaDevice>::kFolder, device.name));
  return std::move(*seed);
}

Result<bool> MfaDevices::TakeCode(const MfaDevice& stored, std::string_view code, TimePoint now) {
  if (MustWait(stored.attempts, now)) return false;
  const crypto::Secret seed = TRY(OpenSeed(stored));
  const std::int64_t shown = crypto::TotpStep(now) + stored.drift;
  const std::int64_t undrifted = std::abs(stored.drift) <= kDoubtfulDrift ? crypto::TotpStep(now) : shown;
  const auto step =
      crypto::FindTotpStep(seed, code, std::min(shown, undrifted) - kStepsOff, std::max(shown, undrifted) + kStepsOff);
  const bool right = step && *step > stored.last_step;
  MfaDevice device = stored;
  if (right) device.last_step = *step;
  device.attempts = right ? Attempts() : AfterFailure(stored.attempts, now);
  TRY(Replace(stored, device));
  return right;
}

Result<bool> MfaDevices::TakeTwoCodes(MfaDevice& device, std::string_view code1, std::string_view code2, TimePoint now,
                                      std::chrono::seconds reach) {
  if (MustWait(device.attempts, now)) return false;
  const crypto::Secret seed = TRY(OpenSeed(device));
  const std::int64_t present = crypto::TotpStep(now);
  const std::int64_t steps = reach / crypto::kTotpPeriod;
  const auto first = crypto::FindTotpSteps(seed, code1, code2, present - steps - 1, present + steps - 1);
  const bool right = first && *first > device.last_step;
  device.attempts = right ? Attempts() : AfterFailure(device.attempts, now);
  if (!right) return false;
  device.last_step = *first + 1;
  device.drift = device.last_step - present;
  return true;
}

Result<> MfaDevices::Assign(const MfaDevice& stored, MfaDevice device, std::string_view owner, TimePoint now) {
  const std::uint64_t quota = context_.quotas.mfa_devices_per_user;
  if (TRY(IdsOf(owner)).size() >= quota) return QuotaExceeded("MfaDevicesPerUser", quota);
  TRY(CountUp(context_, CountOfUse(context_)));
  device.owner = owner;
  device.enabled = now;
  context_.transaction.Put(keyspace::OwnerMfaDevice(context_.account, owner, device.id), "");
  return Replace(stored, device);
}

Result<> MfaDevices::Unassign(const MfaDevice& device) {
  MfaDevice free = device;
  free.owner.clear();
  free.drift = 0;
  free.attempts = {};
  context_.transaction.Delete(keyspace::OwnerMfaDevice(context_.account, device.owner, device.id));
  CountDown(context_, CountOfUse(context_));
  return Replace(device, free);
}

Result<std::vector<std::string>> MfaDevices::IdsOf(std::string_view owner) {
  const std::string prefix = keyspace::OwnerMfaDevices(context_.account, owner);
  std::vector<std::string> ids;
  TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view at, const store::Entry&) {
    ids.emplace_back(at.substr(prefix.size()));
    return true;
  })));
  return ids;
}

Result<std::vector<MfaDevice>> MfaDevices::ListOf(std::string_view owner) {
  std::vector<MfaDevice> devices;
  for (const std::string& id : TRY(IdsOf(owner))) {
    auto device = TRY(FindById(id));
    if (!device) return Corrupt(keyspace::OwnerMfaDevice(context_.account, owner, id));
    devices.push_back(std::move(*device));
  }
  std::ranges::sort(devices, {}, [](const MfaDevice& device) { return std::tie(device.enabled, device.id); });
  return devices;
}

Result<std::uint64_t> MfaDevices::Count() {
  return FromStore(context_.transaction.PeekCounter(keyspace::Count(context_.account, "mfa-devices")));
}

Result<std::uint64_t> MfaDevices::CountInUse() {
  return FromStore(context_.transaction.PeekCounter(keyspace::Count(context_.account, CountOfUse(context_).what)));
}

}  // namespace claviger::directory
