// What an account chooses for itself: CreateAccountAlias, DeleteAccountAlias, ListAccountAliases,
// SetSecurityTokenServicePreferences.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterAccountPreferenceOperations(Operations& operations);

}  // namespace claviger::ops::iam
