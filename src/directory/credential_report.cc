#include "directory/credential_report.h"

#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum Field : unsigned { kGenerated = 1, kContent = 2 };

}  // namespace

Result<std::optional<CredentialReport>> FindCredentialReport(const Context& context) {
  const std::string at = keyspace::CredentialReport(context.account);
  const auto entry = TRY(FromStore(context.transaction.Get(at)));
  if (!entry) return std::optional<CredentialReport>();
  CredentialReport report;
  codec::RecordReader reader(entry->value, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kGenerated) report.generated = field->Time();
    if (field->number == kContent) report.content = field->Text();
  }
  if (!reader.ok()) return Corrupt(at);
  return std::optional(std::move(report));
}

void PutCredentialReport(const Context& context, const CredentialReport& report) {
  context.transaction.Put(
      keyspace::CredentialReport(context.account),
      codec::RecordWriter(kVersion).Time(kGenerated, report.generated).Bytes(kContent, report.content).Take());
}

}  // namespace claviger::directory
