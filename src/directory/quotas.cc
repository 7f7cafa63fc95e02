#include "directory/quotas.h"

#include <array>

namespace claviger::directory {
namespace {

constexpr auto kQuotas = std::to_array<QuotaInfo>({
    {"users-per-account", &Quotas::users_per_account, "Users of an account"},
    {"groups-per-account", &Quotas::groups_per_account, "Groups of an account"},
    {"roles-per-account", &Quotas::roles_per_account, "Roles of an account"},
    {"policies-per-account", &Quotas::policies_per_account, "Customer managed policies of an account"},
    {"instance-profiles-per-account", &Quotas::instance_profiles_per_account, "Instance profiles of an account"},
    {"policy-versions-per-account", &Quotas::policy_versions_per_account, "Versions of all policies of an account"},
    {"access-keys-per-user", &Quotas::access_keys_per_user, "Access keys of a user, or of an account's root user"},
    {"mfa-devices-per-user", &Quotas::mfa_devices_per_user, "MFA devices of a user, or of an account's root user"},
    {"signing-certificates-per-user", &Quotas::signing_certificates_per_user, "Signing certificates of a user"},
    {"ssh-public-keys-per-user", &Quotas::ssh_public_keys_per_user, "SSH public keys of a user"},
    {"service-credentials-per-user", &Quotas::service_credentials_per_user,
     "Service-specific credentials of a user, for each service"},
    {"server-certificates-per-account", &Quotas::server_certificates_per_account, "Server certificates of an account"},
    {"oidc-providers-per-account", &Quotas::oidc_providers_per_account, "OpenID Connect providers of an account"},
    {"client-ids-per-oidc-provider", &Quotas::client_ids_per_oidc_provider, "Client ids of an OpenID Connect provider"},
    {"thumbprints-per-oidc-provider", &Quotas::thumbprints_per_oidc_provider,
     "Thumbprints of an OpenID Connect provider"},
    {"saml-providers-per-account", &Quotas::saml_providers_per_account, "SAML providers of an account"},
    {"issuers-per-saml-provider", &Quotas::issuers_per_saml_provider, "Identity providers in a SAML provider"},
    {"certificates-per-saml-provider", &Quotas::certificates_per_saml_provider, "Certificates of a SAML provider"},
    {"private-keys-per-saml-provider", &Quotas::private_keys_per_saml_provider, "Private keys of a SAML provider"},
    {"groups-per-user", &Quotas::groups_per_user, "Groups that a user is in"},
    {"policies-per-user", &Quotas::policies_per_user, "Managed policies attached to a user"},
    {"policies-per-group", &Quotas::policies_per_group, "Managed policies attached to a group"},
    {"policies-per-role", &Quotas::policies_per_role, "Managed policies attached to a role"},
    {"instance-profiles-per-role", &Quotas::instance_profiles_per_role, "Instance profiles that hold one role"},
    {"versions-per-policy", &Quotas::versions_per_policy, "Versions of a managed policy"},
    {"tags-per-resource", &Quotas::tags_per_resource, "Tags of a resource"},
    {"delegation-requests-per-account", &Quotas::delegation_requests_per_account,
     "Delegation requests that a product provider has made and that are still known"},
    {"accounts-per-organization", &Quotas::accounts_per_organization, "Accounts in an organization"},
    {"units-per-organization", &Quotas::units_per_organization, "Organizational units in an organization"},
    {"control-policies-per-organization", &Quotas::control_policies_per_organization,
     "Control policies of an organization, of each type"},
    {"service-control-policies-per-target", &Quotas::service_control_policies_per_target,
     "Service control policies attached to a root, unit or account"},
    {"resource-control-policies-per-target", &Quotas::resource_control_policies_per_target,
     "Resource control policies attached to a root, unit or account"},
    {"service-control-policy-characters", &Quotas::service_control_policy_characters,
     "Size of a service control policy, with its white space"},
    {"resource-control-policy-characters", &Quotas::resource_control_policy_characters,
     "Size of a resource control policy, with its white space"},
    {"managed-policy-characters", &Quotas::managed_policy_characters, "Size of a managed policy"},
    {"trust-policy-characters", &Quotas::trust_policy_characters, "Size of a role's trust policy"},
    {"user-inline-characters", &Quotas::user_inline_characters, "Size of a user's inline policies together"},
    {"group-inline-characters", &Quotas::group_inline_characters, "Size of a group's inline policies together"},
    {"role-inline-characters", &Quotas::role_inline_characters, "Size of a role's inline policies together"},
});

static_assert(sizeof(Quotas) == kQuotas.size() * sizeof(std::uint64_t), "a quota has no line above");

}  // namespace

std::span<const QuotaInfo> AllQuotas() { return kQuotas; }

}  // namespace claviger::directory
