#include "ops/sts/delegated_access.h"

#include <utility>

#include "directory/delegation_request.h"
#include "gen/sts/operations.h"
#include "ops/sts/new_session.h"
#include "ops/sts/session_policy.h"
#include "session/trade_in_token.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Failure<Error> InvalidToken() { return Fail(ErrorCode::kValidationError, "The trade-in token is invalid."); }

Failure<Error> ExpiredToken() {
  return Fail(ErrorCode::kExpiredTradeInTokenException, "The trade-in token has expired.");
}

// The session began when the request was accepted: what was revoked since then ends it too, however late it is made.
Result<GetDelegatedAccessTokenResponse> GetDelegatedAccessToken(OperationContext& context,
                                                                const GetDelegatedAccessTokenRequest& request) {
  const auto token = session::OpenTradeInToken(request.trade_in_token, context.directory.context.keys.sessions);
  if (!token) return InvalidToken();
  if (token->provider != context.account()) {
    return Fail(ErrorCode::kAccessDenied, "The trade-in token was issued to another account.");
  }
  if (context.now >= token->expires) return ExpiredToken();
  const auto found = TRY(directory::DelegationRequests(context.directory.context).Find(token->request_id, context.now));
  if (!found || found->state != directory::DelegationState::kFinalized) return InvalidToken();
  auto session = session::DecodeSession(found->approver_session);
  if (!session) return InvalidToken();
  session->expires = token->expires;
  session->delegate = found->provider;
  const directory::Context owner = directory::InAccount(context.directory.context, session->account);

  GetDelegatedAccessTokenResponse response;
  response.packed_policy_size = TRY(AddSessionPolicies(owner, found->policy, {}, *session));
  response.assumed_principal = found->approver_arn;
  response.credentials = IssueCredentials(context, *std::move(session));
  return response;
}

}  // namespace

void RegisterDelegatedAccessOperations(Operations& operations) {
  operations.Add<api::GetDelegatedAccessToken>(GetDelegatedAccessToken);
}

}  // namespace claviger::ops::sts
