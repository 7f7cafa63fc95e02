// The resources of one account, as one attempt at a change sees them: what an operation works with.
#pragma once

#include "directory/access_key.h"
#include "directory/account.h"
#include "directory/action_use.h"
#include "directory/context.h"
#include "directory/group.h"
#include "directory/holdings.h"
#include "directory/instance_profile.h"
#include "directory/last_access_job.h"
#include "directory/login_profile.h"
#include "directory/mfa_device.h"
#include "directory/oidc_provider.h"
#include "directory/password_policy.h"
#include "directory/policy.h"
#include "directory/preferences.h"
#include "directory/revocation.h"
#include "directory/role.h"
#include "directory/saml_provider.h"
#include "directory/server_certificate.h"
#include "directory/service_credential.h"
#include "directory/service_linked_role.h"
#include "directory/signing_certificate.h"
#include "directory/ssh_public_key.h"
#include "directory/user.h"

namespace claviger::directory {

// Not thread-safe. Gone with the transaction that it works on.
struct Directory {
  explicit Directory(const Context& from)
      : context(from),
        users(from),
        groups(from),
        roles(from),
        policies(from),
        instance_profiles(from),
        deletion_tasks(from),
        holdings(from),
        access_keys(from),
        login_profiles(from),
        mfa_devices(from),
        signing_certificates(from),
        ssh_public_keys(from),
        service_credentials(from),
        server_certificates(from),
        oidc_providers(from),
        saml_providers(from),
        revocations(from),
        preferences(from),
        action_uses(from),
        last_access_jobs(from) {}

  Context context;
  Users users;
  Groups groups;
  Roles roles;
  Policies policies;
  InstanceProfiles instance_profiles;
  DeletionTasks deletion_tasks;
  AllHoldings holdings;
  AccessKeys access_keys;
  LoginProfiles login_profiles;
  MfaDevices mfa_devices;
  SigningCertificates signing_certificates;
  SshPublicKeys ssh_public_keys;
  ServiceCredentials service_credentials;
  ServerCertificates server_certificates;
  OidcProviders oidc_providers;
  SamlProviders saml_providers;
  Revocations revocations;
  AccountPreferences preferences;
  ActionUses action_uses;
  LastAccessJobs last_access_jobs;
};

}  // namespace claviger::directory
