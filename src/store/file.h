// Files as the store needs them: whole reads and writes, at a place, with errors told in the store's words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "store/store.h"

namespace claviger::store {

// `code` is an errno, `doing` what failed, as in "opening the store".
StoreError SystemError(int code, std::string_view doing);

// Makes the names in `directory` durable.
StoreResult<> SyncDirectory(const std::filesystem::path& directory);

// A file that only its owner may use.
class File {
 public:
  // `flags` as open() takes them.
  static StoreResult<File> Open(const std::filesystem::path& path, int flags);
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)), name_(std::move(other.name_)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(name_, other.name_);
    return *this;
  }
  ~File();

  int fd() const { return fd_; }
  StoreResult<std::uint64_t> Size() const;
  // Fewer bytes than asked for when the file ends before.
  StoreResult<std::string> Read(std::uint64_t offset, std::size_t bytes) const;
  StoreResult<> Write(std::uint64_t offset, std::string_view bytes) const;
  StoreResult<> Truncate(std::uint64_t size) const;
  // Returns when everything written is on disk, and what is needed to find it.
  StoreResult<> Sync() const;

 private:
  File(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  StoreError Failed(std::string_view doing) const;

  int fd_;
  std::string name_;
};

}  // namespace claviger::store
