// What commands that read the journal have in common. Each opens it for reading, beside the server that writes it.
#pragma once

#include <memory>
#include <string>

#include "audit/journal.h"
#include "base/clock.h"
#include "cli/settings.h"
#include "codec/json.h"
#include "server/master_key.h"

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Opens the journal of the data folder that the command's settings name.
server::StartResult<std::unique_ptr<audit::Journal>> OpenJournal(CLI::App& command, Settings& settings);
server::StartResult<std::unique_ptr<audit::Journal>> OpenJournal(const server::Config& config);

// A point in time: ISO 8601 ("2026-11-25", "2026-11-25T08:00:00Z") or a span before now ("90s", "15m", "12h", "30d").
server::StartResult<TimePoint> ParseSince(const std::string& text, TimePoint now);

// The text at `path` ("userIdentity.accountId") in a record, or empty.
std::string RecordText(const codec::JsonValue& record, std::string_view path);

// A text without control characters: what somebody else chose must not move the cursor of whoever reads it.
std::string Printable(std::string text);

// "iam:CreateUser".
std::string ActionOf(const audit::Entry& entry);

}  // namespace claviger::cli
