#include "audit/delivery_service.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "directory/audit_key.h"

namespace claviger::audit {
namespace {

constexpr std::chrono::milliseconds kLook{200};
constexpr std::string_view kInstallation = "installation";

std::string IdOf(AccountId account, const directory::TrailRecord& trail) {
  // A trail made anew under an old name begins anew.
  return account.ToString() + "." + trail.name + "." + std::to_string(trail.created.time_since_epoch().count());
}

Failure<JournalError> Because(std::string message) {
  return {JournalError{.full = false, .message = std::move(message)}};
}

}  // namespace

DeliveryService::DeliveryService(DeliveryOptions options, Trail& trail, store::Store& store,
                                 const directory::Keys& keys, const Clock& clock, std::unique_ptr<Random> random)
    : options_(std::move(options)),
      trail_(trail),
      store_(store),
      keys_(keys),
      clock_(clock),
      random_(std::move(random)),
      thread_([this] { Run(); }) {}

DeliveryService::~DeliveryService() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool DeliveryService::HasBucket(std::string_view name) const {
  std::error_code error;
  return std::filesystem::is_directory(options_.folder / name, error);
}

DeliveryService::Status DeliveryService::StatusOf(AccountId account, const directory::TrailRecord& trail) const {
  const std::lock_guard lock(mutex_);
  const auto found = statuses_.find(IdOf(account, trail));
  return found == statuses_.end() ? Status() : found->second;
}

void DeliveryService::Run() {
  TimePoint next;
  for (bool stop = false; !stop;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kLook, [&] { return stopping_; });
      stop = stopping_;
    }
    const TimePoint now = clock_.Now();
    if (!stop && now < next) continue;
    next = now + std::min(options_.interval, options_.digest_interval);
    if (stop) trail_.Flush();
    Round(now, stop);
  }
}

void DeliveryService::Round(TimePoint now, bool last) {
  Destination all{.id = std::string(kInstallation),
                  .root = options_.folder,
                  .bucket = options_.folder.filename().string(),
                  .prefix = {},
                  .trail = "claviger",
                  .account = {}};
  if (all.bucket.empty()) all.bucket = options_.folder.parent_path().filename().string();
  Serve(all, now, last);

  auto reader = store_.NewReader();
  if (!reader.ok()) return options_.log("the trails cannot be read: " + reader.error().message);
  store::Transaction transaction(**reader);
  const auto trails = directory::ListAllTrails(transaction);
  if (!trails.ok()) return options_.log("the trails cannot be read: " + trails.error().message);
  for (const auto& [account, trail] : *trails) {
    if (!trail.logging || !trail.started) continue;
    Serve({.id = IdOf(account, trail),
           .root = options_.folder / trail.bucket,
           .bucket = trail.bucket,
           .prefix = trail.prefix,
           .trail = trail.name,
           .account = account,
           .since = *trail.started,
           .reads = trail.reads,
           .writes = trail.writes,
           .digests = trail.validation},
          now, last);
  }
}

void DeliveryService::Serve(const Destination& destination, TimePoint now, bool last) {
  const auto delivered = DeliverTo(destination, now, last);
  const std::lock_guard lock(mutex_);
  Status& status = statuses_[destination.id];
  const auto line = lines_.find(destination.id);
  if (line != lines_.end()) {
    const DeliveryState& state = line->second.delivery.state();
    if (state.delivered != TimePoint()) status.delivered = state.delivered;
    if (state.digested != TimePoint()) status.digested = state.digested;
  }
  const std::string error = delivered.ok() ? std::string() : delivered.error().message;
  if (!error.empty() && error != status.error) options_.log("the audit trail cannot be delivered: " + error);
  status.error = error;
}

JournalResult<> DeliveryService::DeliverTo(const Destination& destination, TimePoint now, bool last) {
  auto line = lines_.find(destination.id);
  if (line == lines_.end()) {
    auto delivery = TRY(Delivery::Open(destination, options_.state_folder));
    line = lines_.emplace(destination.id, Line{.delivery = std::move(delivery), .tried = {}}).first;
  }
  Line& its = line->second;
  its.delivery.set_destination(destination);
  if (last || now - its.tried >= options_.interval) {
    its.tried = now;
    TRY(its.delivery.Deliver(trail_.journal(), now, *random_));
  }
  if (!destination.digests) return {};
  const auto& chains = its.delivery.state().chains;
  const bool due = std::ranges::any_of(
      chains, [&](const auto& chain) { return now - chain.second.start >= options_.digest_interval; });
  if (!due) return {};
  return its.delivery.WriteDigests(*TRY(GetSigner(now)), now);
}

// The newest key; the first time one is made.
JournalResult<const Signer*> DeliveryService::GetSigner(TimePoint now) {
  while (!signer_) {
    auto reader = store_.NewReader();
    if (!reader.ok()) return Because(reader.error().message);
    store::Transaction transaction(**reader);
    const auto stored = directory::ListAuditKeys(transaction);
    if (!stored.ok()) return Because(stored.error().message);
    if (!stored->empty()) {
      auto key = directory::OpenAuditKey(stored->back(), keys_);
      if (!key.ok()) return Because(key.error().message);
      signer_ = Signer{.key = std::move(*key), .fingerprint = stored->back().fingerprint};
      break;
    }
    auto made = crypto::RsaKey::Generate();
    if (!made) return Because("no signing key can be made");
    directory::InsertAuditKey(transaction, keys_, *made, FingerprintOf(made->PublicDer()), now, *random_);
    const auto committed = store_.CommitAndWait(transaction.TakeBatch());
    if (!committed.ok() && committed.error().kind != store::StoreError::Kind::kConflict) {
      return Because(committed.error().message);
    }
  }
  return &*signer_;
}

}  // namespace claviger::audit
