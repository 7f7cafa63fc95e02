// Bounds on XML from outside, looked at before a parser sees it. Pure.
#pragma once

#include <string_view>

namespace claviger::federation {

// Whether no tag is so large, and no document has so many, that reading it would take long; and whether there is no
// document type, which serves only to define entities.
bool HasFairTags(std::string_view document);

}  // namespace claviger::federation
