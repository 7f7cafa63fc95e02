#include "service/key_age_sweep.h"

#include <array>
#include <utility>
#include <vector>

#include "audit/service_event.h"
#include "base/time_text.h"
#include "directory/account.h"
#include "service/plain_metrics.h"

namespace claviger::service {
namespace {

using directory::KeyAgeJudgement;
using directory::KeyAgeRule;
using directory::KeyStanding;
using directory::ListedAccessKey;

constexpr std::chrono::minutes kRoundEvery{10};
constexpr std::chrono::seconds kLook{1};      // At the clock, which a test may move.
constexpr std::chrono::hours kTellEvery{24};  // Of the same key.
constexpr std::size_t kLinesMax = 100;        // A round.
constexpr std::size_t kPage = 256;
constexpr int kAttemptsMax = 16;

KeyAgeJudgement Judge(const ListedAccessKey& key, const KeyAgeRule& rule, TimePoint now) {
  return directory::JudgeKeyAge(
      {.owner = key.owner, .status = key.status, .created = key.created, .status_changed = key.status_changed}, rule,
      now);
}

bool IsDue(const KeyAgeJudgement& judgement, TimePoint now) {
  return judgement.deactivation && now >= *judgement.deactivation;
}

// As people know the owner.
Result<std::string> NameOfOwner(directory::Directory& directory, const std::string& owner) {
  if (owner == directory::kRootOwner) return std::string("root");
  const auto user = TRY(directory.users.FindById(owner));
  return user ? user->name : owner;
}

std::int64_t DaysOld(TimePoint created, TimePoint now) {
  return std::chrono::floor<std::chrono::days>(now - created).count();
}

// "the access key AKIA... of bob in account 123456789012"
std::string Named(std::string_view key_id, std::string_view user, AccountId account) {
  std::string text = "the access key ";
  text.append(key_id).append(" of ").append(user).append(" in account ").append(account.ToString());
  return text;
}

audit::Entry EventOf(const directory::AccessKey& key, const std::string& user, AccountId account,
                     const KeyAgeRule& rule, TimePoint now, Random& random) {
  audit::ServiceEvent event{
      .time = now,
      .account = account,
      .name = "DeactivateAccessKey",
      .service = "iam",
      .resources = {{.type = "AWS::IAM::AccessKey", .name = key.id}, {.type = "AWS::IAM::User", .name = user}},
      .details = {}};
  event.details = {{"accessKeyId", key.id},
                   {"userName", user},
                   {"reason", std::string("The access key is older than the account allows.")},
                   {"createDate", FormatIso8601(key.created)},
                   {"ageInDays", DaysOld(key.created, now)},
                   {"maximumAge", directory::SpanText(rule.max)}};
  return audit::MakeServiceEntry(event, random);
}

}  // namespace

struct KeyAgeSweep::Seen {
  std::uint64_t due_soon = 0;
  std::uint64_t overdue = 0;
  std::size_t told = 0;    // In the log, this round.
  std::size_t untold = 0;  // For want of room there.
};

KeyAgeSweep::KeyAgeSweep(KeyAgeMeans means, std::unique_ptr<Random> random)
    : means_(std::move(means)),
      random_(std::move(random)),
      directories_{.keys = means_.keys, .quotas = means_.quotas, .catalogue = means_.catalogue, .random = *random_} {}

KeyAgeCounts KeyAgeSweep::counts() const {
  return {.due_soon = due_soon_.load(), .overdue = overdue_.load(), .deactivated = deactivated_.load()};
}

void KeyAgeSweep::Round(const std::function<bool()>& stopping) {
  Seen seen;
  const auto round = [&]() -> Result<> {
    const auto reader = TRY(directory::FromStore(means_.store.NewReader()));
    std::vector<directory::Account> accounts;
    {
      store::Transaction transaction(*reader);
      accounts = TRY(directory::ListAccounts(transaction));
    }
    for (const directory::Account& account : accounts) {
      if (stopping()) return {};
      if (const auto looked = LookThrough(*reader, account.id, stopping, seen); !looked.ok()) {
        means_.log("the access keys of account " + account.id.ToString() +
                   " cannot be looked at: " + looked.error().message);
      }
    }
    return {};
  };
  if (const Result<> done = round(); !done.ok()) {
    means_.log("the access keys cannot be looked at: " + done.error().message);
    return;
  }
  if (seen.untold > 0) {
    means_.log(std::to_string(seen.untold) +
               " more access keys are too old or will be: `claviger key report --all-accounts` lists them");
  }
  due_soon_ = seen.due_soon;
  overdue_ = seen.overdue;
  std::erase_if(told_, [now = means_.clock.Now()](const auto& one) { return now - one.second >= kTellEvery; });
}

// Page by page, each in a snapshot of its own; what is found due in one is changed before the next.
Result<> KeyAgeSweep::LookThrough(store::Reader& reader, AccountId account, const std::function<bool()>& stopping,
                                  Seen& seen) {
  std::string after;
  for (bool more = true; more && !stopping();) {
    std::vector<std::string> due;
    TRY(directory::FromStore(reader.Refresh()));
    {
      store::Transaction transaction(reader);
      directory::Directory directory = directories_.Of(transaction, account);
      const KeyAgeRule rule = TRY(directory::GetKeyAgeRule(directory.context));
      if (!rule.limits()) break;
      const auto page = TRY(directory.access_keys.ListAll(after, kPage));
      const TimePoint now = means_.clock.Now();
      for (const ListedAccessKey& key : page) {
        const KeyAgeJudgement judgement = Judge(key, rule, now);
        if (judgement.standing == KeyStanding::kFine) continue;
        if (IsDue(judgement, now)) {
          due.push_back(key.id);
          continue;
        }
        ++(judgement.standing == KeyStanding::kOverdue ? seen.overdue : seen.due_soon);
        if (!IsTellingDue(key.id, now)) continue;
        if (seen.told == kLinesMax) {
          ++seen.untold;
          continue;
        }
        ++seen.told;
        Tell(account, key, TRY(NameOfOwner(directory, key.owner)), now, judgement);
      }
      more = page.size() == kPage;
      if (more) after = page.back().id;
    }
    for (const std::string& key_id : due) {
      const Result<> done = Deactivate(reader, account, key_id, means_.clock.Now());
      if (done.ok()) continue;
      ++seen.overdue;
      means_.log("the access key " + key_id + " is too old, but cannot be made Inactive: " + done.error().message);
    }
    reader.Release();
  }
  return {};
}

// Looks at the key again: since it was found, somebody may have deleted or rotated it, or changed the rule.
Result<> KeyAgeSweep::Deactivate(store::Reader& reader, AccountId account, const std::string& key_id, TimePoint now) {
  if (means_.trail != nullptr && !means_.trail->accepts_changes()) {
    return Fail(ErrorCode::kServiceUnavailable, "The audit trail cannot be written.");
  }
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    TRY(directory::FromStore(reader.Refresh()));
    store::Transaction transaction(reader);
    directory::Directory directory = directories_.Of(transaction, account);
    const KeyAgeRule rule = TRY(directory::GetKeyAgeRule(directory.context));
    const auto key = TRY(directory.access_keys.Find(key_id));
    if (!key) return {};
    const ListedAccessKey listed{.id = key->id,
                                 .owner = key->owner,
                                 .status = key->status,
                                 .created = key->created,
                                 .status_changed = key->status_changed};
    if (!IsDue(Judge(listed, rule, now), now)) return {};
    const std::string user = TRY(NameOfOwner(directory, key->owner));
    TRY(directory.access_keys.SetStatus(*key, directory::AccessKeyStatus::kInactive, now));
    store::Batch changes = transaction.TakeBatch();
    std::string event;
    if (means_.trail != nullptr) {
      event = audit::Encode(EventOf(*key, user, account, rule, now, *random_));
      changes.writes[audit::OutboxKey(event)] = event;
    }
    const auto committed = means_.store.CommitAndWait(std::move(changes));
    if (!committed.ok()) {
      if (committed.error().kind == store::StoreError::Kind::kConflict) continue;
      return Failure{directory::ToError(committed.error())};
    }
    if (means_.trail != nullptr) {
      audit::EntryBatch events{.bytes = event, .places = {{.time = now, .size = event.size(), .in_outbox = true}}};
      means_.trail->Add(events);
    }
    ++deactivated_;
    std::string line = Named(key_id, user, account);
    line.append(" is ").append(std::to_string(DaysOld(key->created, now))).append(" days old, more than ");
    line.append(directory::SpanText(rule.max)).append(": it was made Inactive");
    means_.log(line);
    return {};
  }
  return Fail(ErrorCode::kServiceUnavailable, "The key keeps changing.");
}

