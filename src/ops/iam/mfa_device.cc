#include "ops/iam/mfa_device.h"

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "codec/qr_png.h"
#include "directory/mfa_device.h"
#include "gen/iam/operations.h"
#include "ops/iam/caller_user.h"
#include "ops/iam/show.h"
#include "ops/iam/tags.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

constexpr std::size_t kSeedBytes = 40;  // 64 characters of Base32.
constexpr std::size_t kSerialCharactersMax = 256;
// How far a device's clock may be off when it is enabled, and when it is brought in step again.
constexpr std::chrono::minutes kEnableReach{5};
constexpr std::chrono::hours kResyncReach{8};

// Whose devices a request is about. The root user calls itself by the number of its account where a name must be given.
Result<KeyOwner> Owner(OperationContext& context, const std::optional<std::string>& user_name) {
  const bool is_root = context.caller.IsRoot() && user_name == context.account().ToString();
  if (is_root) return KeyOwner{.id = std::string(directory::kRootOwner), .user_name = std::nullopt};
  return NamedOrCallingKeyOwner(context, user_name);
}

// What an authenticator app reads from the QR code: "Key URI Format", as AWS fills it in.
std::string KeyUri(AccountId account, std::string_view device_name, std::string_view seed) {
  constexpr std::string_view kIssuer = "Amazon%20Web%20Services";
  std::string uri("otpauth://totp/");
  uri.append(kIssuer).append(":").append(PercentEncode(device_name)).append("@").append(account.ToString());
  uri.append("?secret=").append(seed).append("&issuer=").append(kIssuer);
  return uri;
}

Result<CreateVirtualMFADeviceResponse> CreateVirtualMFADevice(OperationContext& context,
                                                              const CreateVirtualMFADeviceRequest& request) {
  directory::MfaDevices& devices = context.directory.mfa_devices;
  directory::MfaDevice device{.id = context.random.Uuid(),
                              .path = request.path.value_or("/"),
                              .name = request.virtual_mfa_device_name,
                              .created = context.now,
                              .tags = TRY(TagsFromApi(request.tags, TagKeys::kExact))};
  const std::string serial_number = devices.SerialOf(device);
  if (serial_number.size() > kSerialCharactersMax) {
    return Fail(ErrorCode::kInvalidInput, "The serial number " + serial_number + " is too long.");
  }
  std::array<std::uint8_t, kSeedBytes> bytes;
  context.random.Fill(bytes);
  const crypto::Secret seed{std::span<const std::uint8_t>(bytes)};
  crypto::Wipe(bytes.data(), bytes.size());
  device.sealed_seed = devices.SealSeed(device.id, seed);
  TRY(devices.Insert(device));

  std::string base32 = Base32Encode(AsBytes(seed.Reveal()));
  auto picture = codec::QrPng(KeyUri(context.account(), device.name, base32));
  if (!picture) return Fail(ErrorCode::kInternalFailure, "The QR code could not be drawn.");
  return CreateVirtualMFADeviceResponse{.virtual_mfa_device = {.serial_number = serial_number,
                                                               .base32_string_seed = std::move(base32),
                                                               .qr_code_png = std::move(*picture),
                                                               .tags = TagsUnlessEmpty(device.tags)}};
}

Failure<Error> WrongCode() {
  return Fail(ErrorCode::kInvalidAuthenticationCode, "Authentication code for device is not valid.");
}

Result<EnableMFADeviceResponse> EnableMFADevice(OperationContext& context, const EnableMFADeviceRequest& request) {
  const KeyOwner owner = TRY(Owner(context, request.user_name));
  directory::MfaDevices& devices = context.directory.mfa_devices;
  const directory::MfaDevice stored = TRY(devices.GetFree(request.serial_number));
  directory::MfaDevice device = stored;
  if (!TRY(devices.TakeTwoCodes(device, request.authentication_code1, request.authentication_code2, context.now,
                                kEnableReach))) {
    return WrongCode();
  }
  TRY(devices.Assign(stored, std::move(device), owner.id, context.now));
  return EnableMFADeviceResponse{};
}

Result<ResyncMFADeviceResponse> ResyncMFADevice(OperationContext& context, const ResyncMFADeviceRequest& request) {
  const KeyOwner owner = TRY(Owner(context, request.user_name));
  directory::MfaDevices& devices = context.directory.mfa_devices;
  const directory::MfaDevice stored = TRY(devices.GetOf(owner.id, request.serial_number));
  directory::MfaDevice device = stored;
  const bool right = TRY(devices.TakeTwoCodes(device, request.authentication_code1, request.authentication_code2,
                                              context.now, kResyncReach));
  TRY(devices.Replace(stored, device));
  context.keep_when_failed = true;  // A wrong pair of codes is remembered.
  if (!right) return WrongCode();
  return ResyncMFADeviceResponse{};
}

