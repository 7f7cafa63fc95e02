#include "directory/mfa_device.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "aws/arn.h"
#include "base/encoding.h"
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
// Which makes 26 characters of Base32, as AWS has them.
constexpr std::size_t kFidoIdBytes = 16;

// What the names of hardware tokens and FIDO keys begin with.
constexpr std::string_view kHardware = "hardware/";
constexpr std::string_view kFido = "u2f/";

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

// The name that the device of a serial number has if there is one.
std::string NameFor(std::string_view serial_number) {
  if (!serial_number.starts_with("arn:")) return std::string(kHardware).append(serial_number);
  const std::string_view last = serial_number.substr(serial_number.rfind('/') + 1);
  const bool fido = serial_number.find(":u2f/") != std::string_view::npos;
  return fido ? std::string(kFido).append(last) : std::string(last);
}

Failure<Error> NoSuchDevice(std::string_view serial_number) {
  return Fail(ErrorCode::kNoSuchEntity,
              "MFA Device with serial number " + std::string(serial_number) + " does not exist.");
}

// Tells the installation in which account a hardware token is in use now (empty: in none), and which codes it used up.
Result<> NoteUse(const Context& context, const std::string& serial_number, std::string account,
                 const MfaDevice& device) {
  HardwareTokens tokens(context);
  auto token = TRY(tokens.Find(serial_number));
  if (!token) return {};
  token->used_in = std::move(account);
  token->last_step = device.last_step;
  tokens.Replace(*token);
  return {};
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
    kKind = 12,
    kPeriod = 13,
    kFidoKey = 14,
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
    if (device.kind != MfaKind::kVirtual) writer.Number(kKind, static_cast<std::uint64_t>(device.kind));
    if (device.period != crypto::kTotpPeriod) {
      writer.Number(kPeriod, static_cast<std::uint64_t>(device.period.count()));
    }
    if (device.kind == MfaKind::kFidoKey) writer.Bytes(Field::kFidoKey, EncodeFidoKey(device.fido_key));
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
      case kKind:
        device.kind = static_cast<MfaKind>(field.value);
        break;
      case kPeriod:
        device.period = std::chrono::seconds(field.value);
        break;
      case kFidoKey:
        device.fido_key = DecodeFidoKey(field.bytes).value_or(FidoKey());
        break;
      default:
        break;
    }
  }
};

template class Named<MfaDevice>;

std::string MfaDevices::SerialOf(const MfaDevice& device) const {
  const std::string_view name = device.name;
  if (device.kind == MfaKind::kHardwareToken) return std::string(name.substr(kHardware.size()));
  if (device.kind == MfaKind::kFidoKey) {
    return IamArn(context_.account, "u2f", device.path, name.substr(kFido.size()));
  }
  return IamArn(context_.account, "mfa", device.path, name);
}

Result<std::optional<MfaDevice>> MfaDevices::FindBySerial(std::string_view serial_number) {
  if (serial_number.size() > kSerialCharactersMax) return std::optional<MfaDevice>();
  auto device = TRY(Find(NameFor(serial_number)));
  if (device && SerialOf(*device) != serial_number) device.reset();
  return device;
}

Result<MfaDevice> MfaDevices::GetVirtual(std::string_view serial_number) {
  auto device = TRY(FindBySerial(serial_number));
  if (!device || device->kind != MfaKind::kVirtual) return NoSuchDevice(serial_number);
  return std::move(*device);
}

Result<MfaDevice> MfaDevices::GetFree(std::string_view serial_number) {
  const auto in_use = [] { return Fail(ErrorCode::kEntityAlreadyExists, "MFA Device is already in use."); };
  if (auto device = TRY(FindBySerial(serial_number))) {
    if (!device->owner.empty()) return in_use();
    return std::move(*device);
  }
  const auto token = TRY(HardwareTokens(context_).Find(serial_number));
  const bool may_have = token && (token->reserved_for.empty() || token->reserved_for == context_.account.ToString());
  if (!may_have) return NoSuchDevice(serial_number);
  if (!token->used_in.empty()) return in_use();
  return ToDevice(*token);
}

