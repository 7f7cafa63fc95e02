#include "server/operations.h"

#include "ops/cloudtrail/lookup_events.h"
#include "ops/cloudtrail/tags.h"
#include "ops/cloudtrail/trail.h"
#include "ops/iam/access_key.h"
#include "ops/iam/account_preferences.h"
#include "ops/iam/account_summary.h"
#include "ops/iam/attached_policy.h"
#include "ops/iam/authorization_details.h"
#include "ops/iam/context_keys.h"
#include "ops/iam/credential_report.h"
#include "ops/iam/delegation_request.h"
#include "ops/iam/group.h"
#include "ops/iam/inline_policy.h"
#include "ops/iam/instance_profile.h"
#include "ops/iam/last_accessed.h"
#include "ops/iam/login_profile.h"
#include "ops/iam/managed_policy.h"
#include "ops/iam/mfa_device.h"
#include "ops/iam/oidc_provider.h"
#include "ops/iam/organization_features.h"
#include "ops/iam/organizations_access_report.h"
#include "ops/iam/outbound_federation.h"
#include "ops/iam/password_policy.h"
#include "ops/iam/permissions_boundary.h"
#include "ops/iam/policy_version.h"
#include "ops/iam/role.h"
#include "ops/iam/saml_provider.h"
#include "ops/iam/server_certificate.h"
#include "ops/iam/service_access.h"
#include "ops/iam/service_credential.h"
#include "ops/iam/service_linked_role.h"
#include "ops/iam/signing_certificate.h"
#include "ops/iam/simulation.h"
#include "ops/iam/ssh_public_key.h"
#include "ops/iam/tags.h"
#include "ops/iam/user.h"
#include "ops/organizations/account.h"
#include "ops/organizations/attachment.h"
#include "ops/organizations/organization.h"
#include "ops/organizations/policy.h"
#include "ops/organizations/service.h"
#include "ops/organizations/tags.h"
#include "ops/organizations/unit.h"
#include "ops/sts/assume_role.h"
#include "ops/sts/assume_root.h"
#include "ops/sts/authorization_message.h"
#include "ops/sts/caller.h"
#include "ops/sts/delegated_access.h"
#include "ops/sts/federation_token.h"
#include "ops/sts/saml.h"
#include "ops/sts/session_token.h"
#include "ops/sts/web_identity.h"
#include "ops/sts/web_identity_token.h"

namespace claviger::server {

ops::Operations AllOperations() {
  ops::Operations operations;
  ops::cloudtrail::RegisterLookupOperations(operations);
  ops::cloudtrail::RegisterTagOperations(operations);
  ops::cloudtrail::RegisterTrailOperations(operations);
  ops::iam::RegisterAccessKeyOperations(operations);
  ops::iam::RegisterAccountPreferenceOperations(operations);
  ops::iam::RegisterAccountSummaryOperations(operations);
  ops::iam::RegisterAttachedPolicyOperations(operations);
  ops::iam::RegisterAuthorizationDetailsOperations(operations);
  ops::iam::RegisterContextKeyOperations(operations);
  ops::iam::RegisterCredentialReportOperations(operations);
  ops::iam::RegisterDelegationRequestOperations(operations);
  ops::iam::RegisterGroupOperations(operations);
  ops::iam::RegisterInlinePolicyOperations(operations);
  ops::iam::RegisterLoginProfileOperations(operations);
  ops::iam::RegisterInstanceProfileOperations(operations);
  ops::iam::RegisterLastAccessedOperations(operations);
  ops::iam::RegisterManagedPolicyOperations(operations);
  ops::iam::RegisterMfaDeviceOperations(operations);
  ops::iam::RegisterOidcProviderOperations(operations);
  ops::iam::RegisterOutboundFederationOperations(operations);
  ops::iam::RegisterPasswordPolicyOperations(operations);
  ops::iam::RegisterOrganizationFeatureOperations(operations);
  ops::iam::RegisterOrganizationsAccessReportOperations(operations);
  ops::iam::RegisterPermissionsBoundaryOperations(operations);
  ops::iam::RegisterPolicyVersionOperations(operations);
  ops::iam::RegisterRoleOperations(operations);
  ops::iam::RegisterSamlProviderOperations(operations);
  ops::iam::RegisterServerCertificateOperations(operations);
  ops::iam::RegisterServiceAccessOperations(operations);
  ops::iam::RegisterServiceCredentialOperations(operations);
  ops::iam::RegisterSigningCertificateOperations(operations);
  ops::iam::RegisterSimulationOperations(operations);
  ops::iam::RegisterSshPublicKeyOperations(operations);
  ops::iam::RegisterServiceLinkedRoleOperations(operations);
  ops::iam::RegisterTagOperations(operations);
  ops::iam::RegisterUserOperations(operations);
  ops::organizations::RegisterAccountOperations(operations);
  ops::organizations::RegisterAttachmentOperations(operations);
  ops::organizations::RegisterOrganizationOperations(operations);
  ops::organizations::RegisterPolicyOperations(operations);
  ops::organizations::RegisterServiceOperations(operations);
  ops::organizations::RegisterTagOperations(operations);
  ops::organizations::RegisterUnitOperations(operations);
  ops::sts::RegisterAssumeRoleOperations(operations);
  ops::sts::RegisterAssumeRootOperations(operations);
  ops::sts::RegisterAuthorizationMessageOperations(operations);
  ops::sts::RegisterCallerOperations(operations);
  ops::sts::RegisterDelegatedAccessOperations(operations);
  ops::sts::RegisterFederationTokenOperations(operations);
  ops::sts::RegisterSamlOperations(operations);
  ops::sts::RegisterSessionTokenOperations(operations);
  ops::sts::RegisterWebIdentityOperations(operations);
  ops::sts::RegisterWebIdentityTokenOperations(operations);
  return operations;
}

}  // namespace claviger::server
