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

#include "store/lmdb_format.h"

namespace claviger::store {
namespace {

// An eighth of the map is kept from data. A delete needs fresh pages for what it changes, and those it frees cannot be
// used at once: the smallest map leaves 32, which is more than any delete in a tree so small has needed.
constexpr std::uint64_t kMapBytesMin = 1 << 20;
constexpr std::uint64_t kReservedBytesMax = 64 << 20;
// What a commit may write besides what was put, when asking whether there is room for it.
constexpr std::size_t kInnerPagesBytes = 64 << 10;

std::filesystem::path ParentOf(const std::filesystem::path& directory) {
  const std::filesystem::path absolute = std::filesystem::absolute(directory).lexically_normal();
  // A trailing slash makes an empty last component.
  return absolute.has_filename() ? absolute.parent_path() : absolute.parent_path().parent_path();
}

// Makes the names in `directory` durable. LMDB syncs its file, but not the directory that says where the file is.
StoreResult<> SyncDirectory(const std::filesystem::path& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // What may not be read cannot be synced: the kernel will write it in its own time.
  if (fd < 0 && errno == EACCES) return {};
  if (fd < 0) return Failure{LmdbError(errno, "opening " + directory.string())};
  const int result = fsync(fd);
  const int code = errno;
  close(fd);
  // Some file systems cannot sync a directory, and say so: theirs need it not.
  if (result != 0 && code != EINVAL) return Failure{LmdbError(code, "syncing " + directory.string())};
  return {};
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
  if (record->version != kFormatVersion) {
    return Failure{
        StoreError{StoreError::Kind::kUnavailable, "the store has format " + std::to_string(record->version) +
                                                       ", this program knows only " + std::to_string(kFormatVersion)}};
  }
  return record;
}

int WriteFormat(MDB_txn* txn, MDB_dbi dbi, const FormatRecord& record) {
  MDB_val key = ToVal(kFormatKey);
  const auto bytes = EncodeFormat(record);
  MDB_val value = ToVal({bytes.data(), bytes.size()});
  return mdb_put(txn, dbi, &key, &value, 0);
}

// LMDB calls it an I/O error when a write is cut short, as the last one before a full disk is. Asking for the space
// again tells the two apart; when it is granted after all, the file is longer by what the next commits will use.
bool IsDiskFull(MDB_env* env, std::size_t bytes) {
  int fd = -1;
  struct stat file {};
  if (mdb_env_get_fd(env, &fd) != 0 || fstat(fd, &file) != 0) return false;
  if (fallocate(fd, 0, file.st_size, static_cast<off_t>(bytes + kInnerPagesBytes)) == 0) return false;
  return errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
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
  std::optional<FormatRecord> record = TRY(ReadFormat(txn.get(), dbi_));
  const Revision current = mdb_txn_id(txn.get()) - 1;
  if (record && record->last_revision <= current + record->revision_offset) {
    revision_offset_ = record->revision_offset;
    return {};
  }
  // Either the store is new, or transaction ids began anew when it was copied or loaded from a dump: then revisions go
  // on from where they were, for one that was used before must never come to mean something else.
  if (!record) record.emplace();
  record->revision_offset = record->last_revision - std::min(record->last_revision, current);
  revision_offset_ = record->revision_offset;
  record->last_revision = ToRevision(txn.get());
  if (const int code = WriteFormat(txn.get(), dbi_, *record); code != 0) {
    return Failure{LmdbError(code, "writing the store's format")};
  }
  return txn.Commit(kFormatRecordBytes);
}

LmdbEnv::~LmdbEnv() {
  // In a child, closing would give away the parent's reader slots.
  if (env_ != nullptr && InOwner()) mdb_env_close(env_);
}

int LmdbEnv::RecordRevision(MDB_txn* txn) const {
  return WriteFormat(txn, dbi_, {.revision_offset = revision_offset_, .last_revision = ToRevision(txn)});
}

int LmdbEnv::ClearDeadReaders() const {
  int dead = 0;
  // A failure leaves the slots as they are: nothing is lost but the space they hold.
  return mdb_reader_check(env_, &dead) == 0 ? dead : 0;
}

StoreResult<WriteTxn> WriteTxn::Begin(const LmdbEnv& env) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env.get(), nullptr, 0, &txn); code != 0) {
    return Failure{LmdbError(code, "beginning a write")};
  }
  return WriteTxn(txn);
}

WriteTxn::~WriteTxn() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

StoreResult<> WriteTxn::Commit(std::size_t bytes) {
  MDB_env* env = mdb_txn_env(txn_);
  int code = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (code == 0) return {};
  if (code == EIO && IsDiskFull(env, bytes)) code = ENOSPC;
  StoreError error = LmdbError(code, "committing");
  // LMDB undoes what it wrote last, the page that makes it all visible; a disk that fails may fail at that too.
  if (error.kind == StoreError::Kind::kUnavailable) error.message += " (the outcome is unknown)";
  return Failure{std::move(error)};
}

}  // namespace claviger::store
