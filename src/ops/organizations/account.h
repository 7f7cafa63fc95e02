// Accounts of an organization: CreateAccount and its status, ListAccounts, DescribeAccount, CloseAccount, leaving.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::organizations {

void RegisterAccountOperations(Operations& operations);

}  // namespace claviger::ops::organizations
