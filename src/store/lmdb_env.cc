#include "store/lmdb_env.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>
#include <set>
#include <string>

#include "base/random.h"
#include "store/lmdb_format.h"
#include "store/redo_log.h"
#include "store/write_txn.h"

namespace claviger::store {
namespace {

// An eighth of the map is kept from data. A delete needs fresh pages for what it changes, and those it frees cannot be
// used at once: the smallest map leaves 32, which is more than any delete in a tree so small has needed.
constexpr std::uint64_t kMapBytesMin = 1 << 20;
constexpr std::uint64_t kReservedBytesMax = 64 << 20;

std::filesystem::path ParentOf(const std::filesystem::path& directory) {
  const std::filesystem::path absolute = std::filesystem::absolute(directory).lexically_normal();
  // A trailing slash makes an empty last component.
  return absolute.has_filename() ? absolute.parent_path() : absolute.parent_path().parent_path();
}

StoreResult<std::optional<FormatRecord>> ReadFormat(MDB_txn* txn, MDB_dbi dbi) {
  MDB_stat stat;
  if (const int code = mdb_stat(txn, dbi, &stat); code != 0) return Failure{LmdbError(code, "reading the store")};
  if (stat.ms_entries == 0) return std::nullopt;
  MDB_val key = ToVal(kFormatKey);
  MDB_val value;
  const int code = mdb_get(txn, dbi, &key, &value);
  if (code != 0 && code != MDB_NOTFOUND) return Failure{LmdbError(code, "reading the store's format")};
  std::optional<FormatRecord> record = code == 0 ? DecodeFormat(ToText(value)) : std::nullopt;
  if (!record)
    return Failure{StoreError{StoreError::Kind::kCorrupt, "the directory holds something else than a store"}};
  if (record->version != kFormatVersion && record->version != kFormatVersionWithoutLog) {
    return Failure{StoreError{StoreError::Kind::kUnavailable,
                              "the store has format " + std::to_string(record->version) +
                                  ", this program knows none newer than " + std::to_string(kFormatVersion)}};
  }
  return record;
}

int WriteFormat(MDB_txn* txn, MDB_dbi dbi, const FormatRecord& record) {
  MDB_val key = ToVal(kFormatKey);
  const auto bytes = EncodeFormat(record);
  MDB_val value = ToVal({bytes.data(), bytes.size()});
  return mdb_put(txn, dbi, &key, &value, 0);
}

}  // namespace

StoreError LmdbError(int code, std::string_view doing) {
  StoreError error{StoreError::Kind::kUnavailable, std::string(doing) + ": " + mdb_strerror(code)};
  switch (code) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      error.kind = StoreError::Kind::kFull;
      break;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
      error.kind = StoreError::Kind::kCorrupt;
      break;
    case MDB_MAP_RESIZED:
      error.message = std::string(doing) + ": another process has the store open with a larger map";
      break;
    case MDB_READERS_FULL:
      error.message = std::string(doing) + ": every reader slot is taken";
      break;
    case MDB_BAD_RSLOT:
      error.message = std::string(doing) + ": another process took this one for dead; it must be restarted";
      break;
    default:
      break;
  }
  return error;
}

