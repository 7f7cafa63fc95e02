// The bounds of a request, each with its reason. A request beyond them is refused before it is understood.
#pragma once

#include <cstddef>

#include "codec/form.h"
#include "codec/json.h"

namespace claviger::wire {

// Of query string and body together, still percent-encoded. The largest parameter there is, the SAML metadata document
// of 10,000,000 characters, fits with every third character escaped.
inline constexpr std::size_t kEncodedBytesMax = std::size_t{24} * 1024 * 1024;

// No operation has use for as many; simulations with long lists of actions and context keys come nearest.
inline constexpr std::size_t kParametersMax = 10'000;

inline constexpr codec::FormLimits kFormLimits = {.encoded_bytes_max = kEncodedBytesMax,
                                                  .parameters_max = kParametersMax};

// Of a request in JSON. The largest member there is, the text of a policy, fits with every character escaped.
inline constexpr codec::JsonLimits kJsonLimits = {.bytes_max = std::size_t{1} << 20, .depth_max = 32};

// Structures within structures, the request being the first. The models need 4.
inline constexpr std::size_t kDepthMax = 16;

// Violated constraints that one message names.
inline constexpr std::size_t kValidationErrorsMax = 100;

// Of a caller's text that a message repeats.
inline constexpr std::size_t kEchoBytesMax = std::size_t{64} * 1024;

}  // namespace claviger::wire
