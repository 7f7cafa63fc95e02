#include "replay/replay.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "authz/words.h"

namespace claviger::replay {
namespace {

using service::Ruling;

constexpr std::uint64_t kProgressEvery = 1000;
constexpr const char* kGone = "who asked exists no longer";
constexpr const char* kRootNeedsNone = "the root user needs no policy";

// "denied by identity policies: user_bob_p, statement 1 `Never`"
std::string Explain(const Ruling& ruling) {
  const std::string words(authz::LayerWords(ruling.layer));
  if (ruling.layer == authz::Layer::kRootUser) return kRootNeedsNone;
  if (ruling.decision == authz::Decision::kImplicitDeny) return "nothing in the " + words + " allows it";
  std::string text = ruling.decision == authz::Decision::kAllowed ? "allowed by " : "denied by ";
  text += words + ": " + ruling.policy + ", statement " + std::to_string(ruling.statement + 1);
  return ruling.sid.empty() ? text : text + " `" + ruling.sid + "`";
}

// What was said about the permission that makes the difference.
std::string ReasonOf(const Judgement& judgement, const Ruling* deciding) {
  if (judgement.principal_gone) return kGone;
  if (deciding == nullptr) return judgement.allowed ? kRootNeedsNone : judgement.message;
  const auto same = std::ranges::find_if(judgement.rulings, [&](const Ruling& ruling) {
    return ruling.action == deciding->action && ruling.resource == deciding->resource;
  });
  if (same != judgement.rulings.end()) return Explain(*same);
  return judgement.allowed ? kRootNeedsNone : judgement.message;
}

// The permission whose denial the difference is about; null when it is another thing than a policy.
const Ruling* DeniedIn(const Judgement& judgement) {
  if (judgement.rulings.empty() || judgement.rulings.back().decision == authz::Decision::kAllowed) return nullptr;
  return &judgement.rulings.back();
}

class Run {
 public:
  Run(Sessions& sessions, Judge& before, Judge& after, const Scope& scope)
      : sessions_(sessions), before_(before), after_(after), scope_(scope) {}

  void Take(const audit::Entry& entry) {
    if (entry.time < scope_.since || entry.time > scope_.until) return;
    if (scope_.account && entry.account != *scope_.account) return;
    if (!scope_.principal.empty() && entry.principal_arn != scope_.principal && entry.issuer_arn != scope_.principal) {
      return;
    }
    auto recorded = ReadRecorded(entry);
    if (recorded.ok()) {
      ++report_.requests;
      Decide(*recorded);
    } else if (recorded.error().missing != nullptr) {
      ++report_.requests;
      NotDecided(recorded.error().missing);
    }
  }

  Report TakeReport() {
    for (auto& [key, difference] : differences_) report_.differences.push_back(std::move(difference));
    std::ranges::sort(report_.differences, {}, [](const Difference& one) {
      return std::tuple(one.effect != Effect::kNewlyDenied, -static_cast<std::int64_t>(one.count),
                        std::string_view(one.principal), std::string_view(one.action));
    });
    return std::move(report_);
  }

 private:
  void NotDecided(std::string why) { ++report_.not_decided[std::move(why)]; }

  void Decide(const Recorded& recorded) {
    std::shared_ptr<const session::Session> session;
    if (recorded.temporary) {
      const char* why = nullptr;
      session = sessions_.Find(recorded.account, recorded.access_key_id, &why);
      if (session == nullptr) return NotDecided(why);
    }
    const auto before = before_.Decide(recorded, session.get());
    const auto after = after_.Decide(recorded, session.get());
    if (!before.ok()) return NotDecided(before.error().message);
    if (!after.ok()) return NotDecided(after.error().message);
    if (before->principal_gone) return NotDecided(kGone);
    if (recorded.granted && !before->allowed) ++report_.lost_already;
    const Effect effect = Compare(*before, *after);
    if (effect != Effect::kNone) Note(recorded, effect, *before, *after);
  }

  void Note(const Recorded& recorded, Effect effect, const Judgement& before, const Judgement& after) {
    const bool denied = effect == Effect::kNewlyDenied;
    ++(denied ? report_.newly_denied : report_.newly_allowed);
    const Ruling* deciding = DeniedIn(denied ? after : before);
    const std::string action(deciding == nullptr ? recorded.operation->action->name
                                                 : std::string_view(deciding->action));
    Difference& difference = differences_[{effect, recorded.principal, action}];
    ++difference.count;
    if (difference.count > 1 && recorded.time < difference.last) return;
    difference.effect = effect;
    difference.principal = recorded.principal;
    difference.action = action;
    difference.last = recorded.time;
    difference.event_id = recorded.event_id;
    difference.resource = deciding == nullptr ? std::string("*") : deciding->resource;
    difference.before = ReasonOf(before, deciding);
    difference.after = ReasonOf(after, deciding);
  }

  Sessions& sessions_;
  Judge& before_;
  Judge& after_;
  const Scope& scope_;
  Report report_;
  std::map<std::tuple<Effect, std::string, std::string>, Difference> differences_;
};

}  // namespace

Expected<Report, std::string> Replay(audit::Journal& journal, Sessions& sessions, Judge& before, Judge& after,
                                     const Scope& scope, const Progress& progress) {
  Run run(sessions, before, after, scope);
  const auto begin = journal.Since(scope.since);
  if (!begin.ok()) return Failure<std::string>{begin.error().message};
  std::uint64_t events = 0;
  const auto read = journal.ReadFrom(*begin, [&](const audit::Position&, const audit::Entry& entry) {
    if (++events % kProgressEvery == 0 && progress) progress(events, entry.time);
    run.Take(entry);
    return true;
  });
  if (!read.ok()) return Failure<std::string>{read.error().message};
  return run.TakeReport();
}

}  // namespace claviger::replay
