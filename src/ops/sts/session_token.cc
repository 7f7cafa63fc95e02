#include "ops/sts/session_token.h"

#include <algorithm>
#include <chrono>

#include "gen/sts/operations.h"
#include "ops/sts/mfa.h"
#include "session/token.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using std::chrono::seconds;

constexpr seconds kDurationDefault{43200};
constexpr seconds kRootDurationMax{3600};  // A longer request of the root user is shortened without a word.

Result<GetSessionTokenResponse> GetSessionToken(OperationContext& context, const GetSessionTokenRequest& request) {
  if (context.caller.IsTemporary()) {
    return Fail(ErrorCode::kAccessDenied, "Cannot call GetSessionToken with session credentials");
  }
  const bool mfa_authenticated = TRY(AuthenticateMfa(context, request.serial_number, request.token_code));
  seconds duration = request.duration_seconds ? seconds(*request.duration_seconds) : kDurationDefault;
  if (context.caller.IsRoot()) duration = std::min(duration, kRootDurationMax);

  const TimePoint issued = std::chrono::floor<seconds>(context.now);
  const session::Session session = session::WithNewCredentials({.account = context.account(),
                                                                .type = context.caller.type,
                                                                .principal_id = context.caller.unique_id,
                                                                .parent_access_key_id = context.caller.access_key_id,
                                                                .issued = issued,
                                                                .expires = issued + duration,
                                                                .mfa_authenticated = mfa_authenticated},
                                                               context.random);
  const crypto::Keyring& keys = context.directory.context.keys.sessions;
  return GetSessionTokenResponse{.credentials =
                                     Credentials{.access_key_id = session.access_key_id,
                                                 .secret_access_key = std::string(session.secret.Reveal()),
                                                 .session_token = session::MintToken(session, keys, context.random),
                                                 .expiration = session.expires}};
}

}  // namespace

void RegisterSessionTokenOperations(Operations& operations) { operations.Add<api::GetSessionToken>(GetSessionToken); }

}  // namespace claviger::ops::sts
