#include "ops/iam/service_credential.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>

#include "aws/unique_id.h"
#include "base/encoding.h"
#include "base/text.h"
#include "crypto/secret.h"
#include "crypto/sha256.h"
#include "gen/iam/operations.h"
#include "ops/iam/caller_user.h"
#include "ops/iam/credential_status.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::ServiceCredential;

struct CredentialService {
  std::string_view name;
  // Of services that take one text for both, login and password: what it begins with. Else empty.
  std::string_view token_prefix;
};

constexpr std::array<CredentialService, 6> kServices = {{{"codecommit.amazonaws.com", ""},
                                                         {"cassandra.amazonaws.com", ""},
                                                         {"bedrock.amazonaws.com", "ABSK"},
                                                         {"logs.amazonaws.com", "ACWL"},
                                                         {"cloudwatch.amazonaws.com", "APIAACWM"},
                                                         {"aws-external-anthropic.amazonaws.com", "AEAA"}}};

constexpr std::size_t kPasswordBytes = 45;  // 60 characters.

const CredentialService* FindService(std::string_view name) {
  const auto* const found = std::ranges::find(kServices, name, &CredentialService::name);
  return found == kServices.end() ? nullptr : found;
}

// By its name in whatever letter case. Errors: ValidationError, NoSuchEntity.
Result<const CredentialService*> GetService(std::string_view name) {
  const bool readable = std::ranges::all_of(name, [](char c) {
    const char lower = AsciiLower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
  if (!readable) return Fail(ErrorCode::kValidationError, "ServiceName must match [a-zA-Z0-9.-]*");
  if (const CredentialService* service = FindService(AsciiLower(name))) return service;
  return Fail(ErrorCode::kNoSuchEntity,
              "No such service " + std::string(name) + " is supported for Service Specific Credentials");
}

bool HasToken(const ServiceCredential& credential) {
  const CredentialService* service = FindService(credential.service);
  return service != nullptr && !service->token_prefix.empty();
}

// A new password, or a text that holds login and password; the credential keeps its digest.
std::string NewSecret(ServiceCredential& credential, Random& random) {
  std::array<std::uint8_t, kPasswordBytes> bytes;
  random.Fill(bytes);
  std::string secret = Base64Encode(bytes);
  crypto::Wipe(bytes.data(), bytes.size());
  if (HasToken(credential)) {
    const std::string inside = credential.login + ":" + secret;
    secret = FindService(credential.service)->token_prefix;
    secret += Base64Encode(AsBytes(inside));
  }
  credential.secret_digest = AsText(crypto::Sha256Of(secret));
  return secret;
}

std::string StatusOf(const ServiceCredential& credential, TimePoint now) {
  if (credential.expires && *credential.expires <= now) return std::string(status_type::kExpired);
  return iam::ToApi(credential.status);
}

// `Shown` is ServiceSpecificCredential, or its like without the secret.
template <class Shown>
Shown ToApi(const ServiceCredential& credential, const std::string& user_name, TimePoint now) {
  Shown shown;
  shown.create_date = credential.created;
  shown.expiration_date = credential.expires;
  shown.service_name = credential.service;
  (HasToken(credential) ? shown.service_credential_alias : shown.service_user_name) = credential.login;
  shown.service_specific_credential_id = credential.id;
  shown.user_name = user_name;
  shown.status = StatusOf(credential, now);
  return shown;
}

ServiceSpecificCredential WithSecret(const ServiceCredential& credential, const std::string& user_name, TimePoint now,
                                     std::string secret) {
  auto shown = ToApi<ServiceSpecificCredential>(credential, user_name, now);
  (HasToken(credential) ? shown.service_credential_secret : shown.service_password) = std::move(secret);
  return shown;
}

// The credential that a request names, with its owner.
template <class Request>
Result<std::pair<ServiceCredential, directory::User>> GetCredential(OperationContext& context, const Request& request) {
  directory::User user = TRY(NamedOrCallingUser(context, request.user_name));
  auto credential =
      TRY(context.directory.service_credentials.GetOf(user.id, user.name, request.service_specific_credential_id));
  return std::pair(std::move(credential), std::move(user));
}

Result<CreateServiceSpecificCredentialResponse> CreateServiceSpecificCredential(
    OperationContext& context, const CreateServiceSpecificCredentialRequest& request) {
  const directory::User user = TRY(context.directory.users.Get(request.user_name));
  const CredentialService* service = TRY(GetService(request.service_name));
  ServiceCredential credential{.id = MintId(IdKind::kServiceCredential, context.account(), context.random),
                               .owner = user.id,
                               .created = context.now,
                               .service = std::string(service->name),
                               .login = TRY(context.directory.service_credentials.FreeLogin(service->name, user.name))};
  if (request.credential_age_days) credential.expires = context.now + std::chrono::days(*request.credential_age_days);
  std::string secret = NewSecret(credential, context.random);
  TRY(context.directory.service_credentials.Create(credential));
  return CreateServiceSpecificCredentialResponse{.service_specific_credential =
                                                     WithSecret(credential, user.name, context.now, std::move(secret))};
}

// Those of all users, in the order of their ids. A page of one service may have fewer than asked for.
Result<> ListOfAllUsers(OperationContext& context, const ListServiceSpecificCredentialsRequest& request,
                        const CredentialService* service, ListServiceSpecificCredentialsResponse& response) {
  if (request.user_name) {
    return Fail(ErrorCode::kValidationError, "UserName cannot be specified when AllUsers is true.");
  }
  const std::string after = TRY(OpenMarker(context, "ListServiceSpecificCredentials", request.marker));
  const auto page = TRY(context.directory.service_credentials.ListAll(after, PageItems(request.max_items)));
  for (const ServiceCredential& credential : page.items) {
    if (service != nullptr && credential.service != service->name) continue;
    const auto user = TRY(context.directory.users.FindById(credential.owner));
    if (!user) return Fail(ErrorCode::kInternalFailure, "The owner of `" + credential.id + "` is missing.");
    response.service_specific_credentials->push_back(
        ToApi<ServiceSpecificCredentialMetadata>(credential, user->name, context.now));
  }
  response.is_truncated = page.truncated;
  if (page.truncated) {
    response.marker = MakeMarker(context, "ListServiceSpecificCredentials", page.items.back().id);
  }
  return {};
}

Result<ListServiceSpecificCredentialsResponse> ListServiceSpecificCredentials(
    OperationContext& context, const ListServiceSpecificCredentialsRequest& request) {
  const CredentialService* service = nullptr;  // All.
  if (!request.service_name.value_or("").empty()) service = TRY(GetService(*request.service_name));
  ListServiceSpecificCredentialsResponse response{.service_specific_credentials =
                                                      std::vector<ServiceSpecificCredentialMetadata>()};
  if (request.all_users.value_or(false)) {
    TRY(ListOfAllUsers(context, request, service, response));
    return response;
  }
  const directory::User user = TRY(NamedOrCallingUser(context, request.user_name));
  auto credentials = TRY(context.directory.service_credentials.ListOf(user.id));
  if (service != nullptr) {
    std::erase_if(credentials,
                  [&](const ServiceCredential& credential) { return credential.service != service->name; });
  }
  const auto show = [&](const ServiceCredential& credential) {
    response.service_specific_credentials->push_back(
        ToApi<ServiceSpecificCredentialMetadata>(credential, user.name, context.now));
  };
  TRY(ShowPage(context, "ListServiceSpecificCredentials", request, std::move(credentials),
               std::mem_fn(&ServiceCredential::id), show, response));
  return response;
}

Result<UpdateServiceSpecificCredentialResponse> UpdateServiceSpecificCredential(
    OperationContext& context, const UpdateServiceSpecificCredentialRequest& request) {
  const auto status = TRY(StatusFromApi(request.status));
  auto [credential, user] = TRY(GetCredential(context, request));
  credential.status = status;
  context.directory.service_credentials.Replace(credential);
  return UpdateServiceSpecificCredentialResponse{};
}

Result<ResetServiceSpecificCredentialResponse> ResetServiceSpecificCredential(
    OperationContext& context, const ResetServiceSpecificCredentialRequest& request) {
  auto [credential, user] = TRY(GetCredential(context, request));
  std::string secret = NewSecret(credential, context.random);
  context.directory.service_credentials.Replace(credential);
  return ResetServiceSpecificCredentialResponse{.service_specific_credential =
                                                    WithSecret(credential, user.name, context.now, std::move(secret))};
}

Result<DeleteServiceSpecificCredentialResponse> DeleteServiceSpecificCredential(
    OperationContext& context, const DeleteServiceSpecificCredentialRequest& request) {
  const auto [credential, user] = TRY(GetCredential(context, request));
  context.directory.service_credentials.Remove(credential);
  return DeleteServiceSpecificCredentialResponse{};
}

}  // namespace

void RegisterServiceCredentialOperations(Operations& operations) {
  operations.Add<api::CreateServiceSpecificCredential>(CreateServiceSpecificCredential);
  operations.Add<api::ListServiceSpecificCredentials>(ListServiceSpecificCredentials);
  operations.Add<api::UpdateServiceSpecificCredential>(UpdateServiceSpecificCredential);
  operations.Add<api::ResetServiceSpecificCredential>(ResetServiceSpecificCredential);
  operations.Add<api::DeleteServiceSpecificCredential>(DeleteServiceSpecificCredential);
}

}  // namespace claviger::ops::iam