ForkMark::ForkMark() {
  void* page = mmap(nullptr, sizeof(*page_), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::bad_alloc();
  // Linux 4.14 and newer; before that a child is not told apart.
  madvise(page, sizeof(*page_), MADV_WIPEONFORK);
  page_ = static_cast<std::uint32_t*>(page);
  *page_ = 1;
}

ForkMark::~ForkMark() { munmap(page_, sizeof(*page_)); }

// One for the process, as the file locks are that it guards.
struct DirectoryClaim::Claims {
  std::mutex mutex;
  std::set<Id> ids;
};

DirectoryClaim::Claims& DirectoryClaim::AllClaims() {
  static Claims claims;
  return claims;
}

StoreResult<DirectoryClaim> DirectoryClaim::Take(const std::filesystem::path& directory) {
  struct stat found {};
  if (stat(directory.c_str(), &found) != 0) return Failure{LmdbError(errno, "opening " + directory.string())};
  DirectoryClaim claim;
  // With the process, because a child inherits the set but none of the locks.
  const Id id{.process = static_cast<std::uint64_t>(getpid()), .device = found.st_dev, .inode = found.st_ino};
  Claims& all = AllClaims();
  const std::lock_guard lock(all.mutex);
  if (!all.ids.insert(id).second) {
    return Failure{StoreError{StoreError::Kind::kUnavailable, directory.string() + " is open in this process already"}};
  }
  claim.id_ = id;
  return claim;
}

DirectoryClaim::~DirectoryClaim() {
  if (id_.process == 0) return;
  Claims& all = AllClaims();
  const std::lock_guard lock(all.mutex);
  all.ids.erase(id_);
}

StoreResult<std::shared_ptr<LmdbEnv>> LmdbEnv::Open(const std::filesystem::path& directory,
                                                    const LmdbOptions& options) {
  if (mkdir(directory.c_str(), S_IRWXU) == 0) {
    TRY(SyncDirectory(ParentOf(directory)));
  } else if (errno != EEXIST) {
    return Failure{LmdbError(errno, "creating " + directory.string())};
  }
  std::shared_ptr<LmdbEnv> env(new LmdbEnv());
  env->directory_ = directory;
  env->claim_ = TRY(DirectoryClaim::Take(directory));
  TRY(env->OpenFiles(directory, options));
  TRY(env->OpenFormat());
  return env;
}

StoreResult<> LmdbEnv::OpenFiles(const std::filesystem::path& directory, const LmdbOptions& options) {
  const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const std::uint64_t map_pages = (std::max(options.map_bytes, kMapBytesMin) + page_bytes - 1) / page_bytes;
  data_pages_max_ = map_pages - std::min(map_pages / 8, kReservedBytesMax / page_bytes);

  int code = mdb_env_create(&env_);
  if (code == 0) code = mdb_env_set_maxreaders(env_, std::max(1U, options.readers_max));
  if (code == 0) code = mdb_env_set_mapsize(env_, map_pages * page_bytes);
  // A reader belongs to its object, not to the thread that made it (MDB_NOTLS). None of the flags that trade durability
  // for speed, and not MDB_NOMEMINIT: it would write stray memory, perhaps a secret, into the file.
  if (code == 0) code = mdb_env_open(env_, directory.c_str(), MDB_NOTLS, S_IRUSR | S_IWUSR);
  if (code != 0) return Failure{LmdbError(code, "opening the store in " + directory.string())};

  TRY(SyncDirectory(directory));
  ClearDeadReaders();
  return {};
}

StoreResult<> LmdbEnv::OpenFormat() {
  WriteTxn txn = TRY(WriteTxn::Begin(*this));
  if (const int code = mdb_dbi_open(txn.get(), nullptr, 0, &dbi_); code != 0) {
    return Failure{LmdbError(code, "opening the store")};
  }
  const std::optional<FormatRecord> found = TRY(ReadFormat(txn.get(), dbi_));
  if (found && found->version == kFormatVersion) {
    store_ = found->store;
    return {};
  }
  // An older program may be at work on what it made. One that comes later waits for this transaction, and refuses.
  if (found && TRY(OpenElsewhere())) {
    return Failure{StoreError{StoreError::Kind::kUnavailable, "an older program has the store open: stop it first"}};
  }
  FormatRecord record{.last_revision = 1};
  // The revision that the older program would have read, or the last that it wrote down: ids begin anew in a copy.
  if (found) record.last_revision = std::max(found->last_revision, mdb_txn_id(txn.get()) - 1 + found->revision_offset);
  SystemRandom().Fill(record.store);
  store_ = record.store;
  TRY(RedoLog::Create(directory_, store_, record.last_revision));
  if (const int code = WriteFormat(txn.get(), dbi_, record); code != 0) {
    return Failure{LmdbError(code, "writing the store's format")};
  }
  return txn.Commit(kFormatRecordBytes);
}

StoreResult<bool> LmdbEnv::OpenElsewhere() {
  lock_file_ = TRY(File::Open(directory_ / "lock.mdb", O_RDWR));
  // LMDB keeps the first byte locked in each process, and this asks about other processes only.
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  if (fcntl(lock_file_->fd(), F_GETLK, &lock) != 0) return Failure{SystemError(errno, "asking for other programs")};
  return lock.l_type != F_UNLCK;
}

LmdbEnv::~LmdbEnv() {
  // In a child, closing would give away the parent's reader slots.
  if (env_ != nullptr && InOwner()) mdb_env_close(env_);
}

StoreResult<Revision> LmdbEnv::RevisionIn(MDB_txn* txn) const {
  MDB_val key = ToVal(kFormatKey);
  MDB_val value;
  if (const int code = mdb_get(txn, dbi_, &key, &value); code != 0) {
    return Failure{LmdbError(code, "reading the store's revision")};
  }
  const std::optional<FormatRecord> record = DecodeFormat(ToText(value));
  if (!record || record->version != kFormatVersion || record->store != store_) {
    return Failure{StoreError{StoreError::Kind::kCorrupt, "the store's format has changed while it was open"}};
  }
  return record->last_revision;
}

StoreResult<> LmdbEnv::RecordRevision(MDB_txn* txn, Revision revision) const {
  const int code = WriteFormat(txn, dbi_, {.store = store_, .last_revision = revision});
  if (code != 0) return Failure{LmdbError(code, "writing")};
  return {};
}

std::size_t LmdbEnv::FreshPages() const {
  MDB_envinfo info;
  if (mdb_env_info(env_, &info) != 0) return 0;
  const std::size_t used = info.me_last_pgno + 1;
  return data_pages_max_ - std::min(data_pages_max_, used);
}

int LmdbEnv::ClearDeadReaders() const {
  int dead = 0;
  // A failure leaves the slots as they are: nothing is lost but the space they hold.
  return mdb_reader_check(env_, &dead) == 0 ? dead : 0;
}

}  // namespace claviger::store
