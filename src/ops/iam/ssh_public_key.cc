#include "ops/iam/ssh_public_key.h"

#include <functional>

#include "aws/unique_id.h"
#include "crypto/ssh_public_key.h"
#include "gen/iam/operations.h"
#include "ops/iam/caller_user.h"
#include "ops/iam/credential_status.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<crypto::SshPublicKey> ReadKey(std::string_view body) {
  auto key = crypto::SshPublicKey::Parse(body);
  if (key.ok()) return std::move(*key);
  switch (key.error()) {
    case crypto::SshKeyError::kUnrecognized:
      return Fail(ErrorCode::kUnrecognizedPublicKeyEncoding, "Invalid public key uploaded.");
    case crypto::SshKeyError::kInvalid:
      break;
  }
  return Fail(ErrorCode::kInvalidPublicKey, "Invalid body for public key");
}

gen::iam::SSHPublicKey ToApi(const directory::User& user, const directory::SshPublicKey& stored,
                             const crypto::SshPublicKey& key, std::string body) {
  return {.user_name = user.name,
          .ssh_public_key_id = stored.id,
          .fingerprint = key.Fingerprint(),
          .ssh_public_key_body = std::move(body),
          .status = iam::ToApi(stored.status),
          .upload_date = stored.created};
}

Result<UploadSSHPublicKeyResponse> UploadSSHPublicKey(OperationContext& context,
                                                      const UploadSSHPublicKeyRequest& request) {
  const directory::User user = TRY(context.directory.users.Get(request.user_name));
  const crypto::SshPublicKey key = TRY(ReadKey(request.ssh_public_key_body));
  const directory::SshPublicKey stored{.id = MintId(IdKind::kPublicKey, context.account(), context.random),
                                       .owner = user.id,
                                       .created = context.now,
                                       .wire = key.wire()};
  TRY(context.directory.ssh_public_keys.Upload(stored));
  return UploadSSHPublicKeyResponse{.ssh_public_key = ToApi(user, stored, key, request.ssh_public_key_body)};
}

Result<GetSSHPublicKeyResponse> GetSSHPublicKey(OperationContext& context, const GetSSHPublicKeyRequest& request) {
  const directory::User user = TRY(context.directory.users.Get(request.user_name));
  const auto stored = TRY(context.directory.ssh_public_keys.GetOf(user.id, request.ssh_public_key_id));
  const auto key = crypto::SshPublicKey::FromWire(stored.wire);
  if (!key) return Fail(ErrorCode::kInternalFailure, "The stored SSH public key is unreadable.");
  std::string body = request.encoding == encoding_type::kPem ? key->Pem() : key->Ssh();
  return GetSSHPublicKeyResponse{.ssh_public_key = ToApi(user, stored, *key, std::move(body))};
}

Result<ListSSHPublicKeysResponse> ListSSHPublicKeys(OperationContext& context,
                                                    const ListSSHPublicKeysRequest& request) {
  const directory::User user = TRY(NamedOrCallingUser(context, request.user_name));
  ListSSHPublicKeysResponse response{.ssh_public_keys = std::vector<SSHPublicKeyMetadata>()};
  const auto show = [&](const directory::SshPublicKey& key) {
    response.ssh_public_keys->push_back({.user_name = user.name,
                                         .ssh_public_key_id = key.id,
                                         .status = iam::ToApi(key.status),
                                         .upload_date = key.created});
  };
  TRY(ShowPage(context, "ListSSHPublicKeys", request, TRY(context.directory.ssh_public_keys.ListOf(user.id)),
               std::mem_fn(&directory::SshPublicKey::id), show, response));
  return response;
}

Result<UpdateSSHPublicKeyResponse> UpdateSSHPublicKey(OperationContext& context,
                                                      const UpdateSSHPublicKeyRequest& request) {
  const auto status = TRY(StatusFromApi(request.status));
  const directory::User user = TRY(context.directory.users.Get(request.user_name));
  auto key = TRY(context.directory.ssh_public_keys.GetOf(user.id, request.ssh_public_key_id));
  key.status = status;
  context.directory.ssh_public_keys.Replace(key);
  return UpdateSSHPublicKeyResponse{};
}

Result<DeleteSSHPublicKeyResponse> DeleteSSHPublicKey(OperationContext& context,
                                                      const DeleteSSHPublicKeyRequest& request) {
  const directory::User user = TRY(context.directory.users.Get(request.user_name));
  const auto key = TRY(context.directory.ssh_public_keys.GetOf(user.id, request.ssh_public_key_id));
  context.directory.ssh_public_keys.Remove(key);
  return DeleteSSHPublicKeyResponse{};
}

}  // namespace

void RegisterSshPublicKeyOperations(Operations& operations) {
  operations.Add<api::UploadSSHPublicKey>(UploadSSHPublicKey);
  operations.Add<api::GetSSHPublicKey>(GetSSHPublicKey);
  operations.Add<api::ListSSHPublicKeys>(ListSSHPublicKeys);
  operations.Add<api::UpdateSSHPublicKey>(UpdateSSHPublicKey);
  operations.Add<api::DeleteSSHPublicKey>(DeleteSSHPublicKey);
}

}  // namespace claviger::ops::iam
