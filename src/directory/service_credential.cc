#include "directory/service_credential.h"

#include <algorithm>

#include "directory/counter.h"
#include "directory/owned_internal.h"

namespace claviger::directory {

template <>
struct OwnedKind<ServiceCredential> {
  static constexpr std::string_view kFolder = "service-credential";

  // Stored, never renumber: docs/internals/directory.md.
  enum Field : unsigned { kService = kFirstOfKind, kLogin = 5, kSecretDigest = 6, kExpires = 7 };

  static void EncodeOwn(const ServiceCredential& credential, codec::RecordWriter& writer) {
    writer.Bytes(kService, credential.service)
        .Bytes(kLogin, credential.login)
        .Bytes(kSecretDigest, credential.secret_digest);
    if (credential.expires) writer.Time(kExpires, *credential.expires);
  }
  static void DecodeOwn(const codec::RecordField& field, ServiceCredential& credential) {
    if (field.number == kService) credential.service = field.Text();
    if (field.number == kLogin) credential.login = field.Text();
    if (field.number == kSecretDigest) credential.secret_digest = field.Text();
    if (field.number == kExpires) credential.expires = field.Time();
  }
};

template class Owned<ServiceCredential>;

Result<ServiceCredential> ServiceCredentials::GetOf(std::string_view owner, std::string_view user_name,
                                                    std::string_view id) {
  auto credential = TRY(Find(id));
  if (!credential) return Fail(ErrorCode::kNoSuchEntity, "No such credential " + std::string(id) + " exists");
  if (credential->owner == owner) return std::move(*credential);
  return Fail(
      ErrorCode::kValidationError,
      "User " + std::string(user_name) + " does not have a service specific credential with id " + std::string(id));
}

Result<std::string> ServiceCredentials::FreeLogin(std::string_view service, std::string_view user_name) {
  // Each taken one belongs to a credential, so there is an end.
  for (unsigned number = 0;; ++number) {
    std::string login(user_name);
    if (number > 0) login += "+" + std::to_string(number);
    login += "-at-" + context_.account.ToString();
    const std::string key = keyspace::ServiceLogin(context_.account, service, login);
    if (!TRY(FromStore(context_.transaction.Get(key)))) return login;
  }
}

Result<> ServiceCredentials::Create(const ServiceCredential& credential) {
  const auto mine = TRY(ListOf(credential.owner));
  const auto same = std::ranges::count(mine, credential.service, &ServiceCredential::service);
  const std::uint64_t quota = context_.quotas.service_credentials_per_user;
  if (static_cast<std::uint64_t>(same) >= quota) {
    return QuotaExceeded("ContextSpecificCredentialsPerUserPerContext", quota);
  }
  Insert(credential);
  context_.transaction.Put(keyspace::ServiceLogin(context_.account, credential.service, credential.login),
                           credential.id);
  return {};
}

void ServiceCredentials::Remove(const ServiceCredential& credential) {
  context_.transaction.Delete(keyspace::ServiceLogin(context_.account, credential.service, credential.login));
  Owned::Remove(credential);
}

}  // namespace claviger::directory
