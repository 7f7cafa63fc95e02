// How decisions and the types of policies are called in front of people. Static texts.
#pragma once

#include <string_view>

#include "authz/evaluate.h"

namespace claviger::authz {

std::string_view LayerWords(Layer layer);          // "identity policies"
std::string_view DecisionWord(Decision decision);  // "explicitDeny", as in IAM's simulations.

}  // namespace claviger::authz
