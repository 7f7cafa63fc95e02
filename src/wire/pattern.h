// Matches values against the model's regular expressions, each compiled once when first needed. Safe from any thread.
#pragma once

#include <string_view>

#include "aws/shape.h"

namespace claviger::wire {

// Whether all of `text`, not just a part, matches; in time linear in its length. \w, \d and \s mean ASCII, as in Java.
bool Matches(const Pattern& pattern, std::string_view text);

// Whether RE2 understands the pattern at all. One that it doesn't matches nothing; tests show that there is none.
bool Compiles(const Pattern& pattern);

}  // namespace claviger::wire
