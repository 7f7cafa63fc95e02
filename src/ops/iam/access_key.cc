#include "ops/iam/access_key.h"

#include <algorithm>

#include "aws/unique_id.h"
#include "gen/iam/operations.h"
#include "ops/iam/caller_user.h"
#include "ops/iam/credential_status.h"
#include "ops/paging.h"
#include "session/token.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<CreateAccessKeyResponse> CreateAccessKey(OperationContext& context, const CreateAccessKeyRequest& request) {
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  const directory::AccessKey key{.id = MintId(IdKind::kAccessKey, context.account(), context.random),
                                 .owner = owner.id,
                                 .created = context.now,
                                 .status_changed = context.now,
                                 .secret = session::NewSecretAccessKey(context.random)};
  TRY(context.directory.access_keys.Insert(key));
  return CreateAccessKeyResponse{.access_key = {.user_name = owner.user_name,
                                                .access_key_id = key.id,
                                                .status = ToApi(key.status),
                                                .secret_access_key = std::string(key.secret.Reveal()),
                                                .create_date = key.created}};
}

Result<UpdateAccessKeyResponse> UpdateAccessKey(OperationContext& context, const UpdateAccessKeyRequest& request) {
  const directory::AccessKeyStatus status = TRY(StatusFromApi(request.status));
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  const directory::AccessKey key = TRY(context.directory.access_keys.GetOf(owner.id, request.access_key_id));
  TRY(context.directory.access_keys.SetStatus(key, status, context.now));
  return UpdateAccessKeyResponse{};
}

Result<DeleteAccessKeyResponse> DeleteAccessKey(OperationContext& context, const DeleteAccessKeyRequest& request) {
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  const directory::AccessKey key = TRY(context.directory.access_keys.GetOf(owner.id, request.access_key_id));
  TRY(context.directory.access_keys.Remove(key));
  return DeleteAccessKeyResponse{};
}

Result<ListAccessKeysResponse> ListAccessKeys(OperationContext& context, const ListAccessKeysRequest& request) {
  const std::string after = TRY(OpenMarker(context, "ListAccessKeys", request.marker));
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  const auto keys = TRY(context.directory.access_keys.ListOf(owner.id));
  const std::size_t items_max = PageItems(request.max_items);

  ListAccessKeysResponse response;
  auto next = keys.begin();
  if (!after.empty()) {
    // A key that was deleted since ends the list: the rest cannot be told from what was shown.
    next = std::ranges::find(keys, after, &directory::AccessKey::id);
    if (next != keys.end()) ++next;
  }
  for (; next != keys.end(); ++next) {
    if (response.access_key_metadata.size() == items_max) {
      response.is_truncated = true;
      response.marker =
          MakeMarker(context, "ListAccessKeys", response.access_key_metadata.back().access_key_id.value());
      break;
    }
    response.access_key_metadata.push_back({.user_name = owner.user_name,
                                            .access_key_id = next->id,
                                            .status = ToApi(next->status),
                                            .create_date = next->created});
  }
  if (!response.is_truncated) response.is_truncated = false;  // Always present.
  return response;
}

// Why a key cannot be looked at: the same words for a key that does not exist and one of another account.
Failure<Error> NotYourKey(const OperationContext& context, const std::string& key_id) {
  return Fail(ErrorCode::kAccessDenied, "User: " + context.caller.arn +
                                            " is not authorized to perform iam:GetAccessKeyLastUsed on resource: "
                                            "access key " +
                                            key_id);
}

Result<GetAccessKeyLastUsedResponse> GetAccessKeyLastUsed(OperationContext& context,
                                                          const GetAccessKeyLastUsedRequest& request) {
  const auto key = TRY(context.directory.access_keys.Find(request.access_key_id));
  if (!key) return NotYourKey(context, request.access_key_id);
  GetAccessKeyLastUsedResponse response;
  if (key->owner != directory::kRootOwner) {
    const auto user = TRY(context.directory.users.FindById(key->owner));
    if (user) response.user_name = user->name;
  }
  const auto use = TRY(context.directory.access_keys.FindUse(key->id));
  response.access_key_last_used =
      use ? AccessKeyLastUsed{.last_used_date = use->time, .service_name = use->service, .region = use->region}
          : AccessKeyLastUsed{.service_name = "N/A", .region = "N/A"};
  return response;
}

}  // namespace

void RegisterAccessKeyOperations(Operations& operations) {
  operations.Add<api::CreateAccessKey>(CreateAccessKey);
  operations.Add<api::UpdateAccessKey>(UpdateAccessKey);
  operations.Add<api::DeleteAccessKey>(DeleteAccessKey);
  operations.Add<api::ListAccessKeys>(ListAccessKeys);
  operations.Add<api::GetAccessKeyLastUsed>(GetAccessKeyLastUsed);
}

}  // namespace claviger::ops::iam
