// Whether somebody may all that a policy allows, told from their policies alone, before any request is there: as far as
// that can be told. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "policy/document.h"

namespace claviger::lint {

enum class Coverage : std::uint8_t {
  kAll,     // Every request that the policy allows is allowed.
  kNotAll,  // Some request that it allows is not.
  kUnsure,  // Conditions, variables or patterns leave it open.
};

// The policies of one type: what one of them allows and none denies gets past it.
using PolicyLayer = std::vector<std::shared_ptr<const policy::Document>>;

// `layers`: all that have to let a request pass. Without any, everything may.
Coverage CoverageOf(const policy::Document& wanted, std::span<const PolicyLayer> layers);

}  // namespace claviger::lint
