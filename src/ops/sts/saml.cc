#include "ops/sts/saml.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "aws/arn.h"
#include "directory/saml_provider.h"
#include "federation/saml_identity.h"
#include "gen/sts/operations.h"
#include "ops/sts/new_session.h"
#include "ops/sts/outsider_session.h"
#include "ops/sts/session_policy.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using std::chrono::seconds;

constexpr std::string_view kAction = "sts:AssumeRoleWithSAML";
constexpr seconds kDurationDefault{3600};

Result<federation::SamlTrust> TrustIn(directory::SamlProviders& providers, const directory::SamlProvider& provider) {
  federation::SamlTrust trust{.issuers = provider.issuers, .encryption_required = provider.encryption_required};
  for (const directory::SamlPrivateKey& key : provider.private_keys) {
    trust.private_keys.push_back(TRY(providers.OpenPrivateKey(provider, key)));
  }
  return trust;
}

// The shortest of what the request, the provider and the end of the session there allow.
Result<seconds> Duration(const OperationContext& context, const directory::Role& role,
                         std::optional<std::int32_t> asked, const federation::SamlAssertion& assertion,
                         const federation::SamlIdentity& identity) {
  seconds duration = asked ? seconds(*asked) : identity.session_duration.value_or(kDurationDefault);
  if (duration > role.max_session) {
    return Fail(ErrorCode::kValidationError, "Requested DurationSeconds exceeds MaxSessionDuration set for this role.");
  }
  if (identity.session_duration) duration = std::min(duration, *identity.session_duration);
  if (assertion.session_ends) {
    duration = std::min(duration, std::chrono::floor<seconds>(*assertion.session_ends - context.now));
  }
  if (duration > seconds(0)) return duration;
  return Fail(ErrorCode::kExpiredTokenException, "Token must be redeemed within 5 minutes of issuance");
}

Result<AssumeRoleWithSAMLResponse> AssumeRoleWithSAML(OperationContext& context,
                                                      const AssumeRoleWithSAMLRequest& request) {
  const auto arn = Arn::Parse(request.principal_arn);
  const auto role_arn = Arn::Parse(request.role_arn);
  const auto account = arn ? AccountId::Parse(arn->account) : std::nullopt;
  if (!account || !role_arn || role_arn->account != arn->account) return NotAuthorized(kAction);
  directory::SamlProviders providers(directory::InAccount(context.directory.context, *account));
  const auto provider = TRY(providers.FindByArn(request.principal_arn));
  if (!provider) return Fail(ErrorCode::kInvalidIdentityToken, "Specified provider doesn't exist");

  const federation::SamlTrust trust = TRY(TrustIn(providers, *provider));
  const federation::SamlAssertion assertion =
      TRY(federation::VerifySamlResponse(request.saml_assertion, trust, context.now));
  if (!federation::NamesRole(assertion, request.role_arn, request.principal_arn)) return NotAuthorized(kAction);
  const federation::SamlIdentity identity =
      TRY(federation::ToSamlIdentity(assertion, *account, request.principal_arn, provider->name));
  TRY(context.check_trust(identity.outsider));
  const auto found = TRY(FindRole(context.directory.context, request.role_arn));
  if (!found) return NotAuthorized(kAction);

  const seconds duration = TRY(Duration(context, found->role, request.duration_seconds, assertion, identity));
  session::Session session =
      TRY(SessionOfOutsider(context, *found, identity.outsider, identity.outsider.session_name, duration));
  const std::int32_t packed = TRY(AddSessionPolicies(found->owner, request.policy, request.policy_arns, session));

  AssumeRoleWithSAMLResponse response;
  response.assumed_role_user = UserOf(session, found->role);
  response.subject = assertion.subject;
  response.subject_type = assertion.subject_type;
  response.issuer = assertion.issuer;
  response.audience = assertion.recipient;
  response.name_qualifier = identity.name_qualifier;
  if (packed > 0) response.packed_policy_size = packed;
  if (!session.source_identity.empty()) response.source_identity = session.source_identity;
  response.credentials = IssueCredentials(context, std::move(session));
  return response;
}

}  // namespace

void RegisterSamlOperations(Operations& operations) { operations.Add<api::AssumeRoleWithSAML>(AssumeRoleWithSAML); }

}  // namespace claviger::ops::sts
