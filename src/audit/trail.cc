#include "audit/trail.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "directory/keyspace.h"

namespace claviger::audit {
namespace {

constexpr std::chrono::milliseconds kRound{50};  // Between two looks at what has been handed over.
constexpr std::chrono::seconds kIdleRound{1};    // When there is nothing to do.
constexpr std::chrono::seconds kSyncEvery{1};    // For events that no change depends on.
constexpr std::chrono::seconds kRetryEvery{1};   // After a failure.
constexpr std::chrono::minutes kExpireEvery{10};
constexpr std::size_t kAppendEvents = 512;    // At a time.
constexpr std::size_t kRecoverEvents = 8192;  // At a time.

store::Batch DeletionOf(const std::vector<std::string>& keys) {
  store::Batch batch;
  for (const std::string& key : keys) batch.writes[key] = std::nullopt;
  return batch;
}

}  // namespace

std::string OutboxKey(const Entry& entry) {
  return directory::keyspace::AuditEvent(
      entry.account, static_cast<std::uint64_t>(entry.time.time_since_epoch().count()), entry.event_id);
}

Trail::Trail(TrailOptions options, std::unique_ptr<Journal> journal, store::Store& store, const Clock& clock,
             std::unique_ptr<Random> random)
    : options_(std::move(options)),
      journal_(std::move(journal)),
      store_(store),
      clock_(clock),
      random_(std::move(random)),
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

void Trail::Add(std::vector<Event> events) {
  const std::lock_guard lock(mutex_);
  if (idle_) wake_.notify_one();
  for (Event& event : events) {
    if (events_.size() >= options_.waiting_max) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
    } else {
      events_.push_back(std::move(event));
    }
  }
}

void Trail::AddCommitted(std::vector<Kept> kept) {
  const std::lock_guard lock(mutex_);
  if (idle_) wake_.notify_one();
  std::ranges::move(kept, std::back_inserter(kept_));
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
    std::vector<Event> events;
    std::vector<Kept> kept;
    std::uint64_t flushes = 0;
    {
      std::unique_lock lock(mutex_);
      idle_ = waiting_.empty() && !sync_due_ && !outbox_due_;
      wake_.wait_for(lock, idle_ ? std::chrono::milliseconds(kIdleRound) : kRound, [&] {
        return stopping_ || flushes_asked_ > flushes_done_ || (idle_ && !(events_.empty() && kept_.empty()));
      });
      idle_ = false;
      stop = stopping_;
      flushes = flushes_asked_;
      events.swap(events_);
      kept.swap(kept_);
    }
    const TimePoint now = clock_.Now();
    const bool everything = stop || flushes > flushes_done_;
    Take(events, kept);
    if (everything || now >= retry_at_) {
      if (outbox_due_) {
        if (const auto whole = RecoverOutbox(); whole.ok()) {
          outbox_due_ = !*whole;
        } else {
          Failed(whole.error());
        }
      }
      Write(everything ? TimePoint::max() : now - options_.hold);
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
    if (flushes > flushes_done_) {
      const std::lock_guard lock(mutex_);
      flushes_done_ = flushes;
      flushed_.notify_all();
    }
  }
}

// Makes entries of what was handed over.
void Trail::Take(std::vector<Event>& events, std::vector<Kept>& kept) {
  for (Event& event : events) {
    if (waiting_.size() >= options_.waiting_max) {
      dropped_.fetch_add(1);
      continue;
    }
    for (Entry& entry : MakeEntries(event, *random_)) waiting_.push_back({.entry = std::move(entry), .key = {}});
    event.keeps.reset();
  }
  if (outbox_due_) return;  // There they are found.
  for (Kept& one : kept) {
    if (recovered_.erase(one.entry.event_id) > 0) continue;  // Written already, and taken out of the outbox.
    waiting_.push_back({.entry = std::move(one.entry), .key = std::move(one.key)});
  }
}

