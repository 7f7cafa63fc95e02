#include "ops/iam/oidc_provider.h"

#include <algorithm>

#include "base/text.h"
#include "directory/counter.h"
#include "gen/iam/operations.h"
#include "ops/iam/show.h"
#include "ops/iam/tags.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

constexpr std::string_view kScheme = "https://";

bool IsLetterOrDigit(char c) {
  const char lower = AsciiLower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
}

// What may stand in an issuer (RFC 3986, unreserved and most of the others), but no wildcard of policies.
bool IsUrlCharacter(char c) {
  return IsLetterOrDigit(c) || std::string_view("-._~%!$&'()+,;=:@/").find(c) != std::string_view::npos;
}

// The provider's name. Errors: ValidationError; InvalidInput.
Result<std::string> NameFromUrl(std::string_view url) {
  if (!url.starts_with(kScheme) && url.find("://") != std::string_view::npos) {
    return Fail(ErrorCode::kInvalidInput, "Invalid Open ID Connect Provider URL. The URL must begin with https://.");
  }
  // The live service has no better word for these.
  if (url.find_first_of("?#") != std::string_view::npos) return Fail(ErrorCode::kInvalidInput, "Unknown");
  std::string name = directory::OidcProviderName(url);
  const std::string_view host = std::string_view(name).substr(0, name.find('/'));
  const bool host_is_name = !host.empty() && std::ranges::all_of(host, [](char c) {
    return IsLetterOrDigit(c) || c == '-' || c == '.' || c == '_';
  });
  if (!url.starts_with(kScheme) || !host_is_name || !std::ranges::all_of(name, IsUrlCharacter)) {
    return Fail(ErrorCode::kValidationError, "Invalid Open ID Connect Provider URL");
  }
  return name;
}

// In lower case, and not told apart: the same one may stand there twice.
Result<std::vector<std::string>> ThumbprintsFromApi(const OperationContext& context,
                                                    const std::vector<std::string>& given) {
  if (given.size() > context.directory.context.quotas.thumbprints_per_oidc_provider) {
    return Fail(ErrorCode::kInvalidInput, "Thumbprint list must contain fewer than 5 entries.");
  }
  std::vector<std::string> thumbprints;
  thumbprints.reserve(given.size());
  for (const std::string& thumbprint : given) thumbprints.push_back(AsciiLower(thumbprint));
  return thumbprints;
}

// Does nothing when it is there. Errors: LimitExceeded.
Result<> AddClientId(const OperationContext& context, const std::string& id, std::vector<std::string>& ids) {
  if (std::ranges::find(ids, id) != ids.end()) return {};
  const std::uint64_t quota = context.directory.context.quotas.client_ids_per_oidc_provider;
  if (ids.size() >= quota) return directory::QuotaExceeded("ClientIdsPerOpenIdConnectProvider", quota);
  ids.push_back(id);
  return {};
}

// What a provider has that is made without thumbprints: the one that its server shows, asked for beside the event loop.
// Errors: OpenIdIdpCommunicationError.
Result<std::vector<std::string>> FetchThumbprints(OperationContext& context, const std::string& url) {
  const federation::IssuerKeys* keys = context.issuer_keys;
  if (keys == nullptr) return std::vector<std::string>();
  const auto get = [keys, url] { return keys->GetThumbprint(url); };
  std::string thumbprint = TRY(context.slow_work.Get("thumbprint of " + url, get, SlowKind::kWaiting));
  if (thumbprint.empty()) return std::vector<std::string>();
  return std::vector<std::string>{std::move(thumbprint)};
}

Result<CreateOpenIDConnectProviderResponse> CreateOpenIDConnectProvider(
    OperationContext& context, const CreateOpenIDConnectProviderRequest& request) {
  directory::OidcProvider provider{
      .id = context.random.Uuid(),
      .name = TRY(NameFromUrl(request.url)),
      .created = context.now,
      .tags = TRY(TagsFromApi(request.tags, TagKeys::kExact)),
      .thumbprints = TRY(ThumbprintsFromApi(context, request.thumbprint_list.value_or(std::vector<std::string>())))};
  for (const std::string& id : request.client_id_list.value_or(std::vector<std::string>())) {
    TRY(AddClientId(context, id, provider.client_ids));
  }
  TRY(context.directory.oidc_providers.Insert(provider));
  if (provider.thumbprints.empty()) {
    const directory::OidcProvider stored = provider;
    provider.thumbprints = TRY(FetchThumbprints(context, std::string(kScheme) + provider.name));
    TRY(context.directory.oidc_providers.Replace(stored, provider));
  }
  return CreateOpenIDConnectProviderResponse{
      .open_id_connect_provider_arn = context.directory.oidc_providers.ArnOf(provider),
      .tags = TagsUnlessEmpty(provider.tags)};
}

