// Where everything is kept: the keys of the store, specified in docs/internals/directory.md.
//
// What belongs to an account begins with its twelve digits, so that an account is one range of the store and a handle
// to one account cannot reach another. What belongs to the installation begins with "global/". Names are kept in lower
// case in keys, because AWS holds them unique ignoring case, and lists in that order. What hangs on a user, group, role
// or policy is kept under its unique id, so that renaming it moves one record.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aws/account_id.h"

namespace claviger::directory::keyspace {

std::string Account(AccountId account);      // The account itself.
std::string Preferences(AccountId account);  // What it has chosen.

// Users, groups, roles, customer managed policies, instance profiles, server certificates and identity providers;
// `folder` is "user", "group", "role", "policy", "instance-profile", "server-certificate", "oidc-provider" or
// "saml-provider".
std::string AllNamed(AccountId account, std::string_view folder);                      // Prefix of all.
std::string Named(AccountId account, std::string_view folder, std::string_view name);  // The one of that name.
std::string NameOf(AccountId account, std::string_view folder, std::string_view id);   // Unique id -> name, lower case.

std::string Members(AccountId account, std::string_view group);  // Prefix of a group's members.
std::string Member(AccountId account, std::string_view group, std::string_view user);

std::string PolicyVersions(AccountId account, std::string_view policy);  // Prefix of a policy's versions.
std::string PolicyVersion(AccountId account, std::string_view policy, std::uint32_t number);

// What an entity (user, group or role) has, in one record; and each of its inline policies.
std::string Holdings(AccountId account, std::string_view entity);
std::string InlinePolicy(AccountId account, std::string_view entity, std::string_view name);

// Who has a managed policy; `use` is "attached" or "boundary", `kind` the letter of directory::EntityKind.
std::string PolicyUses(AccountId account, std::string_view policy, std::string_view use);
std::string PolicyUse(AccountId account, std::string_view policy, std::string_view use, char kind,
                      std::string_view entity);

std::string RoleUse(AccountId account, std::string_view role);       // When and where a role was last used.
std::string RoleProfiles(AccountId account, std::string_view role);  // Prefix of the instance profiles that hold it.
std::string RoleProfile(AccountId account, std::string_view role, std::string_view profile);
std::string DeletionTask(AccountId account, std::string_view role_name);  // Of a service-linked role.

std::string AccessKey(AccountId account, std::string_view key_id);  // The key.
std::string OwnerKeys(AccountId account, std::string_view owner);   // Prefix of an owner's keys.
std::string OwnerKey(AccountId account, std::string_view owner, std::string_view key_id);
std::string AccessKeyUse(AccountId account, std::string_view key_id);  // When and where it was last used.

// What hangs on one user: signing certificates, SSH public keys, service-specific credentials; `folder` is
// "signing-certificate", "ssh-key" or "service-credential".
std::string AllOwned(AccountId account, std::string_view folder);                            // Prefix of all.
std::string Owned(AccountId account, std::string_view folder, std::string_view id);          // The one of that id.
std::string AllOwnedBy(AccountId account, std::string_view folder, std::string_view owner);  // Prefix of an owner's.
std::string OwnedBy(AccountId account, std::string_view folder, std::string_view owner, std::string_view id);

// The credential behind a login name of a service.
std::string ServiceLogin(AccountId account, std::string_view service, std::string_view login);

std::string ServerCertificateMaterial(AccountId account, std::string_view id);  // Certificate, chain and key.
std::string SamlMetadata(AccountId account, std::string_view id);               // A provider's document.
// When a user or role (by its unique id) last called an action such as "iam:CreateUser".
std::string ActionUses(AccountId account, std::string_view principal);  // Prefix of all of one principal.
std::string ActionUse(AccountId account, std::string_view principal, std::string_view action);
// When anybody in the account last called a service such as "iam".
std::string ServiceUses(AccountId account);  // Prefix of all.
std::string ServiceUse(AccountId account, std::string_view service);
std::string LastAccessJobs(AccountId account);  // Prefix of the reports made of these.
std::string LastAccessJob(AccountId account, std::string_view id);
std::string CredentialReport(AccountId account);

// Keys that sign the account's tokens, by algorithm.
std::string TokenKeys(AccountId account, std::string_view algorithm);  // Prefix of all.
std::string TokenKey(AccountId account, std::string_view algorithm, std::uint32_t number);

// What ends sessions early; with no `what` the prefix of its kind.
std::string Revocation(AccountId account, std::string_view kind, std::string_view what);
std::string Count(AccountId account, std::string_view what);  // How many of `what` there are.

std::string PasswordPolicy(AccountId account);
std::string LoginProfile(AccountId account, std::string_view owner);     // A user's, or root's.
std::string LoginProfileUse(AccountId account, std::string_view owner);  // When it was last signed in with.
std::string OwnerMfaDevices(AccountId account, std::string_view owner);  // Prefix of an owner's MFA devices.
std::string OwnerMfaDevice(AccountId account, std::string_view owner, std::string_view device);

// The delegation requests that the account's users and roles own; and those that it made, by the digest of the id that
// it has for its own work.
std::string OwnedDelegations(AccountId account);  // Prefix of all.
std::string OwnedDelegation(AccountId account, std::string_view request);
std::string DelegationWorkflow(AccountId account, std::string_view digest);

std::string OutboundFederation(AccountId account);  // Whether tokens for services outside may be made.

// Organizations: see organization.h. All but the membership are in the range of the management account.
std::string Membership(AccountId account);                                        // Which one it is in.
std::string Closed(AccountId account);                                            // There when it is closed.
std::string Organization(AccountId management);                                   // The organization itself.
std::string OrganizationParts(AccountId management, std::string_view folder);     // Prefix of its units, ...
std::string OrganizationChildren(AccountId management, std::string_view parent);  // Prefix of what is below.
std::string ControlAttachments(AccountId management, std::string_view target);    // Prefix of its policies.
std::string ControlTargets(AccountId management, std::string_view policy);        // Prefix of who has it.

// The prefixes of all that an organization is made of, but for the memberships.
std::vector<std::string> AllOfOrganization(AccountId management);

std::string AuditEvents(AccountId account);  // Prefix of the events on their way to the audit trail.
std::string AuditEvent(AccountId account, std::uint64_t micros, std::string_view event_id);
std::string Trails(AccountId account);  // Prefix of its trails.
std::string Trail(AccountId account, std::string_view name);

std::string GlobalAccounts();  // Prefix of the accounts' index.
std::string GlobalAccount(AccountId account);
std::string GlobalAccessKey(std::string_view key_id);  // Key id -> its account, of keys whose id does not tell it.
std::string GlobalKeyAge();  // How old access keys may become where an account has not chosen.
std::string GlobalAccountAlias(std::string_view alias);  // Alias -> the account that has it.
std::string GlobalAuditKeys();  // Prefix of the keys that digests of the audit trail are signed with.
std::string GlobalAuditKey(std::string_view fingerprint);
std::string GlobalHardwareTokens();  // Prefix of the hardware tokens that the administrator has imported.
std::string GlobalHardwareToken(std::string_view serial_number);
// Delegation: the templates of product providers, the requests of all accounts, when each of them has to be looked at
// again, and the notices about them in the order of their making.
std::string GlobalDelegationTemplates();  // Prefix of all.
std::string GlobalDelegationTemplate(std::string_view name);
std::string GlobalDelegationRequest(std::string_view id);
std::string GlobalDelegationTimes();  // Prefix of all.
std::string GlobalDelegationTime(std::uint64_t micros, std::string_view id);
std::string GlobalDelegationNotices();  // Prefix of all.
std::string GlobalDelegationNotice(std::uint64_t micros, std::string_view id);
std::string GlobalTokenIssuer(std::string_view id);  // Id of an issuer of tokens -> its account.
std::string GlobalSealingKeys();                     // Prefix of the sealing keys.
std::string GlobalSealingKey(std::string_view purpose, std::uint32_t id);

}  // namespace claviger::directory::keyspace
