#include "ops/sts/federation_token.h"

#include <utility>

#include "aws/arn.h"
#include "gen/sts/operations.h"
#include "ops/sts/new_session.h"
#include "ops/sts/own_session.h"
#include "ops/sts/session_policy.h"
#include "ops/sts/session_tags.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<GetFederationTokenResponse> GetFederationToken(OperationContext& context,
                                                      const GetFederationTokenRequest& request) {
  TRY(CheckLongTerm(context.caller, "GetFederationToken"));
  session::Session session = SessionFor(context, OwnDuration(context.caller, request.duration_seconds));
  session.type = PrincipalType::kFederatedUser;
  session.name = request.name;
  session.tags = TRY(SessionTags(context.caller, request.tags));
  const std::int32_t packed =
      TRY(AddSessionPolicies(context.directory.context, request.policy, request.policy_arns, session));

  GetFederationTokenResponse response;
  response.federated_user = FederatedUser{.federated_user_id = context.account().ToString() + ":" + request.name,
                                          .arn = FederatedUserArn(context.account(), request.name)};
  response.packed_policy_size = packed;
  response.credentials = IssueCredentials(context, std::move(session));
  return response;
}

}  // namespace

void RegisterFederationTokenOperations(Operations& operations) {
  operations.Add<api::GetFederationToken>(GetFederationToken);
}

}  // namespace claviger::ops::sts
