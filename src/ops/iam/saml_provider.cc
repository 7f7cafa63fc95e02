#include "ops/iam/saml_provider.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "crypto/certificate.h"
#include "directory/counter.h"
#include "federation/saml_metadata.h"
#include "gen/iam/operations.h"
#include "ops/iam/show.h"
#include "ops/iam/tags.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

constexpr std::string_view kProviderPrefix = "SAMLSP";
constexpr std::string_view kKeyPrefix = "SAMLPK";

// The prefix and sixteen capital letters and digits.
std::string NewId(std::string_view prefix, Random& random) {
  constexpr std::string_view kCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::array<std::uint8_t, 16> bytes;
  random.Fill(bytes);
  std::string id(prefix);
  for (const std::uint8_t byte : bytes) id += kCharacters[byte % kCharacters.size()];
  return id;
}

// AWS's answer to how long a provider is valid, whatever its metadata says.
TimePoint InAHundredYears(TimePoint now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  std::chrono::year_month_day date{day};
  date += std::chrono::years(100);
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;  // A leap day that the year lacks.
  return std::chrono::sys_days(date) + (now - day);
}

Result<> SetMetadata(OperationContext& context, std::string_view document, directory::SamlProvider& provider) {
  const directory::Quotas& quotas = context.directory.context.quotas;
  provider.issuers = TRY(federation::ParseSamlMetadata(document));
  if (provider.issuers.size() > quotas.issuers_per_saml_provider) {
    return directory::QuotaExceeded("IdentityProvidersPerSAMLProvider", quotas.issuers_per_saml_provider);
  }
  for (const SamlIssuer& issuer : provider.issuers) {
    if (issuer.certificates.size() > quotas.certificates_per_saml_provider) {
      return directory::QuotaExceeded("KeysPerSAMLProvider", quotas.certificates_per_saml_provider);
    }
  }
  provider.valid_until = InAHundredYears(context.now);
  return {};
}

Result<> AddPrivateKey(OperationContext& context, std::string_view pem, directory::SamlProvider& provider) {
  if (!crypto::PrivateKey::ParsePem(pem)) return Fail(ErrorCode::kInvalidInput, "Unable to parse private key.");
  const std::uint64_t quota = context.directory.context.quotas.private_keys_per_saml_provider;
  if (provider.private_keys.size() >= quota) {
    return Fail(ErrorCode::kLimitExceeded, "Private key limit of " + std::to_string(quota) + " is reached.");
  }
  provider.private_keys.push_back(
      context.directory.saml_providers.SealPrivateKey(provider, NewId(kKeyPrefix, context.random), context.now, pem));
  return {};
}

// The last one stays as long as assertions must be encrypted.
Result<> RemovePrivateKey(std::string_view id, directory::SamlProvider& provider) {
  const auto removed =
      std::erase_if(provider.private_keys, [&](const directory::SamlPrivateKey& key) { return key.id == id; });
  if (removed == 0 || (provider.encryption_required && provider.private_keys.empty())) {
    return Fail(ErrorCode::kInvalidInput, "Failed to remove private key.");
  }
  return {};
}

Result<CreateSAMLProviderResponse> CreateSAMLProvider(OperationContext& context,
                                                      const CreateSAMLProviderRequest& request) {
  directory::SamlProvider provider{
      .id = NewId(kProviderPrefix, context.random),
      .name = request.name,
      .created = context.now,
      .tags = TRY(TagsFromApi(request.tags, TagKeys::kExact)),
      .encryption_required = request.assertion_encryption_mode == assertion_encryption_mode_type::kRequired};
  if (provider.encryption_required && !request.add_private_key) {
    return Fail(ErrorCode::kValidationError,
                "Unable to set assertion encryption mode to Required because no private key is provided.");
  }
  TRY(SetMetadata(context, request.saml_metadata_document, provider));
  if (request.add_private_key) TRY(AddPrivateKey(context, *request.add_private_key, provider));
  TRY(context.directory.saml_providers.Insert(provider, request.saml_metadata_document));
  return CreateSAMLProviderResponse{.saml_provider_arn = context.directory.saml_providers.ArnOf(provider),
                                    .tags = TagsUnlessEmpty(provider.tags)};
}

