// Where this checkout is.
#pragma once

namespace claviger {

// The project's folder, without a slash at its end. It is defined in a source that the build makes (cmake/room.cmake),
// so that no test's object depends on where the checkout lies.
extern const char* const kSourceFolder;

}  // namespace claviger
