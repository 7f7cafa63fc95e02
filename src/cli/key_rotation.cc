#include "cli/key_rotation.h"

#include <algorithm>

#include "base/time_text.h"
#include "codec/json.h"
#include "codec/json_writer.h"

namespace claviger::cli {
namespace {

const KeyState* Find(const std::vector<KeyState>& keys, const std::string& id) {
  const auto found = std::ranges::find(keys, id, &KeyState::id);
  return found == keys.end() ? nullptr : &*found;
}

RotationPlan Stuck(std::string why) { return {.step = RotationStep::kStuck, .why = std::move(why)}; }

RotationPlan Begin(const std::vector<KeyState>& keys) {
  if (keys.empty()) return Stuck("the user has no access key to rotate; make one with `aws iam create-access-key`");
  if (keys.size() > 1) {
    return Stuck(
        "the user has more than one access key and no rotation is under way here: delete the one that nobody "
        "needs, or name the one to retire with --retire if the other has been handed over already");
  }
  const KeyState& old = keys.front();
  if (!old.active) return Stuck(old.id + " is Inactive: activate it, or delete it and make a new one");
  return {.step = RotationStep::kMakeKey, .old_id = old.id, .why = "there is one key, " + old.id};
}

RotationPlan WaitQuiet(const KeyState& old, const KeyState& next, TimePoint handed_over, const RotationRules& rules,
                       TimePoint now) {
  RotationPlan plan{.step = RotationStep::kWaitQuiet, .old_id = old.id};
  if (old.last_used && !next.last_used && !rules.even_unused) {
    plan.why = "nobody has used the new key " + next.id + " yet";
    return plan;
  }
  if (rules.quiet_for == std::chrono::seconds::zero()) {
    return {.step = RotationStep::kDeactivate, .old_id = old.id, .why = "no quiet time is asked for"};
  }
  TimePoint quiet_since = handed_over;
  if (old.last_used) quiet_since = std::max(quiet_since, *old.last_used + kLastUseGranularity);
  const TimePoint until = quiet_since + rules.quiet_for;
  if (now < until) {
    plan.until = until;
    plan.why = old.last_used ? "the old key " + old.id + " was last seen at " + FormatIso8601(*old.last_used)
                             : "the old key " + old.id + " was never used; the new one was handed over at " +
                                   FormatIso8601(handed_over);
    return plan;
  }
  return {.step = RotationStep::kDeactivate, .old_id = old.id, .why = "the old key has been quiet for long enough"};
}

std::optional<TimePoint> TimeIn(const codec::JsonValue& root, std::string_view name) {
  const codec::JsonValue* value = root.Find(name);
  return value == nullptr ? std::nullopt : ParseIso8601(value->text);
}

}  // namespace

RotationPlan PlanRotation(const std::vector<KeyState>& keys, const RotationMemory& memory, const RotationRules& rules,
                          TimePoint now) {
  if (memory.old_id.empty()) return Begin(keys);
  const KeyState* const old = Find(keys, memory.old_id);
  const KeyState* const next = Find(keys, memory.new_id);
  if (old == nullptr) {
    if (next != nullptr) return {.step = RotationStep::kDone, .old_id = memory.old_id, .why = "the old key is gone"};
    return Stuck("neither key of this rotation is there any more: remove its state file and begin anew");
  }
  if (memory.new_id.empty() && keys.size() == 1 && old->active) {
    return {.step = RotationStep::kMakeKey, .old_id = old->id, .why = "the new key is not made yet"};
  }
  if (next == nullptr) {
    return Stuck(
        "the new key is not known or was deleted: see to it that the user has but one key, remove the state "
        "file and begin anew");
  }
  if (!memory.handed_over) {
    if (!old->active || next->last_used) {
      return Stuck("the new key " + next->id + " was not handed over by this rotation, but it is in use; if all is " +
                   "well, go on with --retire " + old->id);
    }
    return {.step = RotationStep::kRemakeKey,
            .old_id = old->id,
            .why = "the secret of " + next->id + " was lost before it was handed over"};
  }
  if (!next->active) return Stuck("the new key " + next->id + " is Inactive: activate it");
  if (old->active) return WaitQuiet(*old, *next, *memory.handed_over, rules, now);
  const TimePoint until = memory.deactivated.value_or(now) + rules.grace;
  if (now < until) {
    return {.step = RotationStep::kWatch,
            .old_id = old->id,
            .until = until,
            .why = "the old key " + old->id + " is Inactive; `claviger key rollback` makes it Active again"};
  }
  return {.step = RotationStep::kDelete, .old_id = old->id, .why = "the time of grace is over"};
}

std::string EncodeMemory(const RotationMemory& memory) {
  std::string text;
  codec::JsonWriter json(text);
  const auto add = [&json](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    json.Key(name);
    json.String(value);
  };
  json.BeginObject();
  json.Key("version");
  json.Integer(1);
  add("old", memory.old_id);
  add("new", memory.new_id);
  add("handed_over", memory.handed_over ? FormatIso8601Millis(*memory.handed_over) : "");
  add("deactivated", memory.deactivated ? FormatIso8601Millis(*memory.deactivated) : "");
  json.EndObject();
  return text + "\n";
}

std::optional<RotationMemory> DecodeMemory(std::string_view text) {
  const auto document = codec::ParseJson(text);
  if (!document.ok() || !document->root().IsObject()) return std::nullopt;
  const codec::JsonValue& root = document->root();
  const codec::JsonValue* const version = root.Find("version");
  const codec::JsonValue* const old = root.Find("old");
  if (version == nullptr || version->text != "1" || old == nullptr || !old->IsString()) return std::nullopt;
  const codec::JsonValue* const next = root.Find("new");
  return RotationMemory{.old_id = std::string(old->text),
                        .new_id = next == nullptr ? "" : std::string(next->text),
                        .handed_over = TimeIn(root, "handed_over"),
                        .deactivated = TimeIn(root, "deactivated")};
}

}  // namespace claviger::cli
