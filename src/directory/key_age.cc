#include "directory/key_age.h"

#include <algorithm>
#include <array>
#include <utility>

#include "codec/record.h"
#include "directory/access_key.h"
#include "directory/keyspace.h"
#include "directory/preferences.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum Field : unsigned { kMax = 1, kAction = 2, kWarnBefore = 3, kRoot = 4, kSince = 5 };

constexpr std::chrono::seconds kNoticeMin = std::chrono::days(1);
constexpr std::chrono::seconds kSpanMax = std::chrono::days(36500);

}  // namespace

bool KeyAgeRule::SaysTheSame(const KeyAgeRule& other) const {
  if (!limits() && !other.limits()) return true;
  KeyAgeRule dated = other;
  dated.since = since;
  return *this == dated;
}

KeyAgeJudgement JudgeKeyAge(const KeyAges& key, const KeyAgeRule& rule, TimePoint now) {
  KeyAgeJudgement judgement;
  if (!rule.limits() || key.status != CredentialStatus::kActive) return judgement;
  const TimePoint due = key.created + rule.max;
  judgement.due = due;
  if (now >= due) {
    judgement.standing = KeyStanding::kOverdue;
  } else if (now >= due - rule.warn_before) {
    judgement.standing = KeyStanding::kDueSoon;
  }
  if (rule.action != KeyAgeAction::kDeactivate || (key.owner == kRootOwner && !rule.root)) return judgement;
  const std::chrono::seconds notice = std::max(rule.warn_before, kNoticeMin);
  judgement.deactivation = std::max(due, rule.since + notice);
  if (key.status_changed > key.created) {
    judgement.deactivation = std::max(*judgement.deactivation, key.status_changed + notice);
  }
  return judgement;
}

std::string SpanText(std::chrono::seconds span) {
  constexpr std::array<std::pair<std::chrono::seconds, char>, 3> kUnits = {
      {{std::chrono::days(1), 'd'}, {std::chrono::hours(1), 'h'}, {std::chrono::minutes(1), 'm'}}};
  for (const auto& [unit, letter] : kUnits) {
    if (span >= unit && span % unit == std::chrono::seconds(0)) return std::to_string(span / unit) + letter;
  }
  return std::to_string(span.count()) + 's';
}

std::string EncodeKeyAgeRule(const KeyAgeRule& rule) {
  return codec::RecordWriter(kVersion)
      .Number(kMax, static_cast<std::uint64_t>(rule.max.count()))
      .Number(kAction, static_cast<std::uint64_t>(rule.action))
      .Number(kWarnBefore, static_cast<std::uint64_t>(rule.warn_before.count()))
      .Number(kRoot, rule.root ? 1 : 0)
      .Time(kSince, rule.since)
      .Take();
}

std::optional<KeyAgeRule> DecodeKeyAgeRule(std::string_view bytes) {
  KeyAgeRule rule;
  std::uint64_t action = 0;
  const auto span = [](const codec::RecordField& field) {
    return std::chrono::seconds(std::min(field.value, static_cast<std::uint64_t>(kSpanMax.count())));
  };
  codec::RecordReader reader(bytes, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kMax) rule.max = span(*field);
    if (field->number == kAction) action = field->value;
    if (field->number == kWarnBefore) rule.warn_before = span(*field);
    if (field->number == kRoot) rule.root = field->value == 1;
    if (field->number == kSince) rule.since = field->Time();
  }
  if (!reader.ok() || (action != 1 && action != 2)) return std::nullopt;
  rule.action = static_cast<KeyAgeAction>(action);
  return rule;
}

Result<KeyAgeRule> GetDefaultKeyAgeRule(store::Transaction& transaction) {
  const std::string at = keyspace::GlobalKeyAge();
  const auto entry = TRY(FromStore(transaction.Get(at)));
  if (!entry) return KeyAgeRule();
  auto rule = DecodeKeyAgeRule(entry->value);
  if (!rule) return Corrupt(at);
  return *rule;
}

Result<> PutDefaultKeyAgeRule(store::Transaction& transaction, const KeyAgeRule& rule) {
  if (TRY(GetDefaultKeyAgeRule(transaction)).SaysTheSame(rule)) return {};
  if (rule.limits()) {
    transaction.Put(keyspace::GlobalKeyAge(), EncodeKeyAgeRule(rule));
  } else {
    transaction.Delete(keyspace::GlobalKeyAge());
  }
  return {};
}

Result<KeyAgeRule> GetKeyAgeRule(const Context& context) {
  const auto chosen = TRY(AccountPreferences(context).Get()).key_age;
  if (chosen) return *chosen;
  return GetDefaultKeyAgeRule(context.transaction);
}

}  // namespace claviger::directory
