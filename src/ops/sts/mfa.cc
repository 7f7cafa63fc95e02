#include "ops/sts/mfa.h"

namespace claviger::ops::sts {
namespace {

// Who the caller's devices are registered for; empty: nobody who can have any.
std::string DeviceOwner(const Caller& caller) {
  if (caller.type == PrincipalType::kUser) return caller.unique_id;
  return caller.IsRoot() ? std::string(directory::kRootOwner) : std::string();
}

}  // namespace

Result<bool> AuthenticateMfa(OperationContext& context, const std::optional<std::string>& serial_number,
                             const std::optional<std::string>& token_code) {
  if (context.mfa_authenticated) return *context.mfa_authenticated;
  if (!serial_number && !token_code) return false;
  if (!serial_number || !token_code) {
    return Fail(ErrorCode::kAccessDenied,
                "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.");
  }
  const std::string owner = DeviceOwner(context.caller);
  directory::MfaDevices& devices = context.directory.mfa_devices;
  const auto device = TRY(devices.FindBySerial(*serial_number));
  const bool shows_codes = device && device->kind != directory::MfaKind::kFidoKey;
  if (owner.empty() || !shows_codes || device->owner != owner) {
    return Fail(ErrorCode::kAccessDenied,
                "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number "
                "is valid and associated with this user.");
  }
  if (!TRY(devices.TakeCode(*device, *token_code, context.now))) {
    context.keep_when_failed = true;
    return Fail(ErrorCode::kAccessDenied,
                "MultiFactorAuthentication failed with invalid MFA one time pass code. ");  // The space is AWS's.
  }
  context.mfa_authenticated = true;
  return true;
}

}  // namespace claviger::ops::sts
