#include "ops/sts/authorization_message.h"

#include "gen/sts/operations.h"
#include "session/authorization_message.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<DecodeAuthorizationMessageResponse> DecodeAuthorizationMessage(
    OperationContext& context, const DecodeAuthorizationMessageRequest& request) {
  return DecodeAuthorizationMessageResponse{
      .decoded_message = TRY(session::DecodeAuthorizationMessage(request.encoded_message, context.account(),
                                                                 context.directory.context.keys.markers))};
}

}  // namespace

void RegisterAuthorizationMessageOperations(Operations& operations) {
  operations.Add<api::DecodeAuthorizationMessage>(DecodeAuthorizationMessage);
}

}  // namespace claviger::ops::sts
