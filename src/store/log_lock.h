// What the processes that have a store open share: whose turn it is to write its log, and how far the log is.
// It lives in the file `log.lock`, which holds nothing that has to survive a crash of the machine.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <utility>

#include "store/file.h"
#include "store/store.h"

namespace claviger::store {

// How far the log is: a segment, and how many of its blocks are in use.
struct LogPosition {
  std::uint32_t segment = 0;
  std::uint32_t blocks = 0;
  friend bool operator==(const LogPosition&, const LogPosition&) = default;
};

class LogLock {
 public:
  // A turn to write; ends when it is destroyed, or its process dies.
  class Turn {
   public:
    Turn(Turn&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn();

   private:
    friend class LogLock;
    explicit Turn(int fd) : fd_(fd) {}
    int fd_;
  };

  static StoreResult<LogLock> Open(const std::filesystem::path& directory);
  LogLock(LogLock&& other) noexcept : file_(std::move(other.file_)), shared_(std::exchange(other.shared_, nullptr)) {}
  LogLock& operator=(LogLock&&) = delete;
  ~LogLock();

  // Waits for the turns of other processes. REQUIRES: one turn at a time in this process.
  StoreResult<Turn> TakeTurn() const;

  // Says that this process has the store open. REQUIRES, like the next: a turn.
  StoreResult<> Enter() const;
  // Whether no other process has it open.
  StoreResult<bool> Alone() const;

  LogPosition position() const { return Unpack(shared_->position.load(std::memory_order_acquire)); }
  // REQUIRES: a turn.
  void SetPosition(LogPosition position) const {
    shared_->position.store(std::uint64_t{position.segment} << 32 | position.blocks, std::memory_order_release);
  }

  // Set while the log is being changed: whoever finds it set has the turn of one who died over it, or failed.
  bool unfinished() const { return shared_->unfinished.load(std::memory_order_acquire) != 0; }
  void SetUnfinished(bool unfinished) const {
    shared_->unfinished.store(unfinished ? 1 : 0, std::memory_order_release);
  }

 private:
  // In memory that every process maps.
  struct Shared {
    std::atomic<std::uint64_t> position;
    std::atomic<std::uint32_t> unfinished;
  };
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

  LogLock(File file, Shared* shared) : file_(std::move(file)), shared_(shared) {}
  static LogPosition Unpack(std::uint64_t packed) {
    return {.segment = static_cast<std::uint32_t>(packed >> 32), .blocks = static_cast<std::uint32_t>(packed)};
  }

  File file_;
  Shared* shared_;
};

}  // namespace claviger::store
