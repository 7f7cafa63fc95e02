#include "ops/sts/caller.h"

#include "aws/unique_id.h"
#include "gen/sts/operations.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<GetCallerIdentityResponse> GetCallerIdentity(OperationContext& context, const GetCallerIdentityRequest&) {
  return GetCallerIdentityResponse{
      .user_id = context.caller.user_id, .account = context.caller.account.ToString(), .arn = context.caller.arn};
}

bool HasAccessKeyPrefix(std::string_view id) {
  return id.starts_with(PrefixOf(IdKind::kAccessKey)) || id.starts_with(PrefixOf(IdKind::kTemporaryAccessKey));
}

// The account is read from the id's own bits, as AWS does, so that keys of any account and state are answered. Keys
// whose administrator chose an id without those bits are looked up.
Result<GetAccessKeyInfoResponse> GetAccessKeyInfo(OperationContext& context, const GetAccessKeyInfoRequest& request) {
  const std::string& id = request.access_key_id;
  auto account = TRY(directory::FindAccountOfAccessKey(context.directory.context.transaction, id));
  if (!account && HasAccessKeyPrefix(id)) account = AccountInId(id);
  if (!account) {
    return Fail(ErrorCode::kValidationError, "The access key id " + id + " does not belong to any account.");
  }
  return GetAccessKeyInfoResponse{.account = account->ToString()};
}

}  // namespace

void RegisterCallerOperations(Operations& operations) {
  operations.Add<api::GetCallerIdentity>(GetCallerIdentity);
  operations.Add<api::GetAccessKeyInfo>(GetAccessKeyInfo);
}

}  // namespace claviger::ops::sts
