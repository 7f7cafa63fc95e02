#include "directory/keyspace.h"

#include <initializer_list>
#include <utility>

#include "base/text.h"

namespace claviger::directory::keyspace {
namespace {

std::string Join(AccountId account, std::initializer_list<std::string_view> parts) {
  std::string key = account.ToString();
  for (const std::string_view part : parts) key += part;
  return key;
}

// Always eight, so that keys are in the order of their numbers.
std::string HexDigits(std::uint32_t number) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string digits;
  for (int shift = 28; shift >= 0; shift -= 4) digits += kDigits[number >> shift & 15];
  return digits;
}

// What is kept in the order of time, by the microsecond.
std::string AtTime(std::string prefix, std::uint64_t micros, std::string_view id) {
  return std::move(prefix) + HexDigits(static_cast<std::uint32_t>(micros >> 32)) +
         HexDigits(static_cast<std::uint32_t>(micros)) + "/" + std::string(id);
}

}  // namespace

std::string Account(AccountId account) { return Join(account, {"/account"}); }

std::string Preferences(AccountId account) { return Join(account, {"/preferences"}); }

std::string AllNamed(AccountId account, std::string_view folder) { return Join(account, {"/", folder, "/"}); }

std::string Named(AccountId account, std::string_view folder, std::string_view name) {
  return Join(account, {"/", folder, "/", AsciiLower(name)});
}

std::string NameOf(AccountId account, std::string_view folder, std::string_view id) {
  return Join(account, {"/", folder, "-name/", id});
}

std::string Members(AccountId account, std::string_view group) { return Join(account, {"/member/", group, "/"}); }

std::string Member(AccountId account, std::string_view group, std::string_view user) {
  return Join(account, {"/member/", group, "/", user});
}

std::string PolicyVersions(AccountId account, std::string_view policy) {
  return Join(account, {"/policy-version/", policy, "/"});
}

std::string PolicyVersion(AccountId account, std::string_view policy, std::uint32_t number) {
  return PolicyVersions(account, policy) + HexDigits(number);
}

std::string Holdings(AccountId account, std::string_view entity) { return Join(account, {"/holdings/", entity}); }

std::string InlinePolicy(AccountId account, std::string_view entity, std::string_view name) {
  return Join(account, {"/inline/", entity, "/", AsciiLower(name)});
}

std::string PolicyUses(AccountId account, std::string_view policy, std::string_view use) {
  return Join(account, {"/policy-use/", policy, "/", use, "/"});
}

std::string PolicyUse(AccountId account, std::string_view policy, std::string_view use, char kind,
                      std::string_view entity) {
  return Join(account, {"/policy-use/", policy, "/", use, "/", std::string_view(&kind, 1), "/", entity});
}

std::string RoleUse(AccountId account, std::string_view role) { return Join(account, {"/role-use/", role}); }

std::string RoleProfiles(AccountId account, std::string_view role) {
  return Join(account, {"/role-profile/", role, "/"});
}

std::string RoleProfile(AccountId account, std::string_view role, std::string_view profile) {
  return Join(account, {"/role-profile/", role, "/", profile});
}

std::string DeletionTask(AccountId account, std::string_view role_name) {
  return Join(account, {"/deletion-task/", AsciiLower(role_name)});
}

std::string AccessKey(AccountId account, std::string_view key_id) { return Join(account, {"/access-key/", key_id}); }

std::string OwnerKeys(AccountId account, std::string_view owner) { return Join(account, {"/owner-key/", owner, "/"}); }

std::string OwnerKey(AccountId account, std::string_view owner, std::string_view key_id) {
  return Join(account, {"/owner-key/", owner, "/", key_id});
}

std::string AccessKeyUse(AccountId account, std::string_view key_id) {
  return Join(account, {"/access-key-use/", key_id});
}

std::string AllOwned(AccountId account, std::string_view folder) { return Join(account, {"/", folder, "/"}); }

std::string Owned(AccountId account, std::string_view folder, std::string_view id) {
  return Join(account, {"/", folder, "/", id});
}

std::string AllOwnedBy(AccountId account, std::string_view folder, std::string_view owner) {
  return Join(account, {"/owner-", folder, "/", owner, "/"});
}

std::string OwnedBy(AccountId account, std::string_view folder, std::string_view owner, std::string_view id) {
  return Join(account, {"/owner-", folder, "/", owner, "/", id});
}

std::string ServiceLogin(AccountId account, std::string_view service, std::string_view login) {
  return Join(account, {"/service-login/", service, "/", AsciiLower(login)});
}

std::string ServerCertificateMaterial(AccountId account, std::string_view id) {
  return Join(account, {"/server-certificate-material/", id});
}

std::string SamlMetadata(AccountId account, std::string_view id) { return Join(account, {"/saml-metadata/", id}); }
std::string ActionUses(AccountId account, std::string_view principal) {
  return Join(account, {"/action-use/", principal, "/"});
}

std::string ActionUse(AccountId account, std::string_view principal, std::string_view action) {
  return Join(account, {"/action-use/", principal, "/", action});
}

std::string ServiceUses(AccountId account) { return Join(account, {"/service-use/"}); }

std::string ServiceUse(AccountId account, std::string_view service) {
  return ServiceUses(account) + std::string(service);
}

