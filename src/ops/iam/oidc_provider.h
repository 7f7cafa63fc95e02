// OpenID Connect providers: CreateOpenIDConnectProvider, GetOpenIDConnectProvider, ListOpenIDConnectProviders,
// AddClientIDToOpenIDConnectProvider, RemoveClientIDFromOpenIDConnectProvider, UpdateOpenIDConnectProviderThumbprint,
// DeleteOpenIDConnectProvider.
#pragma once

#include <string_view>

#include "directory/oidc_provider.h"
#include "ops/operations.h"

namespace claviger::ops::iam {

// Errors: NoSuchEntity.
Result<directory::OidcProvider> GetOidcProvider(OperationContext& context, std::string_view arn);

void RegisterOidcProviderOperations(Operations& operations);

}  // namespace claviger::ops::iam
