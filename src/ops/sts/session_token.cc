#include "ops/sts/session_token.h"

#include <utility>

#include "gen/sts/operations.h"
#include "ops/sts/mfa.h"
#include "ops/sts/new_session.h"
#include "ops/sts/own_session.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<GetSessionTokenResponse> GetSessionToken(OperationContext& context, const GetSessionTokenRequest& request) {
  TRY(CheckLongTerm(context.caller, "GetSessionToken"));
  const bool mfa = TRY(AuthenticateMfa(context, request.serial_number, request.token_code));
  session::Session session = SessionFor(context, OwnDuration(context.caller, request.duration_seconds));
  session.mfa_authenticated = mfa;
  return GetSessionTokenResponse{.credentials = IssueCredentials(context, std::move(session))};
}

}  // namespace

void RegisterSessionTokenOperations(Operations& operations) { operations.Add<api::GetSessionToken>(GetSessionToken); }

}  // namespace claviger::ops::sts
