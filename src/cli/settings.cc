#include "cli/settings.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <toml++/toml.h>

#include "base/text.h"
#include "directory/quotas.h"

namespace claviger::cli {
namespace {

using server::StartError;
using server::StartResult;

// --store-bytes-max is CLAVIGER_STORE_BYTES_MAX in the environment and store_bytes_max in the file.
std::string FileName(const CLI::Option& option) {
  std::string name = option.get_single_name();
  std::ranges::replace(name, '-', '_');
  return name;
}

template <class T>
CLI::Option* Add(CLI::App& command, const std::string& flag, T& value, const std::string& help) {
  CLI::Option* option = command.add_option("--" + flag, value, help);
  std::string name = "CLAVIGER_" + FileName(*option);
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return option->envname(name);
}

Failure<StartError> BadFile(const std::string& file, const std::string& why) {
  return {"the configuration file " + file + ": " + why};
}

// A value of the file as the text that a flag would have been given.
std::optional<std::string> AsText(const toml::node& node) {
  if (auto text = node.value<std::string>(); text && node.is_string()) return text;
  if (node.is_boolean()) return node.value<bool>().value() ? "true" : "false";
  if (node.is_integer()) return std::to_string(node.value<std::int64_t>().value());
  if (node.is_floating_point()) return std::to_string(node.value<double>().value());
  return std::nullopt;
}

StartResult<std::vector<std::string>> Texts(const std::string& file, std::string_view name, const toml::node& node) {
  std::vector<std::string> texts;
  const auto add = [&](const toml::node& one) {
    const auto text = AsText(one);
    if (text) texts.push_back(*text);
    return text.has_value();
  };
  bool good = true;
  if (const toml::array* list = node.as_array()) {
    for (const toml::node& one : *list) good = good && add(one);
  } else {
    good = add(node);
  }
  if (!good)
    return BadFile(file, "`" + std::string(name) + "` must be a text, a number, true, false or a list of them");
  return texts;
}

StartResult<server::AccountConfig> ReadAccount(const std::string& file, const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return BadFile(file, "`accounts` must be tables: [[accounts]]");
  server::AccountConfig account;
  for (const auto& [key, value] : *table) {
    const auto text = value.value<std::string>();
    if (!text || !value.is_string())
      return BadFile(file, "`" + std::string(key.str()) + "` of an account must be a text");
    if (key == "id") {
      account.account_id = *text;
    } else if (key == "root_access_key_id") {
      account.root_access_key_id = *text;
    } else if (key == "root_secret_access_key") {
      account.root_secret_access_key = crypto::Secret(*text);
    } else {
      return BadFile(file, "an account has no setting `" + std::string(key.str()) +
                               "`; it has id, root_access_key_id and root_secret_access_key");
    }
  }
  if (account.account_id.empty()) return BadFile(file, "an account needs its `id`, twelve digits in quotes");
  return account;
}

// The option that the file calls so; null when there is none.
CLI::Option* FindSetting(CLI::App& command, std::string_view name) {
  const auto options = command.get_options();
  const auto option = std::ranges::find_if(options, [&](const CLI::Option* one) {
    return !one->get_envname().empty() && FileName(*one) == name && name != "config";
  });
  return option == options.end() ? nullptr : *option;
}

bool IsSettingOfServe(std::string_view name) {
  CLI::App serve;
  Settings settings;
  AddServeOptions(serve, settings);
  return FindSetting(serve, name) != nullptr;
}

StartResult<> ReadSetting(CLI::App& command, const std::string& file, std::string_view name, const toml::node& node) {
  CLI::Option* option = FindSetting(command, name);
  if (option == nullptr && IsSettingOfServe(name)) return {};
  if (option == nullptr) return BadFile(file, "there is no setting `" + std::string(name) + "`");
  if (option->count() > 0) return {};  // A flag or the environment comes first.
  for (const std::string& text : TRY(Texts(file, name, node))) option->add_result(text);
  try {
    option->run_callback();
  } catch (const CLI::Error& error) {
    return BadFile(file, error.what());
  }
  return {};
}

// [quotas] may set quotas only.
StartResult<> ReadQuotas(CLI::App& command, const std::string& file, const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return BadFile(file, "`quotas` must be a table: [quotas]");
  for (const auto& [key, value] : *table) {
    std::string name(key.str());
    std::ranges::replace(name, '_', '-');
    const auto quotas = directory::AllQuotas();
    if (std::ranges::find(quotas, name, &directory::QuotaInfo::name) == quotas.end()) {
      return BadFile(file, "there is no quota `" + std::string(key.str()) + "`");
    }
    TRY(ReadSetting(command, file, key.str(), value));
  }
  return {};
}

StartResult<> ReadFile(CLI::App& command, Settings& settings) {
  const std::string& file = settings.config_file;
  toml::table table;
  try {
    table = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    std::ostringstream why;
    why << error;
    return BadFile(file, why.str());
  }
  for (const auto& [key, node] : table) {
    if (key == "quotas") {
      TRY(ReadQuotas(command, file, node));
      continue;
    }
    if (key != "accounts") {
      TRY(ReadSetting(command, file, key.str(), node));
      continue;
    }
    const toml::array* accounts = node.as_array();
    if (accounts == nullptr) return BadFile(file, "`accounts` must be tables: [[accounts]]");
    for (const toml::node& account : *accounts) settings.config.accounts.push_back(TRY(ReadAccount(file, account)));
  }
  return {};
}

void AddManagedPolicies(CLI::App& command, server::Config& config) {
  Add(command, "managed-policies", config.managed_policies,
      "Catalogue of the policies that AWS manages, made by `make catalogue` (default: a small built-in set)");
}

void AddQuotas(CLI::App& command, server::Config& config, const std::string& group) {
  for (const directory::QuotaInfo& quota : directory::AllQuotas()) {
    Add(command, std::string(quota.name), config.quotas.*quota.member, std::string(quota.what))
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str()
        ->group(group);
  }
}

}  // namespace

void AddInstallationOptions(CLI::App& command, Settings& settings) {
  server::Config& config = settings.config;
  Add(command, "config", settings.config_file, "TOML file with settings: the names of the flags, with _ for -");
  Add(command, "data", config.data, "Folder that everything is kept in")->capture_default_str();
  Add(command, "master-key-file", config.master_key_file,
      "File with the master key, 64 hex digits (default: master.key in the data folder, made on first start)");
  Add(command, "master-key-command", config.master_key_command, "Command that prints the master key");
  Add(command, "store-bytes-max", config.store_bytes_max, "Largest size of the store")->capture_default_str();
}

void AddDecisionOptions(CLI::App& command, Settings& settings) {
  AddManagedPolicies(command, settings.config);
  AddQuotas(command, settings.config, "");  // Not shown.
}

void AddAccessLogOption(CLI::App& command, Settings& settings) {
  Add(command, "access-log", settings.config.access_log, "File for the access log, - for standard output, or off")
      ->capture_default_str();
}

void AddServeOptions(CLI::App& command, Settings& settings) {
  server::Config& config = settings.config;
  Add(command, "listen", config.listen, "Address and port to listen on; several may be given")
      ->capture_default_str()
      ->delimiter(',');
  Add(command, "admin-listen", config.admin_listen,
      "Address and port for /healthz, /readyz and /metrics only (default: on the API's own addresses)");
  command.add_flag("--memory", config.memory, "Keep nothing on disk: every start is a first start")
      ->envname("CLAVIGER_MEMORY");
  Add(command, "tls-cert", config.tls_cert, "PEM file with the server's certificate and its chain");
  Add(command, "tls-key", config.tls_key, "PEM file with the certificate's private key");
  Add(command, "threads", config.threads, "Event loops (default: one for each processor)");
  AddAccessLogOption(command, settings);
  Add(command, "log-level", config.log_level, "What the program says of itself: debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  Add(command, "body-bytes-max", config.body_bytes_max, "Largest request body")->capture_default_str();
  Add(command, "token-issuer-url", config.token_issuer_url,
      "Address below which accounts are issuers of web identity tokens, as others reach it (default: the first of "
      "--listen)");
  command
      .add_flag("--private-issuers", config.private_issuers,
                "Fetch keys of OpenID Connect issuers from addresses within one's own network, too")
      ->envname("CLAVIGER_PRIVATE_ISSUERS");
  Add(command, "issuer-address", config.issuer_addresses,
      "HOST=ADDRESS:PORT where an OpenID Connect issuer is reached, instead of by DNS; several may be given")
      ->delimiter(',');
  Add(command, "issuer-keys", config.issuer_keys,
      "https://ISSUER=FILE with an OpenID Connect issuer's JSON Web Key Set, instead of fetching it; several may be "
      "given")
      ->delimiter(',');
  Add(command, "fetch-thumbprints", config.fetch_thumbprints,
      "Whether OpenID Connect providers that are made without a thumbprint get one from their server: on or off")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  command
      .add_flag("--sessions-end-with-access-key", config.sessions_end_with_access_key,
                "Refuse temporary credentials as soon as the access key that asked for them is Inactive or deleted")
      ->envname("CLAVIGER_SESSIONS_END_WITH_ACCESS_KEY");
  AddManagedPolicies(command, config);
  Add(command, "service-catalogue", config.service_catalogue,
      "File with AWS's services and actions (default: those that are spoken here)");
  Add(command, "delegation-notices", config.delegation_notices,
      "Folder to put notices about delegation requests into, one file each (default: `claviger delegation notices` "
      "only)");
  Add(command, "audit", config.audit.mode, "The audit trail: on or off")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  Add(command, "audit-read-only", config.audit.read_only_share, "Part of events that only read to keep, from 0 to 1")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  Add(command, "audit-denied", config.audit.denied_share, "Part of events that policies denied to keep, from 0 to 1")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  Add(command, "audit-when-full", config.audit.when_full,
      "What to do while the trail cannot be written: drop-reads or refuse-changes")
      ->check(CLI::IsMember({"drop-reads", "refuse-changes"}))
      ->capture_default_str();
  Add(command, "audit-days", config.audit.days, "Days that events are kept")
      ->check(CLI::Range(1, 36500))
      ->capture_default_str();
  Add(command, "audit-bytes-max", config.audit.bytes_max, "Largest size of the trail; the oldest events go first")
      ->capture_default_str();
  Add(command, "audit-delivery", config.audit.delivery,
      "Folder to deliver log files to, in CloudTrail's layout (default: none are delivered)");
  Add(command, "audit-delivery-seconds", config.audit.delivery_seconds, "Time between two deliveries")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  Add(command, "audit-digest-seconds", config.audit.digest_seconds, "Time between two digests")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  AddKeyAgeOptions(command, KeyAgeOf::kInstallation, settings.key_age);
  AddQuotas(command, config, "Quotas");
  Add(command, "account-id", settings.first_account.account_id,
      "Account that must exist, twelve digits (default: one is made at random on first start)");
  Add(command, "root-access-key-id", settings.first_account.root_access_key_id,
      "Root access key that the account must have (default: made at random on first start)");
  Add(command, "root-secret-access-key", settings.root_secret_access_key,
      "Its secret; better given by the environment, where other users cannot see it");
}

StartResult<server::Config> Finish(CLI::App& command, Settings& settings) {
  if (!settings.config_file.empty()) TRY(ReadFile(command, settings));
  server::AccountConfig& first = settings.first_account;
  first.root_secret_access_key = crypto::Secret(settings.root_secret_access_key);
  crypto::Wipe(settings.root_secret_access_key.data(), settings.root_secret_access_key.size());
  const bool has_key = !first.root_access_key_id.empty() || !first.root_secret_access_key.empty();
  if (!first.account_id.empty() || has_key) {
    settings.config.accounts.insert(settings.config.accounts.begin(), std::move(first));
  }
  if (settings.config.tls_cert.empty() != settings.config.tls_key.empty()) {
    return Failure<StartError>{"give --tls-cert and --tls-key together, or neither"};
  }
  if (settings.key_age.as_default) return Failure<StartError>{"--key-max-age: give a span, or none"};
  settings.config.key_age = settings.key_age.Over({});
  return std::move(settings.config);
}

}  // namespace claviger::cli
