#include "store/memory.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>
#include <utility>

#include "store/check.h"
#include "store/persistent_map.h"

namespace claviger::store {
namespace {

struct Version {
  PersistentMap map;
  Revision revision = 1;

  StoreResult<std::optional<Entry>> Get(std::string_view key) const {
    const PersistentMap::Item* item = map.Find(key);
    if (item == nullptr) return std::nullopt;
    return Entry{.value = item->value, .revision = item->revision};
  }

  StoreResult<> Scan(std::string_view prefix, std::string_view after, const Reader::Visitor& visit) const {
    PersistentMap::Cursor cursor(map, std::max(prefix, after));
    if (cursor.item() != nullptr && cursor.item()->key == after) cursor.Next();
    for (; const PersistentMap::Item* item = cursor.item(); cursor.Next()) {
      if (!item->key.starts_with(prefix)) break;
      if (!visit(item->key, Entry{.value = item->value, .revision = item->revision})) break;
    }
    return {};
  }
};

using SharedVersion = std::shared_ptr<const Version>;

// The newest version, where readers find it.
class Head {
 public:
  Head() : newest_(std::make_shared<const Version>()), revision_(newest_->revision) {}

  Revision revision() const { return revision_.load(std::memory_order_acquire); }

  SharedVersion newest() const {
    const std::lock_guard lock(mutex_);
    return newest_;
  }

  void Publish(SharedVersion version) {
    const Revision revision = version->revision;
    {
      const std::lock_guard lock(mutex_);
      newest_.swap(version);
    }
    revision_.store(revision, std::memory_order_release);
    // What `version` held may be a great deal to free: it goes here, outside the lock.
  }

 private:
  mutable std::mutex mutex_;  // Held for the copy of a pointer, never longer.
  SharedVersion newest_;
  std::atomic<Revision> revision_;
};

class MemoryReader final : public Reader {
 public:
  explicit MemoryReader(std::shared_ptr<const Head> head)
      : head_(std::move(head)), version_(head_->newest()), revision_(version_->revision) {}

  StoreResult<> Refresh() override {
    if (version_ && head_->revision() == revision_) return {};
    version_ = head_->newest();
    revision_ = version_->revision;
    return {};
  }
  void Release() override { version_.reset(); }
  Revision revision() const override { return revision_; }

  StoreResult<std::optional<Entry>> Get(std::string_view key) override {
    if (!version_) return Failure{Released()};
    return version_->Get(key);
  }
  StoreResult<> Scan(std::string_view prefix, std::string_view after, const Visitor& visit) override {
    if (!version_) return Failure{Released()};
    return version_->Scan(prefix, after, visit);
  }

 private:
  static StoreError Released() { return {StoreError::Kind::kUnavailable, "the reader has no snapshot"}; }

  std::shared_ptr<const Head> head_;
  SharedVersion version_;
  Revision revision_;
};

class MemoryStore final : public Store {
 public:
  StoreResult<std::unique_ptr<Reader>> NewReader() override { return std::make_unique<MemoryReader>(head_); }

 private:
  void CommitWithinLimits(Batch batch, Done done) override {
    // Not under the lock: `done` may commit again.
    done(Apply(std::move(batch)));
  }

  StoreResult<Revision> Apply(Batch batch) try {
    const std::lock_guard lock(commit_mutex_);
    const SharedVersion newest = head_->newest();
    TRY(CheckReads(*newest, batch));
    TRY(ResolveCounters(*newest, batch));
    auto next = std::make_shared<Version>(*newest);
    bool changed = false;
    const Revision revision = newest->revision + 1;
    while (!batch.writes.empty()) {
      auto write = batch.writes.extract(batch.writes.begin());
      if (write.mapped()) {
        next->map.Put({std::move(write.key()), *std::move(write.mapped()), revision});
        changed = true;
      } else {
        changed |= next->map.Erase(write.key());
      }
    }
    if (!changed) return newest->revision;
    next->revision = revision;
    head_->Publish(std::move(next));
    return revision;
  } catch (const std::bad_alloc&) {
    return Failure{StoreError{StoreError::Kind::kUnavailable, "out of memory"}};
  }

  std::mutex commit_mutex_;
  std::shared_ptr<Head> head_ = std::make_shared<Head>();
};

}  // namespace

std::unique_ptr<Store> NewMemoryStore() { return std::make_unique<MemoryStore>(); }

}  // namespace claviger::store