Result<MfaDevice> MfaDevices::GetOf(std::string_view owner, std::string_view serial_number) {
  auto device = TRY(FindBySerial(serial_number));
  if (!device) return NoSuchDevice(serial_number);
  if (device->owner != owner) return Fail(ErrorCode::kNoSuchEntity, "MFA Device invalid for user.");
  return std::move(*device);
}

// As the account will know it, with the seed sealed for that.
Result<MfaDevice> MfaDevices::ToDevice(const HardwareToken& token) {
  const crypto::Secret seed = TRY(HardwareTokens(context_).OpenSeed(token));
  MfaDevice device{.id = context_.random.Uuid(),
                   .path = "/",
                   .name = std::string(kHardware).append(token.serial_number),
                   .created = token.imported,
                   .last_step = token.last_step,
                   .kind = MfaKind::kHardwareToken,
                   .period = token.period};
  device.sealed_seed = SealSeed(device.id, seed);
  return device;
}

Result<std::string> MfaDevices::Register(std::string_view owner, std::string_view owner_in_serial,
                                         std::string_view name, const FidoKey& key, TimePoint now) {
  for (const MfaDevice& other : TRY(ListOf(owner))) {
    if (other.kind == MfaKind::kFidoKey && other.fido_key.credential_id == key.credential_id) {
      return Fail(ErrorCode::kEntityAlreadyExists, "this key is registered already, as " + SerialOf(other));
    }
  }
  std::array<std::uint8_t, kFidoIdBytes> id{};
  context_.random.Fill(id);
  MfaDevice device{.id = context_.random.Uuid(),
                   .path = "/" + std::string(owner_in_serial) + "/",
                   .name = std::string(kFido).append(name).append("-").append(Base32Encode(id)),
                   .created = now,
                   .kind = MfaKind::kFidoKey,
                   .fido_key = key};
  std::string serial_number = SerialOf(device);
  if (name.empty() || serial_number.size() > kSerialCharactersMax) {
    return Fail(ErrorCode::kInvalidInput, "the serial number " + serial_number + " is too long or has no name");
  }
  TRY(Assign(device, device, owner, now));
  return serial_number;
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
  if (stored.kind == MfaKind::kFidoKey || MustWait(stored.attempts, now)) return false;
  const crypto::Secret seed = TRY(OpenSeed(stored));
  const std::int64_t present = crypto::TotpStep(now, stored.period);
  const std::int64_t shown = present + stored.drift;
  const std::int64_t undrifted = std::abs(stored.drift) <= kDoubtfulDrift ? present : shown;
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
  if (device.kind == MfaKind::kFidoKey || MustWait(device.attempts, now)) return false;
  const crypto::Secret seed = TRY(OpenSeed(device));
  const std::int64_t present = crypto::TotpStep(now, device.period);
  const std::int64_t steps = reach / device.period;
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
  if (device.kind == MfaKind::kVirtual) return Replace(stored, device);
  if (device.kind == MfaKind::kHardwareToken)
    TRY(NoteUse(context_, SerialOf(device), context_.account.ToString(), device));
  return Insert(device);
}

Result<> MfaDevices::Unassign(const MfaDevice& device) {
  context_.transaction.Delete(keyspace::OwnerMfaDevice(context_.account, device.owner, device.id));
  CountDown(context_, CountOfUse(context_));
  if (device.kind != MfaKind::kVirtual) {
    if (device.kind == MfaKind::kHardwareToken) TRY(NoteUse(context_, SerialOf(device), "", device));
    return Remove(device);
  }
  MfaDevice free = device;
  free.owner.clear();
  free.drift = 0;
  free.attempts = {};
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
