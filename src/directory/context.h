// What every part of the directory works with: one attempt at a change, in one account.
#pragma once

#include "aws/account_id.h"
#include "aws/error.h"
#include "base/random.h"
#include "crypto/keyring.h"
#include "directory/catalogue.h"
#include "directory/service_catalogue.h"
#include "policy/limits.h"
#include "store/store.h"

namespace claviger::directory {

// The quotas that AWS publishes, at their defaults. Sizes are in characters without white space (policy/limits.h).
struct Quotas {
  std::uint64_t users_per_account = 5000;
  std::uint64_t groups_per_account = 300;
  std::uint64_t roles_per_account = 1000;
  std::uint64_t policies_per_account = 1500;
  std::uint64_t instance_profiles_per_account = 1000;
  std::uint64_t policy_versions_per_account = 10000;
  std::uint64_t access_keys_per_user = 2;
  std::uint64_t mfa_devices_per_user = 8;
  std::uint64_t signing_certificates_per_user = 2;
  std::uint64_t ssh_public_keys_per_user = 5;
  std::uint64_t service_credentials_per_user = 2;  // For each service.
  std::uint64_t server_certificates_per_account = 20;
  std::uint64_t oidc_providers_per_account = 100;
  std::uint64_t client_ids_per_oidc_provider = 100;
  std::uint64_t thumbprints_per_oidc_provider = 5;
  std::uint64_t saml_providers_per_account = 100;
  std::uint64_t issuers_per_saml_provider = 10;
  std::uint64_t certificates_per_saml_provider = 10;
  std::uint64_t private_keys_per_saml_provider = 2;
  std::uint64_t groups_per_user = 10;
  std::uint64_t policies_per_user = 10;  // Managed policies attached.
  std::uint64_t policies_per_group = 10;
  std::uint64_t policies_per_role = 10;
  std::uint64_t instance_profiles_per_role = 1000;
  std::uint64_t versions_per_policy = 5;
  std::uint64_t tags_per_resource = 50;
  std::uint64_t delegation_requests_per_account = 1000;  // Of a product provider, until they are forgotten.
  std::uint64_t accounts_per_organization = 1000;
  std::uint64_t units_per_organization = 2000;
  std::uint64_t control_policies_per_organization = 10000;  // Of each type.
  std::uint64_t service_control_policies_per_target = 10;
  std::uint64_t resource_control_policies_per_target = 5;
  std::uint64_t service_control_policy_characters = 10240;  // White space counts.
  std::uint64_t resource_control_policy_characters = 5120;
  std::uint64_t managed_policy_characters = policy::kManagedPolicyCharactersMax;
  std::uint64_t trust_policy_characters = policy::kTrustPolicyCharactersMax;
  std::uint64_t user_inline_characters = policy::kUserInlineCharactersMax;  // All of one user together.
  std::uint64_t group_inline_characters = policy::kGroupInlineCharactersMax;
  std::uint64_t role_inline_characters = policy::kRoleInlineCharactersMax;
};

// The sealing keys of the installation, one ring a purpose.
struct Keys {
  crypto::Keyring secrets;   // Secret access keys and private keys at rest.
  crypto::Keyring sessions;  // Session tokens.
  crypto::Keyring markers;   // Page cursors.
};

// REQUIRES: what it refers to outlives it.
struct Context {
  store::Transaction& transaction;
  AccountId account;
  const Keys& keys;
  const Quotas& quotas;
  Random& random;
  const Catalogue& catalogue = BuiltinCatalogue();       // The policies that AWS manages.
  const ServiceCatalogue& services = BuiltinServices();  // What policies can be about.
};

// The same attempt, in another account.
Context InAccount(const Context& context, AccountId account);

// A failure of the store as AWS would report it: the caller can only try again later.
Error ToError(const store::StoreError& error);

template <class T>
Result<T> FromStore(store::StoreResult<T> result) {
  if (!result.ok()) return Failure{ToError(result.error())};
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(result).value();
  }
}

// What is stored under `key` is not what this program writes.
Failure<Error> Corrupt(std::string_view key);

}  // namespace claviger::directory
