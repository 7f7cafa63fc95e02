// The audit trail of a running server: its journal beside the store, its delivery, and what it tells of itself.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "audit/delivery_service.h"
#include "audit/trail.h"
#include "server/config.h"
#include "server/installation.h"

namespace claviger::server {

// Where an installation keeps its journal, and the state of its delivery.
std::filesystem::path AuditFolder(const std::filesystem::path& data);
std::filesystem::path JournalFolder(const std::filesystem::path& data);
std::filesystem::path DeliveryStateFolder(const std::filesystem::path& data);

struct Audit {
  std::unique_ptr<audit::Trail> trail;                 // Null: it is switched off.
  std::unique_ptr<audit::DeliveryService> deliveries;  // Null: nothing is delivered.

  // Writes and delivers what is left. REQUIRES: no worker runs any more.
  void Stop();
};

// REQUIRES: installation and clock outlive what is returned.
StartResult<Audit> StartAudit(const Config& config, Installation& installation, const Clock& clock);

// Counters in Prometheus's text form.
std::string WriteAuditMetrics(const audit::Trail& trail);

}  // namespace claviger::server
