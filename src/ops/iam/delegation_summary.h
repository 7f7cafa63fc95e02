// A delegation request in words, made of the very policy that would limit its provider. Pure: the same request always
// reads the same. Markdown; nothing that the provider chose stands outside of code.
#pragma once

#include <string>

#include "directory/delegation_request.h"
#include "directory/service_catalogue.h"
#include "policy/document.h"

namespace claviger::ops::iam {

// At most as long as the API describes.
inline constexpr std::size_t kSummaryBytesMax = 10000;

std::string SummarizeDelegation(const directory::DelegationRequest& request, const policy::Document& document,
                                const directory::ServiceCatalogue& services);

}  // namespace claviger::ops::iam
