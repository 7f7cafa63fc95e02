// Finds what a request asks for: the operation among those of all services, by the parameters Action and Version in
// Query, by the header X-Amz-Target in JSON.
// Pure and without allocation, except for the texts of errors. Safe from any thread.
#pragma once

#include <span>
#include <string_view>

#include "aws/error.h"
#include "aws/shape.h"
#include "codec/form.h"

namespace claviger::wire {

std::span<const ServiceInfo* const> Services();

// The service of this short name ("iam", as in a credential scope), or null.
const ServiceInfo* FindService(std::string_view name);

// The service that speaks Query and whose API has this version ("2010-05-08"), or null.
const ServiceInfo* ServiceOfVersion(std::string_view version);

// The operation of this name in the API of this version, or null. Case matters in both.
const OperationInfo* FindOperation(std::string_view action, std::string_view version);

// The operation a form asks for.
// Errors: MissingAction without Action (AWS redirects a bare `/` to its product page: for the caller to do), and
// InvalidAction for an action that the version lacks, or without Version.
Result<const OperationInfo*> GetOperation(const codec::Form& form);

// The operation that X-Amz-Target names: "AWSOrganizationsV20161128.ListRoots".
// Errors: UnknownOperationException.
Result<const OperationInfo*> GetTargetOperation(std::string_view target);

}  // namespace claviger::wire
