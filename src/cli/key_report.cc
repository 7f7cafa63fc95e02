#include "cli/key_report.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/time_text.h"
#include "codec/json_writer.h"

namespace claviger::cli {
namespace {

// The names of the columns: for people, and for programs.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kColumns = {{
    {"ACCOUNT", "account"},
    {"USER", "user"},
    {"ACCESS KEY ID", "access_key_id"},
    {"STATUS", "status"},
    {"CREATED", "created"},
    {"DAYS", "age_days"},
    {"LAST USED", "last_used"},
    {"BY", "last_used_service"},
}};
using Row = std::array<std::string, kColumns.size()>;

long long DaysOf(const ReportedKey& key, TimePoint now) {
  return std::max(std::chrono::floor<std::chrono::days>(now - key.key.created), std::chrono::days(0)).count();
}

Row RowOf(const ReportedKey& key, TimePoint now) {
  return {key.account,
          key.user,
          key.key.id,
          key.key.active ? "Active" : "Inactive",
          FormatIso8601(key.key.created),
          std::to_string(DaysOf(key, now)),
          key.key.last_used ? FormatIso8601(*key.key.last_used) : "never",
          key.service.empty() ? "-" : key.service};
}

std::string Table(const std::vector<Row>& rows) {
  std::array<std::size_t, kColumns.size()> widths{};
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    widths[i] = kColumns[i].first.size();
    for (const Row& row : rows) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  const auto add = [&](std::size_t column, std::string_view cell) {
    text.append(cell);
    const bool last = column + 1 == kColumns.size();
    text.append(last ? 0 : widths[column] + 2 - cell.size(), ' ').append(last ? "\n" : "");
  };
  for (std::size_t i = 0; i < kColumns.size(); ++i) add(i, kColumns[i].first);
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns.size(); ++i) add(i, row[i]);
  }
  return text;
}

// No cell holds a quotation mark or a line end: names are of letters, digits and +=,.@-_.
std::string Csv(const std::vector<Row>& rows) {
  std::string text;
  for (const auto& [people, programs] : kColumns) text.append(text.empty() ? "" : ",").append(programs);
  text += "\n";
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const bool quoted = row[i].find(',') != std::string::npos;
      text.append(i == 0 ? "" : ",").append(quoted ? "\"" : "").append(row[i]).append(quoted ? "\"" : "");
    }
    text += "\n";
  }
  return text;
}

std::string Json(const std::vector<ReportedKey>& keys, TimePoint now) {
  std::string text;
  codec::JsonWriter json(text);
  json.BeginArray();
  for (const ReportedKey& key : keys) {
    const Row row = RowOf(key, now);
    json.BeginObject();
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const std::string_view name = kColumns[i].second;
      json.Key(name);
      if (name == "age_days") {
        json.Integer(DaysOf(key, now));
      } else if (!key.key.last_used && name.starts_with("last_used")) {
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
  if (format == "json") return Json(keys, now);
  std::vector<Row> rows;
  rows.reserve(keys.size());
  for (const ReportedKey& key : keys) rows.push_back(RowOf(key, now));
  return format == "csv" ? Csv(rows) : Table(rows);
}

}  // namespace claviger::cli
