#include "directory/oidc_provider.h"

#include <algorithm>

#include "aws/arn.h"
#include "directory/named_internal.h"

namespace claviger::directory {

template <>
struct Kind<OidcProvider> {
  static constexpr std::string_view kFolder = "oidc-provider";

  // Stored, never renumber: docs/internals/directory.md.
  enum Field : unsigned { kClientId = kFirstOwn, kThumbprint = 7 };

  static Counter Count(const Context& context) {
    return {.what = "oidc-providers",
            .quota_name = "OpenIDConnectProvidersPerAccount",
            .max = context.quotas.oidc_providers_per_account};
  }
  static std::string Missing(std::string_view name) {
    return "OpenIDConnect Provider not found for url " + std::string(name);
  }
  static std::string Existing(std::string_view name) {
    return "Provider with url https://" + std::string(name) + " already exists.";
  }
  static void EncodeOwn(const OidcProvider& provider, codec::RecordWriter& writer) {
    for (const std::string& id : provider.client_ids) writer.Bytes(kClientId, id);
    for (const std::string& thumbprint : provider.thumbprints) writer.Bytes(kThumbprint, thumbprint);
  }
  static void DecodeOwn(const codec::RecordField& field, OidcProvider& provider) {
    if (field.number == kClientId) provider.client_ids.push_back(field.Text());
    if (field.number == kThumbprint) provider.thumbprints.push_back(field.Text());
  }
};

template class Named<OidcProvider>;

std::string OidcProviderName(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::string_view kPort = ":443";
  if (url.starts_with(kScheme)) url.remove_prefix(kScheme.size());
  const std::size_t host_end = std::min(url.find('/'), url.size());
  std::string name(url);
  if (url.substr(0, host_end).ends_with(kPort)) name.erase(host_end - kPort.size(), kPort.size());
  return name;
}

std::string OidcProviders::ArnOf(const OidcProvider& provider) const {
  return IamArn(context_.account, Kind<OidcProvider>::kFolder, "/", provider.name);
}

Result<std::optional<OidcProvider>> OidcProviders::FindByArn(std::string_view arn) {
  const std::string front = IamArn(context_.account, Kind<OidcProvider>::kFolder, "/", "");
  if (!arn.starts_with(front)) return std::optional<OidcProvider>();
  const std::string_view name = arn.substr(front.size());
  auto provider = TRY(Find(name));
  if (provider && provider->name != name) provider.reset();
  return provider;
}

}  // namespace claviger::directory