Result<GetOpenIDConnectProviderResponse> GetOpenIDConnectProvider(OperationContext& context,
                                                                  const GetOpenIDConnectProviderRequest& request) {
  const auto provider = TRY(GetOidcProvider(context, request.open_id_connect_provider_arn));
  return GetOpenIDConnectProviderResponse{.url = provider.name,
                                          .client_id_list = provider.client_ids,
                                          .thumbprint_list = provider.thumbprints,
                                          .create_date = provider.created,
                                          .tags = SortedTags(provider.tags)};
}

Result<ListOpenIDConnectProvidersResponse> ListOpenIDConnectProviders(OperationContext& context,
                                                                      const ListOpenIDConnectProvidersRequest&) {
  const std::uint64_t all = context.directory.context.quotas.oidc_providers_per_account;
  ListOpenIDConnectProvidersResponse response{.open_id_connect_provider_list =
                                                  std::vector<OpenIDConnectProviderListEntry>()};
  for (const auto& provider : TRY(context.directory.oidc_providers.List("/", "", all)).items) {
    response.open_id_connect_provider_list->push_back({.arn = context.directory.oidc_providers.ArnOf(provider)});
  }
  return response;
}

Result<AddClientIDToOpenIDConnectProviderResponse> AddClientIDToOpenIDConnectProvider(
    OperationContext& context, const AddClientIDToOpenIDConnectProviderRequest& request) {
  const auto stored = TRY(GetOidcProvider(context, request.open_id_connect_provider_arn));
  auto changed = stored;
  TRY(AddClientId(context, request.client_id, changed.client_ids));
  TRY(context.directory.oidc_providers.Replace(stored, changed));
  return AddClientIDToOpenIDConnectProviderResponse{};
}

Result<RemoveClientIDFromOpenIDConnectProviderResponse> RemoveClientIDFromOpenIDConnectProvider(
    OperationContext& context, const RemoveClientIDFromOpenIDConnectProviderRequest& request) {
  const auto stored = TRY(GetOidcProvider(context, request.open_id_connect_provider_arn));
  auto changed = stored;
  std::erase(changed.client_ids, request.client_id);
  TRY(context.directory.oidc_providers.Replace(stored, changed));
  return RemoveClientIDFromOpenIDConnectProviderResponse{};
}

Result<UpdateOpenIDConnectProviderThumbprintResponse> UpdateOpenIDConnectProviderThumbprint(
    OperationContext& context, const UpdateOpenIDConnectProviderThumbprintRequest& request) {
  if (request.thumbprint_list.empty()) {
    return Fail(ErrorCode::kInvalidInput, "Thumbprint list must contain at least one entry.");
  }
  auto thumbprints = TRY(ThumbprintsFromApi(context, request.thumbprint_list));
  const auto stored = TRY(GetOidcProvider(context, request.open_id_connect_provider_arn));
  auto changed = stored;
  changed.thumbprints = std::move(thumbprints);
  TRY(context.directory.oidc_providers.Replace(stored, changed));
  return UpdateOpenIDConnectProviderThumbprintResponse{};
}

Result<DeleteOpenIDConnectProviderResponse> DeleteOpenIDConnectProvider(
    OperationContext& context, const DeleteOpenIDConnectProviderRequest& request) {
  const auto provider = TRY(context.directory.oidc_providers.FindByArn(request.open_id_connect_provider_arn));
  if (!provider) {
    return Fail(ErrorCode::kNoSuchEntity,
                "OpenId connect Provider " + request.open_id_connect_provider_arn + " cannot be found.");
  }
  TRY(context.directory.oidc_providers.Remove(*provider));
  return DeleteOpenIDConnectProviderResponse{};
}

}  // namespace

Result<directory::OidcProvider> GetOidcProvider(OperationContext& context, std::string_view arn) {
  auto provider = TRY(context.directory.oidc_providers.FindByArn(arn));
  if (provider) return std::move(*provider);
  return Fail(ErrorCode::kNoSuchEntity, "OpenIDConnect Provider not found for arn " + std::string(arn));
}

void RegisterOidcProviderOperations(Operations& operations) {
  operations.Add<api::CreateOpenIDConnectProvider>(CreateOpenIDConnectProvider);
  operations.Add<api::GetOpenIDConnectProvider>(GetOpenIDConnectProvider);
  operations.Add<api::ListOpenIDConnectProviders>(ListOpenIDConnectProviders);
  operations.Add<api::AddClientIDToOpenIDConnectProvider>(AddClientIDToOpenIDConnectProvider);
  operations.Add<api::RemoveClientIDFromOpenIDConnectProvider>(RemoveClientIDFromOpenIDConnectProvider);
  operations.Add<api::UpdateOpenIDConnectProviderThumbprint>(UpdateOpenIDConnectProviderThumbprint);
  operations.Add<api::DeleteOpenIDConnectProvider>(DeleteOpenIDConnectProvider);
}

}  // namespace claviger::ops::iam