Result<GetSAMLProviderResponse> GetSAMLProvider(OperationContext& context, const GetSAMLProviderRequest& request) {
  const auto provider = TRY(GetSamlProvider(context, request.saml_provider_arn));
  GetSAMLProviderResponse response{
      .saml_provider_uuid = provider.id,
      .saml_metadata_document = TRY(context.directory.saml_providers.GetMetadata(provider)),
      .create_date = provider.created,
      .valid_until = provider.valid_until,
      .tags = SortedTags(provider.tags),
      .assertion_encryption_mode = std::string(provider.encryption_required ? assertion_encryption_mode_type::kRequired
                                                                            : assertion_encryption_mode_type::kAllowed),
      .private_key_list = std::vector<SAMLPrivateKey>()};
  for (const auto& key : provider.private_keys) {
    response.private_key_list->push_back({.key_id = key.id, .timestamp = key.added});
  }
  return response;
}

// What a request may not ask for, whatever the provider.
Result<> CheckAsksForSomething(const UpdateSAMLProviderRequest& request) {
  if (request.add_private_key && request.remove_private_key) {
    return Fail(ErrorCode::kValidationError,
                "Unable to add and remove private keys in the same request. Set a value for only one of the two "
                "parameters.");
  }
  if (request.saml_metadata_document || request.assertion_encryption_mode || request.add_private_key ||
      request.remove_private_key) {
    return {};
  }
  return Fail(ErrorCode::kValidationError,
              "Unable to update identity provider. No updates are defined for metadata or encryption assertion.");
}

Result<UpdateSAMLProviderResponse> UpdateSAMLProvider(OperationContext& context,
                                                      const UpdateSAMLProviderRequest& request) {
  TRY(CheckAsksForSomething(request));
  const auto stored = TRY(GetSamlProvider(context, request.saml_provider_arn));
  auto changed = stored;
  if (request.saml_metadata_document) {
    TRY(SetMetadata(context, *request.saml_metadata_document, changed));
    context.directory.saml_providers.PutMetadata(changed, *request.saml_metadata_document);
  }
  if (request.assertion_encryption_mode) {
    changed.encryption_required = *request.assertion_encryption_mode == assertion_encryption_mode_type::kRequired;
  }
  if (request.add_private_key) TRY(AddPrivateKey(context, *request.add_private_key, changed));
  if (request.remove_private_key) TRY(RemovePrivateKey(*request.remove_private_key, changed));
  if (changed.encryption_required && changed.private_keys.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "Failed to set assertion encryption mode to Required because no private key is present.");
  }
  TRY(context.directory.saml_providers.Replace(stored, changed));
  return UpdateSAMLProviderResponse{.saml_provider_arn = context.directory.saml_providers.ArnOf(changed)};
}

Result<ListSAMLProvidersResponse> ListSAMLProviders(OperationContext& context, const ListSAMLProvidersRequest&) {
  const std::uint64_t all = context.directory.context.quotas.saml_providers_per_account;
  ListSAMLProvidersResponse response{.saml_provider_list = std::vector<SAMLProviderListEntry>()};
  for (const auto& provider : TRY(context.directory.saml_providers.List("/", "", all)).items) {
    response.saml_provider_list->push_back({.arn = context.directory.saml_providers.ArnOf(provider),
                                            .valid_until = provider.valid_until,
                                            .create_date = provider.created});
  }
  return response;
}

Result<DeleteSAMLProviderResponse> DeleteSAMLProvider(OperationContext& context,
                                                      const DeleteSAMLProviderRequest& request) {
  const auto provider = TRY(GetSamlProvider(context, request.saml_provider_arn));
  TRY(context.directory.saml_providers.Remove(provider));
  return DeleteSAMLProviderResponse{};
}

}  // namespace

Result<directory::SamlProvider> GetSamlProvider(OperationContext& context, std::string_view arn) {
  auto provider = TRY(context.directory.saml_providers.FindByArn(arn));
  if (provider) return std::move(*provider);
  return Fail(ErrorCode::kNoSuchEntity, "Manifest not found for arn " + std::string(arn));
}

void RegisterSamlProviderOperations(Operations& operations) {
  operations.Add<api::CreateSAMLProvider>(CreateSAMLProvider);
  operations.Add<api::GetSAMLProvider>(GetSAMLProvider);
  operations.Add<api::UpdateSAMLProvider>(UpdateSAMLProvider);
  operations.Add<api::ListSAMLProviders>(ListSAMLProviders);
  operations.Add<api::DeleteSAMLProvider>(DeleteSAMLProvider);
}

}  // namespace claviger::ops::iam
