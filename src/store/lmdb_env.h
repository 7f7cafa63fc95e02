// An LMDB environment of ours: opened by its rules, its format checked, its errors told in our words.
#pragma once

#include <lmdb.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "store/lmdb.h"
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

  // A transaction's id as a revision.
  Revision ToRevision(MDB_txn* txn) const { return mdb_txn_id(txn) + revision_offset_; }
  // Writes down in `txn`, which must be about to change something, that its revision is in use.
  int RecordRevision(MDB_txn* txn) const;
  // What data may use, in pages, so that there is room left in which to delete.
  std::size_t data_pages_max() const { return data_pages_max_; }
  // Gives back the slots of readers whose process is dead, and with them the space they hold; returns how many.
  int ClearDeadReaders() const;

 private:
  LmdbEnv() = default;
  StoreResult<> OpenFiles(const std::filesystem::path& directory, const LmdbOptions& options);
  // Checks the format, or writes it into an empty store.
  StoreResult<> OpenFormat();

  ForkMark owner_;
  DirectoryClaim claim_;
  MDB_env* env_ = nullptr;
  MDB_dbi dbi_ = 0;
  Revision revision_offset_ = 0;
  std::size_t data_pages_max_ = 0;
};

// A write transaction; aborts unless committed. Belongs to the thread that began it.
class WriteTxn {
 public:
  // Waits for other processes' writes.
  static StoreResult<WriteTxn> Begin(const LmdbEnv& env);
  WriteTxn(WriteTxn&& other) noexcept : txn_(std::exchange(other.txn_, nullptr)) {}
  WriteTxn& operator=(WriteTxn&&) = delete;
  ~WriteTxn();

  MDB_txn* get() const { return txn_; }
  // Returns when everything is on disk. Call once. `bytes` is about how much was put, to tell a full disk from a bad
  // one.
  StoreResult<> Commit(std::size_t bytes);

 private:
  explicit WriteTxn(MDB_txn* txn) : txn_(txn) {}
  MDB_txn* txn_;
};

}  // namespace claviger::store
