// The program's version, from the build.
#pragma once

namespace claviger::server {

inline constexpr const char* kVersion = CLAVIGER_VERSION;

}  // namespace claviger::server
