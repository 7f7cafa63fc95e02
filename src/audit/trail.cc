#include "audit/trail.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "directory/keyspace.h"

namespace claviger::audit {
namespace {

constexpr std::chrono::milliseconds kRound{50};  // Between two looks at what has been handed over.
constexpr std::chrono::seconds kIdleRound{1};    // When there is nothing to do.
constexpr std::chrono::seconds kSyncEvery{1};
constexpr std::size_t kSyncBytes = 8 << 20;     // Or sooner, when so much has gathered.
constexpr std::chrono::seconds kRetryEvery{1};  // After a failure.
constexpr std::chrono::minutes kExpireEvery{10};
constexpr std::size_t kAppendEvents = 256;    // At a time.
constexpr std::size_t kForgetEvents = 512;    // At a time, so that no change waits behind the deletion of many.
constexpr std::size_t kRecoverEvents = 8192;  // At a time.
constexpr std::size_t kSparesMax = 64;

store::Batch DeletionOf(std::span<const std::string> keys) {
  store::Batch batch;
  for (const std::string& key : keys) batch.writes[key] = std::nullopt;
  return batch;
}

// How many entries no other place has.
std::uint64_t CountLoose(const auto& entries) {
  return static_cast<std::uint64_t>(std::ranges::count_if(entries, [](const auto& one) { return !one.in_outbox; }));
}

}  // namespace

std::string OutboxKey(std::string_view entry) {
  EntryKeys keys;
  ReadKeys(entry, keys);
  return directory::keyspace::AuditEvent(keys.account, static_cast<std::uint64_t>(keys.time.time_since_epoch().count()),
                                         keys.event_id);
}

Trail::Trail(TrailOptions options, std::unique_ptr<Journal> journal, store::Store& store, const Clock& clock)
    : options_(std::move(options)),
      journal_(std::move(journal)),
      store_(store),
      clock_(clock),
      expired_(clock.Now()),
      thread_([this] { Run(); }) {}

Trail::~Trail() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Trail::Add(EntryBatch& entries) {
  const std::lock_guard lock(mutex_);
  if (bytes_ + entries.bytes.size() > options_.waiting_bytes_max) {
    const std::uint64_t loose = CountLoose(entries.places);
    dropped_.fetch_add(loose, std::memory_order_relaxed);
    overflowed_ |= loose < entries.places.size();
    return entries.Clear();
  }
  bytes_ += entries.bytes.size();
  handed_over_.push_back(std::exchange(entries, {}));
  if (!spares_.empty()) {
    entries = std::move(spares_.back());
    spares_.pop_back();
  }
  if (idle_) wake_.notify_one();
}

void Trail::Flush() {
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = ++flushes_asked_;
  wake_.notify_one();
  flushed_.wait(lock, [&] { return flushes_done_ >= mine; });
}

TrailCounts Trail::counts() const {
  return {.written = written_.load(),
          .dropped = dropped_.load(),
          .failures = failures_.load(),
          .early_bytes = journal_->early_bytes(),
          .journal_bytes = journal_->bytes(),
          .writable = writable_.load()};
}

void Trail::Run() {
  for (bool stop = false; !stop;) {
    std::vector<EntryBatch> batches;
    std::uint64_t flushes = 0;
    {
      std::unique_lock lock(mutex_);
      idle_ = waiting_.empty() && !sync_due_ && !outbox_due_ && forgettable_.empty();
      wake_.wait_for(lock, idle_ ? std::chrono::milliseconds(kIdleRound) : kRound,
                     [&] { return stopping_ || flushes_asked_ > flushes_done_ || (idle_ && !handed_over_.empty()); });
      idle_ = false;
      stop = stopping_;
      flushes = flushes_asked_;
      batches.swap(handed_over_);
      outbox_due_ |= std::exchange(overflowed_, false);
    }
    const TimePoint now = clock_.Now();
    const bool everything = stop || flushes > flushes_done_;
    Take(std::move(batches));
    if (everything || now >= retry_at_) Work(now, everything);
    if (flushes > flushes_done_) {
      const std::lock_guard lock(mutex_);
      flushes_done_ = flushes;
      flushed_.notify_all();
    }
  }
}

void Trail::Work(TimePoint now, bool everything) {
  if (outbox_due_) {
    const auto whole = RecoverOutbox();
    if (!whole.ok()) return Failed(whole.error());
    outbox_due_ = !*whole;
  }
  Write(everything ? TimePoint::max() : now - options_.hold);
  SyncIfDue(everything);
  Forget(everything ? forgettable_.size() : kForgetEvents);
  if (now - expired_ > kExpireEvery) {
    expired_ = now;
    recovered_.clear();
    if (const auto expired = journal_->Expire(now); !expired.ok()) Failed(expired.error());
  }
  if (const std::uint64_t early = journal_->early_bytes(); early > early_bytes_) {
    options_.log("the audit trail is as large as it may be: its oldest " + std::to_string(early - early_bytes_) +
                 " bytes were deleted before their time");
    early_bytes_ = early;
  }
}

// Puts what was handed over where it belongs among what waits.
void Trail::Take(std::vector<EntryBatch> batches) {
  const auto known = static_cast<std::ptrdiff_t>(waiting_.size());
  EntryKeys keys;
  for (EntryBatch& batch : batches) {
    Held& held = *held_.emplace_back(std::make_unique<Held>());
    held.batch = std::move(batch);
    for (const EntryBatch::Place& place : held.batch.places) {
      const std::string_view entry = held.batch.At(place);
      if (place.in_outbox) {
        if (outbox_due_) continue;  // There it is found.
        // Written already, and taken out of the outbox?
        if (!recovered_.empty() && ReadKeys(entry, keys) && recovered_.erase(std::string(keys.event_id)) > 0) continue;
      }
      waiting_.push_back({.time = place.time, .entry = entry, .in_outbox = place.in_outbox, .held = &held});
      ++held.left;
    }
  }
  std::ranges::stable_sort(waiting_.begin() + known, waiting_.end(), {}, &Waiting::time);
  std::ranges::inplace_merge(waiting_, waiting_.begin() + known, {}, &Waiting::time);
}

// Writes what happened until then, in order.
void Trail::Write(TimePoint until) {
  const auto end = std::ranges::upper_bound(waiting_, until, {}, &Waiting::time);
  const std::span<const Waiting> due(waiting_.begin(), end);
  Append(due);
  LetGo(due);
  waiting_.erase(waiting_.begin(), end);
}

void Trail::Append(std::span<const Waiting> due) {
  while (!due.empty()) {
    const std::span<const Waiting> part = due.first(std::min(kAppendEvents, due.size()));
    appending_.clear();
    for (const Waiting& one : part) appending_.push_back(one.entry);
    if (const auto appended = journal_->Append(appending_); !appended.ok()) {
      Failed(appended.error());
      return CountDropped(CountLoose(due));  // Those of changes are still in the outbox.
    }
    for (const Waiting& one : part) {
      if (one.in_outbox) appended_.push_back(OutboxKey(one.entry));
    }
    written_.fetch_add(part.size());
    sync_due_ = true;
    due = due.subspan(part.size());
  }
}

void Trail::SyncIfDue(bool now) {
  if (!sync_due_) return;
  const TimePoint time = clock_.Now();
  if (!now && time - synced_ < kSyncEvery && journal_->unsynced_bytes() < kSyncBytes) return;
  if (const auto synced = journal_->Sync(); !synced.ok()) return Failed(synced.error());
  synced_ = time;
  sync_due_ = false;
  std::ranges::move(appended_, std::back_inserter(forgettable_));
  appended_.clear();
}

// Moves what a crash or a failure has left in the outbox. Returns whether that was all of it.
JournalResult<bool> Trail::RecoverOutbox() {
  const auto failed = [](const store::StoreError& error) {
    return Failure<JournalError>{{.full = false, .message = "the audit outbox cannot be read: " + error.message}};
  };
  TRY(journal_->Sync());
  const auto reader = store_.NewReader();
  if (!reader.ok()) return failed(reader.error());
  store::Transaction transaction(**reader);
  std::vector<AccountId> accounts;
  const std::string all = directory::keyspace::GlobalAccounts();
  auto scanned = transaction.Scan(all, "", [&](std::string_view key, const store::Entry&) {
    if (const auto account = AccountId::Parse(key.substr(all.size()))) accounts.push_back(*account);
    return true;
  });
  struct Found {
    EntryKeys keys;
    std::string entry;
  };
  std::vector<std::unique_ptr<Found>> found;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < accounts.size() && scanned.ok() && keys.size() < kRecoverEvents; ++i) {
    scanned = transaction.Scan(directory::keyspace::AuditEvents(accounts[i]), "",
                               [&](std::string_view key, const store::Entry& stored) {
                                 auto one = std::make_unique<Found>();
                                 one->entry = stored.value;
                                 if (ReadKeys(one->entry, one->keys)) {
                                   found.push_back(std::move(one));
                                 } else {
                                   options_.log("an event in the audit outbox cannot be read: " + std::string(key));
                                 }
                                 keys.emplace_back(key);
                                 return keys.size() < kRecoverEvents;
                               });
  }
  if (!scanned.ok()) return failed(scanned.error());
  const bool whole = keys.size() < kRecoverEvents;
  // What waits of them need not: it is in the outbox, too.
  std::vector<Waiting> in_outbox;
  std::ranges::copy_if(waiting_, std::back_inserter(in_outbox), &Waiting::in_outbox);
  std::erase_if(waiting_, [](const Waiting& one) { return one.in_outbox; });
  LetGo(in_outbox);
  const auto time_of = [](const auto& one) { return one->keys.time; };
  std::ranges::stable_sort(found, {}, time_of);
  std::unordered_set<std::string> written;
  if (!found.empty()) written = TRY(journal_->IdsSince(time_of(found.front())));
  std::vector<std::string_view> missing;
  for (const auto& one : found) {
    const auto& id = *recovered_.emplace(one->keys.event_id).first;
    if (!written.contains(id)) missing.emplace_back(one->entry);
  }
  for (std::span<const std::string_view> rest = missing; !rest.empty();) {
    const auto part = rest.first(std::min(kAppendEvents, rest.size()));
    TRY(journal_->Append(part));
    rest = rest.subspan(part.size());
  }
  TRY(journal_->Sync());
  written_.fetch_add(missing.size());
  Recovered();
  if (keys.empty()) return true;
  // Waited for, so that the next look does not find the same.
  if (const auto forgotten = store_.CommitAndWait(DeletionOf(keys)); !forgotten.ok()) return failed(forgotten.error());
  return whole;
}

