// An LMDB environment of ours: opened by its rules, its format checked, its errors told in our words.
#pragma once

#include <lmdb.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "store/file.h"
#include "store/lmdb.h"
#include "store/redo_format.h"
#include "store/store.h"

namespace claviger::store {

// `doing` says what failed, as in "opening the store".
StoreError LmdbError(int code, std::string_view doing);

// Tells the process that made it from the children it forks, without a system call.
class ForkMark {
 public:
  ForkMark();
  ~ForkMark();
  ForkMark(const ForkMark&) = delete;
  ForkMark& operator=(const ForkMark&) = delete;

  bool InMaker() const { return *static_cast<const volatile std::uint32_t*>(page_) != 0; }

 private:
  std::uint32_t* page_;  // A page that the kernel wipes in a child.
};

// A directory that this process has open. LMDB must not be opened twice in one process: closing one of the two would
// drop the file locks by which other processes know that the other's readers live.
class DirectoryClaim {
 public:
  // Errors: kUnavailable when it is claimed already, or not there.
  static StoreResult<DirectoryClaim> Take(const std::filesystem::path& directory);
  DirectoryClaim() = default;
  DirectoryClaim(DirectoryClaim&& other) noexcept : id_(std::exchange(other.id_, {})) {}
  DirectoryClaim& operator=(DirectoryClaim&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~DirectoryClaim();

 private:
  struct Id {
    std::uint64_t process = 0;  // 0: claims nothing.
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    friend bool operator<(const Id& a, const Id& b) {
      return std::tie(a.process, a.device, a.inode) < std::tie(b.process, b.device, b.inode);
    }
  };
  struct Claims;
  static Claims& AllClaims();

  Id id_;
};

class LmdbEnv {
 public:
  static StoreResult<std::shared_ptr<LmdbEnv>> Open(const std::filesystem::path& directory, const LmdbOptions& options);
  ~LmdbEnv();
  LmdbEnv(const LmdbEnv&) = delete;
  LmdbEnv& operator=(const LmdbEnv&) = delete;

  MDB_env* get() const { return env_; }
  MDB_dbi dbi() const { return dbi_; }
  bool InOwner() const { return owner_.InMaker(); }

  const StoreId& store() const { return store_; }
  const std::filesystem::path& directory() const { return directory_; }

  // The last revision of the state that `txn` reads.
  StoreResult<Revision> RevisionIn(MDB_txn* txn) const;
  // Writes down in `txn` that it holds everything up to `revision`.
  StoreResult<> RecordRevision(MDB_txn* txn, Revision revision) const;
  // What data may use, in pages, so that there is room left in which to delete.
  std::size_t data_pages_max() const { return data_pages_max_; }
  // How many pages of that have never been used. There may be more that can be used again.
  std::size_t FreshPages() const;
  // Gives back the slots of readers whose process is dead, and with them the space they hold; returns how many.
  int ClearDeadReaders() const;

 private:
  LmdbEnv() = default;
  StoreResult<> OpenFiles(const std::filesystem::path& directory, const LmdbOptions& options);
  // Checks the format, or writes it into an empty store, or into one that has none of the log yet.
  StoreResult<> OpenFormat();
  // Whether another process has the LMDB files open.
  StoreResult<bool> OpenElsewhere();

  ForkMark owner_;
  DirectoryClaim claim_;
  MDB_env* env_ = nullptr;
  MDB_dbi dbi_ = 0;
  std::filesystem::path directory_;
  StoreId store_{};
  std::size_t data_pages_max_ = 0;
  // Kept until LMDB is closed: closing it would drop the locks that LMDB has on the same file.
  std::optional<File> lock_file_;
};

}  // namespace claviger::store