std::string LastAccessJobs(AccountId account) { return Join(account, {"/last-access-job/"}); }

std::string LastAccessJob(AccountId account, std::string_view id) { return Join(account, {"/last-access-job/", id}); }

std::string CredentialReport(AccountId account) { return Join(account, {"/credential-report"}); }

std::string TokenKeys(AccountId account, std::string_view algorithm) {
  return Join(account, {"/token-key/", algorithm, "/"});
}

std::string TokenKey(AccountId account, std::string_view algorithm, std::uint32_t number) {
  return TokenKeys(account, algorithm) + HexDigits(number);
}

std::string Revocation(AccountId account, std::string_view kind, std::string_view what) {
  return Join(account, {"/revocation/", kind, "/", what});
}

std::string Count(AccountId account, std::string_view what) { return Join(account, {"/count/", what}); }

std::string PasswordPolicy(AccountId account) { return Join(account, {"/password-policy"}); }

std::string LoginProfile(AccountId account, std::string_view owner) {
  return Join(account, {"/login-profile/", owner});
}

std::string LoginProfileUse(AccountId account, std::string_view owner) {
  return Join(account, {"/login-profile-use/", owner});
}

std::string OwnerMfaDevices(AccountId account, std::string_view owner) {
  return Join(account, {"/owner-mfa/", owner, "/"});
}

std::string OwnerMfaDevice(AccountId account, std::string_view owner, std::string_view device) {
  return Join(account, {"/owner-mfa/", owner, "/", device});
}

std::string OwnedDelegations(AccountId account) { return Join(account, {"/owned-delegation/"}); }

std::string OwnedDelegation(AccountId account, std::string_view request) {
  return OwnedDelegations(account) + std::string(request);
}

std::string DelegationWorkflow(AccountId account, std::string_view digest) {
  return Join(account, {"/delegation-workflow/", digest});
}

std::string OutboundFederation(AccountId account) { return Join(account, {"/outbound-federation"}); }

std::string Membership(AccountId account) { return Join(account, {"/membership"}); }

std::string Closed(AccountId account) { return Join(account, {"/closed"}); }

std::string Organization(AccountId management) { return Join(management, {"/organization"}); }

std::string OrganizationParts(AccountId management, std::string_view folder) {
  return Join(management, {"/organization-", folder, "/"});
}

std::string OrganizationChildren(AccountId management, std::string_view parent) {
  return Join(management, {"/organization-child/", parent, "/"});
}

std::string ControlAttachments(AccountId management, std::string_view target) {
  return Join(management, {"/control-attached/", target, "/"});
}

std::string ControlTargets(AccountId management, std::string_view policy) {
  return Join(management, {"/control-target/", policy, "/"});
}

std::vector<std::string> AllOfOrganization(AccountId management) {
  return {Organization(management), Join(management, {"/control-attached/"}), Join(management, {"/control-target/"})};
}

std::string AuditEvents(AccountId account) { return Join(account, {"/audit/"}); }

std::string AuditEvent(AccountId account, std::uint64_t micros, std::string_view event_id) {
  return AtTime(AuditEvents(account), micros, event_id);
}

std::string Trails(AccountId account) { return Join(account, {"/trail/"}); }

std::string Trail(AccountId account, std::string_view name) { return Trails(account) + std::string(name); }

std::string GlobalAccounts() { return "global/account/"; }

std::string GlobalAccount(AccountId account) { return GlobalAccounts() + account.ToString(); }

std::string GlobalAccessKey(std::string_view key_id) { return "global/access-key/" + std::string(key_id); }

std::string GlobalKeyAge() { return "global/key-age"; }

std::string GlobalAccountAlias(std::string_view alias) { return "global/account-alias/" + std::string(alias); }

std::string GlobalAuditKeys() { return "global/audit-key/"; }

std::string GlobalAuditKey(std::string_view fingerprint) { return GlobalAuditKeys() + std::string(fingerprint); }

std::string GlobalDelegationTemplates() { return "global/delegation-template/"; }

std::string GlobalDelegationTemplate(std::string_view name) { return GlobalDelegationTemplates() + std::string(name); }

std::string GlobalDelegationRequest(std::string_view id) { return "global/delegation-request/" + std::string(id); }

std::string GlobalDelegationTimes() { return "global/delegation-time/"; }

std::string GlobalDelegationTime(std::uint64_t micros, std::string_view id) {
  return AtTime(GlobalDelegationTimes(), micros, id);
}

std::string GlobalDelegationNotices() { return "global/delegation-notice/"; }

std::string GlobalDelegationNotice(std::uint64_t micros, std::string_view id) {
  return AtTime(GlobalDelegationNotices(), micros, id);
}

std::string GlobalHardwareTokens() { return "global/hardware-token/"; }

std::string GlobalHardwareToken(std::string_view serial_number) {
  return GlobalHardwareTokens() + AsciiLower(serial_number);
}

std::string GlobalTokenIssuer(std::string_view id) { return "global/token-issuer/" + std::string(id); }

std::string GlobalSealingKeys() { return "global/sealing-key/"; }

std::string GlobalSealingKey(std::string_view purpose, std::uint32_t id) {
  return GlobalSealingKeys() + std::string(purpose) + "/" + HexDigits(id);
}

}  // namespace claviger::directory::keyspace
