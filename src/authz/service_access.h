// Which policies give access to a service, seen by their text alone. Pure.
#pragma once

#include <string_view>

#include "policy/document.h"

namespace claviger::authz {

// Whether some statement with Allow covers some action of the service ("s3"), whatever its resources and conditions and
// whatever others deny.
bool GrantsService(const policy::Document& document, std::string_view service);

}  // namespace claviger::authz
