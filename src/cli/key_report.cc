#include "cli/key_report.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "base/time_text.h"
#include "cli/table.h"
#include "codec/json_writer.h"

namespace claviger::cli {
namespace {

// The names of the columns: for people, and for programs.
using Columns = std::vector<std::pair<std::string, std::string>>;

// Those about the greatest age are there when it is known for any key.
Columns ColumnsFor(const std::vector<ReportedKey>& keys) {
  Columns columns = {{"ACCOUNT", "account"},     {"USER", "user"},           {"ACCESS KEY ID", "access_key_id"},
                     {"STATUS", "status"},       {"CREATED", "created"},     {"DAYS", "age_days"},
                     {"LAST USED", "last_used"}, {"BY", "last_used_service"}};
  if (std::ranges::any_of(keys, [](const ReportedKey& key) { return key.age.has_value(); })) {
    columns.insert(columns.end(), {{"AGE", "age"}, {"DUE", "due"}, {"INACTIVE FROM", "inactive_from"}});
  }
  return columns;
}

long long DaysOf(const ReportedKey& key, TimePoint now) {
  return std::max(std::chrono::floor<std::chrono::days>(now - key.key.created), std::chrono::days(0)).count();
}

std::string StandingText(directory::KeyStanding standing) {
  switch (standing) {
    case directory::KeyStanding::kDueSoon:
      return "due soon";
    case directory::KeyStanding::kOverdue:
      return "overdue";
    case directory::KeyStanding::kFine:
      break;
  }
  return "fine";
}

// The cells of a key; empty where there is nothing to say.
Cells RowOf(const ReportedKey& key, TimePoint now, std::size_t columns) {
  const auto time = [](const std::optional<TimePoint>& at) { return at ? FormatIso8601(*at) : std::string(); };
  Cells row = {key.account,
               key.user,
               key.key.id,
               key.key.active ? "Active" : "Inactive",
               FormatIso8601(key.key.created),
               std::to_string(DaysOf(key, now)),
               time(key.key.last_used),
               key.service};
  if (key.age)
    row.insert(row.end(), {StandingText(key.age->standing), time(key.age->due), time(key.age->deactivation)});
  row.resize(columns);
  return row;
}

std::string Json(const std::vector<ReportedKey>& keys, const Columns& columns, TimePoint now) {
  std::string text;
  codec::JsonWriter json(text);
  json.BeginArray();
  for (const ReportedKey& key : keys) {
    const Cells row = RowOf(key, now, columns.size());
    json.BeginObject();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string& name = columns[i].second;
      json.Key(name);
      if (name == "age_days") {
        json.Integer(DaysOf(key, now));
      } else if (row[i].empty()) {
        json.Null();
      } else {
        json.String(row[i]);
      }
    }
    json.EndObject();
  }
  json.EndArray();
  return text + "\n";
}

}  // namespace

void SortForReport(std::vector<ReportedKey>& keys, unsigned days, TimePoint now) {
  std::erase_if(keys, [=](const ReportedKey& key) { return DaysOf(key, now) < static_cast<long long>(days); });
  std::ranges::sort(
      keys, {}, [](const ReportedKey& key) { return std::tie(key.key.created, key.account, key.user, key.key.id); });
}

std::string FormatReport(std::string_view format, const std::vector<ReportedKey>& keys, TimePoint now) {
  const Columns columns = ColumnsFor(keys);
  if (format == "json") return Json(keys, columns, now);
  Cells headings;
  for (const auto& [people, programs] : columns) headings.push_back(format == "csv" ? programs : people);
  std::vector<Cells> rows;
  for (const ReportedKey& key : keys) {
    Cells row = RowOf(key, now, columns.size());
    if (!key.key.last_used) row[6] = "never";
    std::ranges::replace(row, std::string(), std::string("-"));
    rows.push_back(std::move(row));
  }
  return format == "csv" ? FormatCsv(headings, rows) : FormatTable(headings, rows);
}

}  // namespace claviger::cli