bool KeyAgeSweep::IsTellingDue(const std::string& key_id, TimePoint now) const {
  const auto told = told_.find(key_id);
  return told == told_.end() || now - told->second >= kTellEvery;
}

void KeyAgeSweep::Tell(AccountId account, const ListedAccessKey& key, std::string_view user, TimePoint now,
                       const KeyAgeJudgement& judgement) {
  told_[key.id] = now;
  std::string line = Named(key.id, user, account);
  line += judgement.standing == KeyStanding::kOverdue ? " has been too old since " : " becomes too old at ";
  line += FormatIso8601(*judgement.due);
  if (judgement.deactivation) line += "; it will be made Inactive at " + FormatIso8601(*judgement.deactivation);
  means_.log(line);
}

KeyAgeService::KeyAgeService(KeyAgeMeans means, std::unique_ptr<Random> random)
    : clock_(means.clock), sweep_(std::move(means), std::move(random)), thread_([this] { Run(); }) {}

KeyAgeService::~KeyAgeService() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void KeyAgeService::Run() {
  TimePoint next = clock_.Now();
  while (!stopping_) {
    if (const TimePoint now = clock_.Now(); now >= next) {
      sweep_.Round([this] { return stopping_.load(); });
      next = now + kRoundEvery;
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kLook, [this] { return stopping_.load(); });
  }
}

std::string WriteKeyAgeMetrics(const KeyAgeCounts& counts) {
  return WritePlainMetrics(std::array<PlainMetric, 3>{{
      {"claviger_access_keys_due_soon", "gauge", "Active access keys that will soon be older than allowed.",
       counts.due_soon},
      {"claviger_access_keys_overdue", "gauge", "Active access keys that are older than allowed.", counts.overdue},
      {"claviger_access_keys_deactivated_total", "counter", "Access keys made Inactive for their age.",
       counts.deactivated},
  }});
}

}  // namespace claviger::service
