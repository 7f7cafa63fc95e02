// The reason phrases of HTTP status codes (RFC 9110 section 15). Pure.
#pragma once

#include <string_view>

namespace claviger::http {

// "Not Found" for 404; for a code that has none here, the name of its class.
std::string_view ReasonPhrase(int status);

}  // namespace claviger::http