// Takes out of the outbox what is durable in the journal. Nobody waits for it: should it fail, or the server end
// before, the outbox is looked through again, and what is in the journal not written twice.
void Trail::Forget(std::size_t count) {
  // More at a time when they come faster than that.
  count = std::min(forgettable_.size(), std::max(count, forgettable_.size() / 8));
  if (count == 0) return;
  const auto first = forgettable_.end() - static_cast<std::ptrdiff_t>(count);
  store_.Commit(DeletionOf(std::span(first, forgettable_.end())), [](const auto&) {});
  forgettable_.erase(first, forgettable_.end());
}

// Gives the memory of entries back.
void Trail::LetGo(std::span<const Waiting> written) {
  for (const Waiting& one : written) --one.held->left;
  const std::lock_guard lock(mutex_);
  std::erase_if(held_, [&](const std::unique_ptr<Held>& held) {
    if (held->left > 0) return false;
    bytes_ -= held->batch.bytes.size();
    held->batch.Clear();
    if (spares_.size() < kSparesMax) spares_.push_back(std::move(held->batch));
    return true;
  });
}

void Trail::CountDropped(std::uint64_t count) { dropped_.fetch_add(count, std::memory_order_relaxed); }

void Trail::Failed(const JournalError& error) {
  failures_.fetch_add(1);
  retry_at_ = clock_.Now() + kRetryEvery;
  outbox_due_ = true;
  appended_.clear();  // There they are found.
  if (writable_.exchange(false)) {
    dropped_before_ = dropped_.load();
    options_.log("the audit trail cannot be written: " + error.message +
                 (options_.when_full == WhenFull::kRefuseChanges ? "; changes are refused until it can"
                                                                 : "; events of changes wait in the store"));
  }
}

void Trail::Recovered() {
  if (writable_.exchange(true)) return;
  options_.log("the audit trail can be written again; " + std::to_string(dropped_.load() - dropped_before_) +
               " events that changed nothing were dropped");
}

}  // namespace claviger::audit
