// What `claviger serve` can be told, by flag, environment or file. Plain data; defaults are what a newcomer wants.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "crypto/secret.h"
#include "directory/context.h"
#include "directory/key_age.h"

namespace claviger::server {

// An account that must exist, with the root access key that it must have.
struct AccountConfig {
  std::string account_id;  // Twelve digits; empty: chosen at random, on the first start only.
  std::string root_access_key_id;
  crypto::Secret root_secret_access_key;
};

// The audit trail.
struct AuditConfig {
  std::string mode = "on";               // "on" or "off".
  std::string when_full = "drop-reads";  // Or "refuse-changes".
  double read_only_share = 1;            // Of events that only read, and of those that policies denied, from 0 to 1.
  double denied_share = 1;
  unsigned days = 90;
  std::uint64_t bytes_max = std::uint64_t{8} << 30;
  std::filesystem::path delivery;  // Folder of log files; empty: none are delivered.
  unsigned delivery_seconds = 300;
  unsigned digest_seconds = 3600;
};

struct Config {
  std::filesystem::path data = "data";  // Everything that is kept lies in this folder.
  bool memory = false;                  // Keeps nothing at all.
  std::vector<std::string> listen = {"127.0.0.1:4566"};
  std::string admin_listen;  // Health and metrics only; empty: on the same addresses as the API.
  std::filesystem::path tls_cert;
  std::filesystem::path tls_key;
  unsigned threads = 0;  // Event loops; 0: one for each processor.
  std::filesystem::path master_key_file;
  std::string master_key_command;
  std::string access_log = "-";  // A file, "-" for standard output, or "off".
  std::string log_level = "info";
  std::uint64_t store_bytes_max = std::uint64_t{64} << 30;
  std::uint64_t body_bytes_max = std::uint64_t{16} << 20;
  std::chrono::seconds stop_timeout{10};  // How long requests in flight may take when stopping.
  std::string token_issuer_url;           // Below which accounts issue tokens; empty: the first address of `listen`.
  bool private_issuers = false;           // Whether identity providers may be at addresses within one's own network.
  std::vector<std::string> issuer_addresses;  // "host=address:port": where the administrator knows a provider to be.
  std::vector<std::string> issuer_keys;       // "https://issuer=file": a provider's keys, which are not fetched then.
  std::string fetch_thumbprints = "on";       // Or "off": a provider made without thumbprints has none.
  bool sessions_end_with_access_key = false;  // As in AWS they outlive the key that asked for them.
  std::filesystem::path managed_policies;     // A catalogue of AWS's managed policies; empty: the built-in set.
  std::filesystem::path service_catalogue;    // AWS's services and actions; empty: those spoken here.
  std::filesystem::path delegation_notices;   // Folder of files for product providers; empty: none are written.
  AuditConfig audit;
  directory::KeyAgeRule key_age;  // Of accounts that have not chosen.
  directory::Quotas quotas;
  std::vector<AccountConfig> accounts;
};

}  // namespace claviger::server