Result<DeactivateMFADeviceResponse> DeactivateMFADevice(OperationContext& context,
                                                        const DeactivateMFADeviceRequest& request) {
  const KeyOwner owner = TRY(Owner(context, request.user_name));
  TRY(context.directory.mfa_devices.Unassign(
      TRY(context.directory.mfa_devices.GetOf(owner.id, request.serial_number))));
  return DeactivateMFADeviceResponse{};
}

Result<DeleteVirtualMFADeviceResponse> DeleteVirtualMFADevice(OperationContext& context,
                                                              const DeleteVirtualMFADeviceRequest& request) {
  const directory::MfaDevice device = TRY(context.directory.mfa_devices.GetVirtual(request.serial_number));
  if (!device.owner.empty()) {
    return Fail(ErrorCode::kDeleteConflict, "MFA VirtualDevice in use. Must deactivate first.");
  }
  TRY(context.directory.mfa_devices.Remove(device));
  return DeleteVirtualMFADeviceResponse{};
}

Result<ListMFADevicesResponse> ListMFADevices(OperationContext& context, const ListMFADevicesRequest& request) {
  const KeyOwner owner = TRY(Owner(context, request.user_name));
  const directory::MfaDevices& devices = context.directory.mfa_devices;
  const auto serial_of = [&](const directory::MfaDevice& device) { return devices.SerialOf(device); };
  ListMFADevicesResponse response;
  TRY(ShowPage(
      context, "ListMFADevices", request, TRY(context.directory.mfa_devices.ListOf(owner.id)), serial_of,
      [&](const directory::MfaDevice& device) {
        response.mfa_devices.push_back(
            {.user_name = owner.user_name, .serial_number = devices.SerialOf(device), .enable_date = device.enabled});
      },
      response));
  return response;
}

// Who has a device, as ListVirtualMFADevices shows it.
Result<User> ShowOwner(OperationContext& context, const directory::MfaDevice& device) {
  if (device.owner == directory::kRootOwner) return ShowRoot(context);
  const auto user = TRY(context.directory.users.FindById(device.owner));
  if (!user) return Fail(ErrorCode::kInternalFailure, "The user of the MFA device is no longer known.");
  return ShowUser(context, *user);
}

Result<ListVirtualMFADevicesResponse> ListVirtualMFADevices(OperationContext& context,
                                                            const ListVirtualMFADevicesRequest& request) {
  const std::string status = request.assignment_status.value_or(std::string(assignment_status_type::kAny));
  const auto keep = [&](const directory::MfaDevice& device) -> Result<bool> {
    if (device.kind != directory::MfaKind::kVirtual) return false;
    if (status == assignment_status_type::kAssigned) return !device.owner.empty();
    return status == assignment_status_type::kAny || device.owner.empty();
  };
  directory::MfaDevices& devices = context.directory.mfa_devices;
  const std::string after = TRY(OpenMarker(context, "ListVirtualMFADevices", request.marker));
  const auto page = TRY(devices.List("/", after, PageItems(request.max_items), keep));
  ListVirtualMFADevicesResponse response;
  for (const directory::MfaDevice& device : page.items) {
    VirtualMFADevice api{.serial_number = devices.SerialOf(device)};
    if (!device.owner.empty()) {
      api.user = TRY(ShowOwner(context, device));
      api.enable_date = device.enabled;
    }
    response.virtual_mfa_devices.push_back(std::move(api));
  }
  response.is_truncated = page.truncated;
  if (page.truncated) response.marker = MakeMarker(context, "ListVirtualMFADevices", page.items.back().name);
  return response;
}

Result<GetMFADeviceResponse> GetMFADevice(OperationContext& context, const GetMFADeviceRequest& request) {
  const KeyOwner owner = TRY(Owner(context, request.user_name));
  const directory::MfaDevice device = TRY(context.directory.mfa_devices.GetOf(owner.id, request.serial_number));
  GetMFADeviceResponse response{
      .user_name = owner.user_name, .serial_number = request.serial_number, .enable_date = device.enabled};
  if (device.kind == directory::MfaKind::kFidoKey) {
    auto& certifications = response.certifications.emplace();
    for (const auto& certification : device.fido_key.certifications) {
      certifications.insert_or_assign(certification.key, certification.value);
    }
  }
  return response;
}

}  // namespace

void RegisterMfaDeviceOperations(Operations& operations) {
  operations.Add<api::CreateVirtualMFADevice>(CreateVirtualMFADevice);
  operations.Add<api::EnableMFADevice>(EnableMFADevice);
  operations.Add<api::ResyncMFADevice>(ResyncMFADevice);
  operations.Add<api::DeactivateMFADevice>(DeactivateMFADevice);
  operations.Add<api::DeleteVirtualMFADevice>(DeleteVirtualMFADevice);
  operations.Add<api::ListMFADevices>(ListMFADevices);
  operations.Add<api::ListVirtualMFADevices>(ListVirtualMFADevices);
  operations.Add<api::GetMFADevice>(GetMFADevice);
}

}  // namespace claviger::ops::iam
