#include "cli/audit_journal.h"

#include <algorithm>
#include <optional>
#include <system_error>

#include <CLI/CLI.hpp>

#include "base/time_text.h"
#include "cli/span.h"
#include "server/audit.h"

namespace claviger::cli {

using server::StartError;
using server::StartResult;

StartResult<std::unique_ptr<audit::Journal>> OpenJournal(CLI::App& command, Settings& settings) {
  return OpenJournal(TRY(Finish(command, settings)));
}

StartResult<std::unique_ptr<audit::Journal>> OpenJournal(const server::Config& config) {
  const std::filesystem::path folder = server::JournalFolder(config.data);
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return Failure<StartError>{"there is no audit trail in " + config.data.string() +
                               "; name the data folder with --data, or start a server once"};
  }
  auto journal = audit::Journal::Open({.folder = folder, .access = audit::Access::kRead});
  if (!journal.ok()) return Failure<StartError>{journal.error().message};
  return std::move(journal).value();
}

StartResult<TimePoint> ParseSince(const std::string& text, TimePoint now) {
  if (const auto time = ParseIso8601(text)) return *time;
  if (const auto day = ParseIso8601(text + "T00:00:00Z")) return *day;
  if (const auto span = ParseSpan(text)) return now - *span;
  return Failure<StartError>{"`" + text +
                             "` is no time: give 2026-11-25, 2026-11-25T08:00:00Z, or a span as 15m, 12h, 30d"};
}

std::string RecordText(const codec::JsonValue& record, std::string_view path) {
  const codec::JsonValue* value = &record;
  while (!path.empty()) {
    if (!value->IsObject()) return {};
    const std::size_t dot = path.find('.');
    value = value->Find(path.substr(0, dot));
    if (value == nullptr) return {};
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return value->IsString() ? std::string(value->text) : std::string();
}

std::string Printable(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, '?');
  return text;
}

std::string ActionOf(const audit::Entry& entry) {
  return entry.source.substr(0, entry.source.find('.')) + ":" + entry.name;
}

}  // namespace claviger::cli
