// The redo log: what was committed and is not yet in LMDB, on disk in two files and in memory as layers.
// How it works, and why nothing is lost: docs/internals/store.md.
//
// `checkpointed`, wherever it is asked for, is the revision of the newest LMDB state that the caller has seen: the log
// need not go back further.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "store/file.h"
#include "store/layer.h"
#include "store/log_lock.h"
#include "store/redo_format.h"
#include "store/store.h"

namespace claviger::store {

// All changes after `base` and up to `revision`: what has to be laid over an LMDB state of a revision between the two.
struct Overlay {
  LogPosition position;
  Revision revision = 0;
  Revision base = 0;
  // Of the newest segment, and of the one before while LMDB has not got it. Null: nothing.
  std::shared_ptr<const Layer> active;
  std::shared_ptr<const Layer> frozen;

  bool HasActive() const { return revision > active->base(); }
};
using SharedOverlay = std::shared_ptr<const Overlay>;

// Called with what is about to be done, for tests that stop there.
using AtStep = std::function<void(std::string_view step)>;

// Looks at LMDB's newest state.
using ReadCheckpointed = std::function<StoreResult<Revision>()>;

class RedoLog {
 public:
  // Makes the files of the log of a store whose LMDB state is `base`, before LMDB says that there is one.
  // Errors: kCorrupt when there is one already, and something in it.
  static StoreResult<> Create(const std::filesystem::path& directory, const StoreId& store, Revision base);
  // Reads what is there. Makes the files when they are gone, as in a copy of the store.
  // Errors: kCorrupt when the log and LMDB's state are not of one store, or something is missing between them.
  static StoreResult<std::shared_ptr<RedoLog>> Open(const std::filesystem::path& directory, const StoreId& store,
                                                    const ReadCheckpointed& read_checkpointed, AtStep at_step);
  RedoLog(const RedoLog&) = delete;
  RedoLog& operator=(const RedoLog&) = delete;

  // Any thread, at any time: the position changes with every commit, of any process.
  LogPosition position() const { return lock_.position(); }
  // The newest overlay. Null when the log has moved on from `checkpointed`: take a newer LMDB state and ask again.
  StoreResult<SharedOverlay> Current(Revision checkpointed);

  // What this process knows of.
  SharedOverlay Newest();

  // Writing. All of it REQUIRES a turn that has begun with CatchUp, and so one thread of one process.

  StoreResult<LogLock::Turn> TakeTurn() const { return lock_.TakeTurn(); }
  // Brings the log in order, if need be, and returns the overlay that changes go on top of.
  // `checkpointed` must have been read in this turn.
  StoreResult<SharedOverlay> CatchUp(Revision checkpointed);
  // Makes all of `changes`, which are of the revision after the newest, durable and then visible.
  // kFull: there is no room for them, nothing was written.
  StoreResult<> Append(const Layer& changes);
  // Begins a segment, whose first record will be of the revision after `base`. REQUIRES: LMDB has everything up to
  // `base`, or there is no frozen layer and `base` is the newest revision.
  StoreResult<> BeginSegment(Revision base, Revision checkpointed);
  // Whether no other process has the store open.
  StoreResult<bool> Alone() const;

  // What a record of `changes` takes.
  static std::size_t BytesOf(const Layer& changes);

 private:
  struct Followed {
    Revision revision;
    std::size_t blocks;
    std::size_t last;  // Of those blocks, where the last record begins.
  };

  RedoLog(std::array<File, 2> files, LogLock lock, const StoreId& store, AtStep at_step)
      : files_(std::move(files)), lock_(std::move(lock)), store_(store), at_step_(std::move(at_step)) {}

  const File& FileOf(std::uint32_t segment) const { return files_[segment % 2]; }
  StoreResult<std::optional<SegmentHeader>> ReadHeader(std::size_t file) const;
  // Adds to `layer` the records at the beginning of `text` that follow on `revision`, none after `last`.
  static StoreResult<Followed> Follow(std::string_view text, const SegmentHeader& segment, Revision revision,
                                      Revision last, Layer& layer);

  // With mutex_ held:
  // Adds what others have committed. Returns false when that cannot be had from here on.
  StoreResult<bool> Advance(LogPosition target);
  // Reads the log anew, up to `blocks` of the segment or as far as it goes. Returns false when it does not reach from
  // `checkpointed` to there.
  StoreResult<bool> Load(const SegmentHeader& newest, std::optional<std::uint32_t> blocks, Revision checkpointed);
  StoreResult<bool> LoadUpTo(LogPosition target, Revision checkpointed);
  void Publish(LogPosition position, Revision revision);
  void Trim(Revision checkpointed);

  // Finds out from the files alone how far the log goes.
  StoreResult<> Recover(Revision checkpointed);
  StoreResult<> RefuseLaterRecords() const;
  StoreResult<> WriteRecord(std::uint64_t offset, std::string_view record, std::uint64_t size_before);
  // Whether no trace of a record that failed is left.
  bool Undo(std::uint64_t offset, std::uint64_t size_before) const;
  void Step(std::string_view step) const {
    if (at_step_) at_step_(step);
  }

  const std::array<File, 2> files_;
  const LogLock lock_;
  const StoreId store_;
  const AtStep at_step_;

  std::mutex mutex_;  // Of all below. Readers wait for it while others' commits are read, never for a disk to sync.
  SegmentHeader segment_;  // The newest.
  std::shared_ptr<Layer> active_;
  SharedOverlay overlay_;
  std::uint32_t last_record_ = 0;    // The block in which the last record begins that Load found.
  std::uint32_t synced_header_ = 0;  // The segment whose header this process has made durable.
};

}  // namespace claviger::store