// Writes what happened until then, in order.
void Trail::Write(TimePoint until) {
  std::ranges::stable_sort(waiting_, {}, [](const Waiting& one) { return one.entry.time; });
  const auto end = std::ranges::upper_bound(waiting_, until, {}, [](const Waiting& one) { return one.entry.time; });
  std::vector<Waiting> due(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  if (!due.empty() && !Append(due)) return;
  const TimePoint now = clock_.Now();
  if (!sync_due_ || (until != TimePoint::max() && now - synced_ < kSyncEvery)) return;
  if (const auto synced = journal_->Sync(); !synced.ok()) return Failed(synced.error());
  sync_due_ = false;
  synced_ = now;
}

bool Trail::Append(std::vector<Waiting>& due) {
  std::vector<std::string> keys;
  std::vector<Entry> entries;
  for (std::size_t begin = 0; begin < due.size(); begin += kAppendEvents) {
    const std::size_t end = std::min(begin + kAppendEvents, due.size());
    entries.clear();
    for (std::size_t i = begin; i < end; ++i) entries.push_back(std::move(due[i].entry));
    if (const auto appended = journal_->Append(entries); !appended.ok()) {
      const auto lost = std::count_if(due.begin() + static_cast<std::ptrdiff_t>(begin), due.end(),
                                      [](const Waiting& one) { return one.key.empty(); });
      dropped_.fetch_add(static_cast<std::uint64_t>(lost));  // Those of changes are still in the outbox.
      Failed(appended.error());
      return false;
    }
    for (std::size_t i = begin; i < end; ++i) {
      if (!due[i].key.empty()) keys.push_back(std::move(due[i].key));
    }
    written_.fetch_add(entries.size());
    sync_due_ = true;
  }
  writable_ = true;
  if (keys.empty()) return true;
  if (const auto synced = journal_->Sync(); !synced.ok()) {
    Failed(synced.error());
    return false;
  }
  sync_due_ = false;
  Forget(keys);
  return true;
}

// Moves what a crash or a failure has left in the outbox. Returns whether that was all of it.
JournalResult<bool> Trail::RecoverOutbox() {
  const auto failed = [](const store::StoreError& error) {
    return Failure<JournalError>{{.full = false, .message = "the audit outbox cannot be read: " + error.message}};
  };
  const auto reader = store_.NewReader();
  if (!reader.ok()) return failed(reader.error());
  store::Transaction transaction(**reader);
  std::vector<AccountId> accounts;
  const std::string all = directory::keyspace::GlobalAccounts();
  auto scanned = transaction.Scan(all, "", [&](std::string_view key, const store::Entry&) {
    if (const auto account = AccountId::Parse(key.substr(all.size()))) accounts.push_back(*account);
    return true;
  });
  std::vector<Entry> found;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < accounts.size() && scanned.ok() && keys.size() < kRecoverEvents; ++i) {
    scanned = transaction.Scan(directory::keyspace::AuditEvents(accounts[i]), "",
                               [&](std::string_view key, const store::Entry& stored) {
                                 if (auto entry = Decode(stored.value)) {
                                   found.push_back(std::move(*entry));
                                 } else {
                                   options_.log("an event in the audit outbox cannot be read: " + std::string(key));
                                 }
                                 keys.emplace_back(key);
                                 return keys.size() < kRecoverEvents;
                               });
  }
  if (!scanned.ok()) return failed(scanned.error());
  const bool whole = keys.size() < kRecoverEvents;
  std::ranges::stable_sort(found, {}, &Entry::time);
  std::erase_if(waiting_, [&](const Waiting& one) { return !one.key.empty(); });  // All of these are in the outbox.
  std::vector<Entry> missing;
  for (Entry& entry : found) {
    recovered_.insert(entry.event_id);
    if (!TRY(journal_->Contains(entry))) missing.push_back(std::move(entry));
  }
  for (std::size_t begin = 0; begin < missing.size(); begin += kAppendEvents) {
    const std::size_t count = std::min(kAppendEvents, missing.size() - begin);
    TRY(journal_->Append(std::span(missing).subspan(begin, count)));
  }
  TRY(journal_->Sync());
  written_.fetch_add(missing.size());
  writable_ = true;
  if (keys.empty()) return true;
  // Waited for, so that the next look does not find the same.
  if (const auto forgotten = store_.CommitAndWait(DeletionOf(keys)); !forgotten.ok()) return failed(forgotten.error());
  return whole;
}

// Nobody waits for it: should it fail, the outbox is looked through again, and what is in the journal not written
// twice.
void Trail::Forget(const std::vector<std::string>& keys) {
  if (!keys.empty()) store_.Commit(DeletionOf(keys), [](const auto&) {});
}

void Trail::Failed(const JournalError& error) {
  failures_.fetch_add(1);
  retry_at_ = clock_.Now() + kRetryEvery;
  outbox_due_ = true;
  if (writable_.exchange(false)) {
    options_.log("the audit trail cannot be written: " + error.message +
                 (options_.when_full == WhenFull::kRefuseChanges ? "; changes are refused until it can"
                                                                 : "; events of changes wait in the store"));
  }
}

}  // namespace claviger::audit
