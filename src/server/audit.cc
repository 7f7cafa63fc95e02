#include "server/audit.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "server/log.h"
#include "service/plain_metrics.h"

namespace claviger::server {
namespace {

constexpr std::uint64_t kMemoryBytesMax = 64 << 20;
constexpr std::uint32_t kMemorySegmentBytes = 4 << 20;

StartResult<> MakeFolder(const std::filesystem::path& folder) {
  if (mkdir(folder.c_str(), S_IRWXU) == 0 || errno == EEXIST) return {};
  return Failure<StartError>{"cannot make the folder " + folder.string() + ": " +
                             std::generic_category().message(errno)};
}

}  // namespace

std::filesystem::path AuditFolder(const std::filesystem::path& data) { return data / "audit"; }
std::filesystem::path JournalFolder(const std::filesystem::path& data) { return AuditFolder(data) / "journal"; }
std::filesystem::path DeliveryStateFolder(const std::filesystem::path& data) { return AuditFolder(data) / "delivery"; }

void Audit::Stop() {
  deliveries.reset();
  trail.reset();
}

StartResult<Audit> StartAudit(const Config& config, Installation& installation, const Clock& clock) {
  Audit started;
  if (config.audit.mode == "off") return started;
  audit::TrailOptions options;
  options.journal.retention = std::chrono::hours(24) * config.audit.days;
  options.journal.bytes_max = config.audit.bytes_max;
  options.when_full =
      config.audit.when_full == "refuse-changes" ? audit::WhenFull::kRefuseChanges : audit::WhenFull::kDropReads;
  options.read_only_share = config.audit.read_only_share;
  options.denied_share = config.audit.denied_share;
  options.log = [](std::string_view line) { LogWarning(line); };
  if (config.memory) {
    options.journal.bytes_max = std::min(options.journal.bytes_max, kMemoryBytesMax);
    options.journal.segment_bytes = kMemorySegmentBytes;
  } else {
    TRY(MakeFolder(AuditFolder(config.data)));
    TRY(MakeFolder(DeliveryStateFolder(config.data)));
    options.journal.folder = JournalFolder(config.data);
  }
  auto journal = audit::Journal::Open(options.journal);
  if (!journal.ok()) return Failure<StartError>{journal.error().message};
  started.trail =
      std::make_unique<audit::Trail>(std::move(options), std::move(journal).value(), *installation.store, clock);
  if (config.audit.delivery.empty()) return started;
  TRY(MakeFolder(config.audit.delivery));
  std::error_code error;
  audit::DeliveryOptions delivery{
      .folder = std::filesystem::canonical(config.audit.delivery, error),
      .state_folder = config.memory ? std::filesystem::path() : DeliveryStateFolder(config.data),
      .interval = std::chrono::seconds(config.audit.delivery_seconds),
      .digest_interval = std::chrono::seconds(config.audit.digest_seconds),
      .log = [](std::string_view line) { LogWarning(line); }};
  started.deliveries =
      std::make_unique<audit::DeliveryService>(std::move(delivery), *started.trail, *installation.store,
                                               installation.keys, clock, std::make_unique<SystemRandom>());
  return started;
}

std::string WriteAuditMetrics(const audit::Trail& trail) {
  const audit::TrailCounts counts = trail.counts();
  return service::WritePlainMetrics(std::array<service::PlainMetric, 6>{{
      {"claviger_audit_events_total", "counter", "Events written to the audit trail.", counts.written},
      {"claviger_audit_dropped_total", "counter", "Events that found no room.", counts.dropped},
      {"claviger_audit_failures_total", "counter", "Attempts to write the audit trail that failed.", counts.failures},
      {"claviger_audit_deleted_early_bytes_total", "counter", "Deleted before their time, for want of room.",
       counts.early_bytes},
      {"claviger_audit_journal_bytes", "gauge", "Size of the audit trail's journal.", counts.journal_bytes},
      {"claviger_audit_writable", "gauge", "Whether the audit trail can be written.", counts.writable ? 1U : 0U},
  }});
}

}  // namespace claviger::server
