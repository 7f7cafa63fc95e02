// The store on disk, in one directory: a log of the newest changes, and LMDB. What is stored and what is promised:
// docs/internals/store.md.
//
// Done is called with success only after the change is on disk; it is called in the committer's thread. Readers take no
// lock and make no system call to refresh, read or release, but to copy a pointer when there is something new. A
// process that dies leaves nothing to repair.
//
// Any number of processes of one machine may open the same directory, each once: they see each other's changes and
// conflict with each other as threads do. After fork() a store and its readers belong to the parent: in the child they
// fail with kUnavailable and may be destroyed safely. Not for network file systems.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "store/store.h"

namespace claviger::store {

struct LmdbOptions {
  // How large the data may grow. It is address space, not disk space: the file grows as it fills. The same for every
  // process on the directory. Rounded up to whole pages; at least 1 MiB.
  std::uint64_t map_bytes = std::uint64_t{64} << 30;
  // How many readers there can be at once, of all processes, each of which takes one more for its commits. Whoever
  // opens first decides.
  unsigned readers_max = 512;
  // One durable commit takes in at most so much; a batch is never split.
  std::size_t group_batches_max = 1024;
  std::size_t group_bytes_max = 16 << 20;
  // Commit fails with kUnavailable when more than this waits already.
  std::size_t waiting_bytes_max = 256 << 20;
  // What is logged goes into LMDB when it takes so much of the log, or when the oldest of it is so old.
  std::size_t log_bytes = 8 << 20;
  std::chrono::milliseconds log_age = std::chrono::seconds(5);
  // For tests of crashes: called before each step of a commit or checkpoint, with what is about to be done.
  std::function<void(std::string_view step)> at_step = nullptr;
};

// Opens the store in `directory`, which is created (mode 0700) when only it is missing.
// Errors: kUnavailable when the directory cannot be used, is open in this process already, or was written by a newer
// program; kCorrupt when what is there is not ours; kFull when there is no room for an empty store.
StoreResult<std::unique_ptr<Store>> OpenLmdb(const std::filesystem::path& directory, const LmdbOptions& options = {});

// Copies the store in `directory`, which may be in use, as it is now. `target` is created (mode 0700) when only it is
// missing, and must not hold a store. Errors: those of OpenLmdb.
StoreResult<> CopyLmdb(const std::filesystem::path& directory, const std::filesystem::path& target,
                       const LmdbOptions& options = {});

// Whether a store has been made in `directory`.
bool HoldsLmdb(const std::filesystem::path& directory);

}  // namespace claviger::store
