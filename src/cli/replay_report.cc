#include "cli/replay_report.h"

#include <array>
#include <utility>
#include <vector>

#include "base/time_text.h"
#include "cli/policy_file.h"
#include "cli/table.h"
#include "codec/json_writer.h"

namespace claviger::cli {
namespace {

using replay::Difference;
using replay::Effect;

std::string EffectText(Effect effect) { return effect == Effect::kNewlyDenied ? "denied" : "allowed"; }

std::string Json(const replay::Report& report) {
  std::string text;
  codec::JsonWriter json(text);
  const auto number = [&](std::string_view name, std::uint64_t value) {
    json.Key(name);
    json.Integer(static_cast<std::int64_t>(value));
  };
  json.BeginObject();
  number("requests", report.requests);
  number("newly_denied", report.newly_denied);
  number("newly_allowed", report.newly_allowed);
  number("denied_already", report.lost_already);
  json.Key("not_decided");
  json.BeginObject();
  for (const auto& [why, count] : report.not_decided) number(why, count);
  json.EndObject();
  json.Key("differences");
  json.BeginArray();
  for (const Difference& one : report.differences) {
    json.BeginObject();
    const std::string last = FormatIso8601(one.last);
    for (const auto& [name, value] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"effect", one.effect == Effect::kNewlyDenied ? "newly_denied" : "newly_allowed"},
             {"principal", one.principal},
             {"action", one.action},
             {"resource", one.resource},
             {"last", last},
             {"event_id", one.event_id},
             {"before", one.before},
             {"after", one.after}}) {
      json.Key(name);
      json.String(value);
    }
    number("count", one.count);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return text + "\n";
}

}  // namespace

std::string FormatDifferences(std::string_view format, const replay::Report& report) {
  if (format == "json") return Json(report);
  const bool csv = format == "csv";
  std::vector<Cells> rows;
  for (const Difference& one : report.differences) {
    Cells row = {EffectText(one.effect), std::to_string(one.count), one.principal, one.action,
                 one.resource,           FormatIso8601(one.last),   one.event_id};
    if (csv) row.push_back(one.before);
    row.push_back(one.after);
    rows.push_back(std::move(row));
  }
  if (csv) {
    return FormatCsv({"newly", "count", "principal", "action", "resource", "last", "event_id", "before", "after"},
                     rows);
  }
  if (rows.empty()) return {};
  return FormatTable({"NEWLY", "COUNT", "PRINCIPAL", "ACTION", "RESOURCE", "LAST", "EVENT", "BECAUSE"}, rows);
}

std::string Summarize(const replay::Report& report) {
  std::string text = "Of " + std::to_string(report.requests) + " requests " + std::to_string(report.newly_denied) +
                     " would be newly denied, " + std::to_string(report.newly_allowed) + " newly allowed.\n";
  if (report.lost_already > 0) {
    text +=
        std::to_string(report.lost_already) + " were granted then, and are denied by the policies of today already.\n";
  }
  for (const auto& [why, count] : report.not_decided) {
    text += std::to_string(count) + " cannot be decided: " + Printable(why) + ".\n";
  }
  return text;
}

}  // namespace claviger::cli
