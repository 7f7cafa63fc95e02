#include "ops/sts/web_identity.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "directory/oidc_provider.h"
#include "federation/web_identity.h"
#include "gen/sts/operations.h"
#include "ops/sts/new_session.h"
#include "ops/sts/outsider_session.h"
#include "ops/sts/session_policy.h"
#include "ops/token_issuer.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

constexpr std::string_view kAction = "sts:AssumeRoleWithWebIdentity";
constexpr std::string_view kScheme = "https://";

bool IsOwnIssuer(const OperationContext& context, std::string_view issuer) {
  return !context.token_issuers.empty() && issuer.starts_with(TokenIssuerUrl(context.token_issuers, ""));
}

// Those whose access tokens, which are no web identity tokens, AWS takes.
bool IsKnownProvider(std::string_view id) { return id == "www.amazon.com" || id == "graph.facebook.com"; }

struct Provider {
  directory::OidcProvider record;
  std::string arn;
};

// The one in the role's account that stands for exactly this issuer.
Result<Provider> GetProvider(const directory::Context& owner, const std::string& issuer) {
  directory::OidcProviders providers(owner);
  std::optional<directory::OidcProvider> provider;
  if (issuer.starts_with(kScheme)) {
    provider = TRY(providers.Find(std::string_view(issuer).substr(kScheme.size())));
  }
  if (!provider || issuer != std::string(kScheme).append(provider->name)) {
    return Fail(ErrorCode::kInvalidIdentityToken, "No OpenIDConnect provider found in your account for " + issuer);
  }
  std::string arn = providers.ArnOf(*provider);
  return Provider{.record = *std::move(provider), .arn = std::move(arn)};
}

// The issuer's keys, this one among them if it has one of that name. Fetched beside the event loop when need be.
Result<federation::WebKeysPointer> GetKeys(OperationContext& context, const federation::Issuer& issuer,
                                           const std::string& key_id) {
  federation::IssuerKeys* keys = context.issuer_keys;
  if (keys == nullptr)
    return Fail(ErrorCode::kIDPCommunicationError, "No identity provider can be asked for its keys.");
  if (auto known = keys->Find(issuer, key_id, context.now)) return *std::move(known);
  const auto get = [keys, issuer, key_id, now = context.now] { return keys->Get(issuer, key_id, now); };
  return context.slow_work.Get("keys of " + issuer.url, get, SlowKind::kWaiting);
}

// Whether the issuer signed it, for one of the provider's clients, and for now.
Result<> Prove(OperationContext& context, const federation::WebIdentityToken& token, const Provider& provider) {
  const federation::Issuer issuer{.url = token.identity.issuer, .thumbprints = provider.record.thumbprints};
  const auto keys = TRY(GetKeys(context, issuer, token.jwt.key_id));
  if (!keys->Verify(token.jwt)) return federation::NotValidated();
  if (std::ranges::find(provider.record.client_ids, token.identity.audience) == provider.record.client_ids.end()) {
    return Fail(ErrorCode::kInvalidIdentityToken, "Incorrect token audience");
  }
  return federation::CheckTime(token.identity, context.now);
}

Result<AssumeRoleWithWebIdentityResponse> AssumeRoleWithWebIdentity(OperationContext& context,
                                                                    const AssumeRoleWithWebIdentityRequest& request) {
  if (request.provider_id) {
    if (!IsKnownProvider(*request.provider_id)) return NotAuthorized(kAction);
    return Fail(ErrorCode::kNotImplemented,
                "Claviger does not implement ProviderId of sts:AssumeRoleWithWebIdentity: tokens must be of OpenID "
                "Connect.");
  }
  const auto token = TRY(federation::ParseWebIdentityToken(request.web_identity_token));
  const auto arn = Arn::Parse(request.role_arn);
  const auto account = arn ? AccountId::Parse(arn->account) : std::nullopt;
  if (!account) return NotAuthorized(kAction);
  // What this installation issues itself is for others: no detour may lead from one role to another.
  if (IsOwnIssuer(context, token.identity.issuer)) return federation::NotValidated();
  const Provider provider =
      TRY(GetProvider(directory::InAccount(context.directory.context, *account), token.identity.issuer));
  TRY(Prove(context, token, provider));
  const bool role_authorized = TRY(federation::ListsRole(token, request.role_arn));
  Outsider outsider = TRY(federation::ToOutsider(token, provider.arn, provider.record.name));
  outsider.role_authorized = role_authorized;
  TRY(context.check_trust(outsider));
  const auto found = TRY(FindRole(context.directory.context, request.role_arn));
  if (!found) return NotAuthorized(kAction);

  session::Session session = TRY(SessionOfOutsider(context, *found, outsider, request.role_session_name,
                                                   TRY(RoleSessionDuration(found->role, request.duration_seconds))));
  const std::int32_t packed = TRY(AddSessionPolicies(found->owner, request.policy, request.policy_arns, session));

  AssumeRoleWithWebIdentityResponse response;
  response.subject_from_web_identity_token = outsider.subject;
  response.audience = token.identity.audience;
  response.provider = provider.arn;
  response.assumed_role_user = UserOf(session, found->role);
  if (packed > 0) response.packed_policy_size = packed;
  if (!session.source_identity.empty()) response.source_identity = session.source_identity;
  response.credentials = IssueCredentials(context, std::move(session));
  return response;
}

}  // namespace

void RegisterWebIdentityOperations(Operations& operations) {
  operations.Add<api::AssumeRoleWithWebIdentity>(AssumeRoleWithWebIdentity);
}

}  // namespace claviger::ops::sts
