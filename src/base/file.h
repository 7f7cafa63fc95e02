// Files read whole, and written so that they are there after a crash. POSIX; functions without state; false with the
// reason in errno.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace claviger {

// nullopt when there is none, it cannot be read, or it is larger than `bytes_max`.
std::optional<std::string> ReadWholeFile(const std::filesystem::path& path, std::size_t bytes_max);

// Writes all of it where the file stands.
bool WriteAll(int fd, std::string_view bytes);

// Makes the names in a folder durable: a new or renamed file is there after a crash only then. True also where nothing
// can be done: the folder may not be read, or the file system knows no such thing.
bool SyncFolder(const std::filesystem::path& folder);

}  // namespace claviger
