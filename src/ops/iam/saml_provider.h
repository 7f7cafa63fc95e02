// SAML providers: CreateSAMLProvider, GetSAMLProvider, UpdateSAMLProvider, ListSAMLProviders, DeleteSAMLProvider.
#pragma once

#include <string_view>

#include "directory/saml_provider.h"
#include "ops/operations.h"

namespace claviger::ops::iam {

// Errors: NoSuchEntity.
Result<directory::SamlProvider> GetSamlProvider(OperationContext& context, std::string_view arn);

void RegisterSamlProviderOperations(Operations& operations);

}  // namespace claviger::ops::iam
