// Questions about patterns of policies, texts with `*` and `?`, before any request is there. Pure.
#pragma once

#include <string>
#include <string_view>

namespace claviger::lint {

// Whether every text that `inner` matches is matched by `outer` too. May miss it for patterns that say so in a
// roundabout way; never claims it wrongly.
bool Covers(std::string_view outer, std::string_view inner);

// Whether some text is matched by both.
bool MayOverlap(std::string_view a, std::string_view b);

// The same for ARNs, whose first five parts are compared one by one, as long as both have them.
bool ArnsMayOverlap(std::string_view a, std::string_view b);

// With every variable, `${...}`, replaced by `*`.
std::string VariablesAsRuns(std::string_view pattern);

// How many letters have to be changed, added or left out to make one of the other; ignores case.
std::size_t Distance(std::string_view a, std::string_view b);

}  // namespace claviger::lint
