#include "cli/mfa.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "base/time_text.h"
#include "cli/opened.h"
#include "cli/settings.h"
#include "cli/token_file.h"
#include "crypto/sha256.h"
#include "federation/fido_registration.h"

namespace claviger::cli {
namespace {

using server::StartError;
using server::StartResult;

struct Arguments {
  Settings settings;
  std::string account;
  std::string file;
  std::string serial_number;
  unsigned period = 30;
  // Of a FIDO key.
  std::string user;
  bool root = false;
  std::string name;
  std::string rp_id;
  std::string origin;
  std::string challenge;
  std::vector<std::string> certifications;
};

// A whole file, wiped once it was read.
StartResult<crypto::Secret> ReadFile(const std::string& path, std::size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  std::string text(bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.is_open()) return Failure<StartError>{"cannot read " + path};
  if (static_cast<std::size_t>(file.gcount()) > bytes_max) return Failure<StartError>{path + " is too long"};
  text.resize(static_cast<std::size_t>(file.gcount()));
  return crypto::Secret(std::move(text));
}

// ---- Hardware tokens ----

StartResult<> Import(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  const crypto::Secret text = TRY(ReadFile(arguments.file, kTokenFileBytesMax));
  auto parsed = ParseTokenFile(text.Reveal(), std::chrono::seconds(arguments.period));
  if (!parsed.ok()) return Failure<StartError>{arguments.file + ", " + parsed.error()};
  const auto insert = [&](directory::Directory& directory) -> Result<> {
    directory::HardwareTokens tokens(directory.context);
    for (const TokenSeed& token : *parsed) {
      TRY(tokens.Insert({.serial_number = token.serial_number,
                         .period = token.period,
                         .imported = opened.now,
                         .reserved_for = arguments.account},
                        token.seed));
    }
    return {};
  };
  // Without an account they are of none; an account that is named must exist.
  const AccountId account = arguments.account.empty() ? AccountId() : TRY(ParseAccount(arguments.account));
  TRY(arguments.account.empty()
          ? server::RunChange(opened.installation, account, opened.config.quotas, opened.random, insert)
          : opened.ChangeExisting(account, insert));
  std::printf("%zu hardware tokens can be enabled now. Keep the file away from everybody, or delete it.\n",
              parsed->size());
  return {};
}

StartResult<> List(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  std::vector<directory::HardwareToken> tokens;
  TRY(server::RunChange(opened.installation, AccountId(), opened.config.quotas, opened.random,
                        [&](directory::Directory& directory) -> Result<> {
                          tokens = TRY(directory::HardwareTokens(directory.context).List());
                          return {};
                        }));
  const auto or_dash = [](const std::string& text) { return text.empty() ? "-" : text.c_str(); };
  std::printf("%-24s  %-6s  %-20s  %-12s  %s\n", "SERIAL NUMBER", "PERIOD", "IMPORTED", "FOR", "USED IN");
  for (const directory::HardwareToken& token : tokens) {
    std::printf("%-24s  %-6lld  %-20s  %-12s  %s\n", token.serial_number.c_str(),
                static_cast<long long>(token.period.count()), FormatIso8601(token.imported).c_str(),
                or_dash(token.reserved_for), or_dash(token.used_in));
  }
  return {};
}

StartResult<> Remove(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  return server::RunChange(
      opened.installation, AccountId(), opened.config.quotas, opened.random,
      [&](directory::Directory& directory) -> Result<> {
        directory::HardwareTokens tokens(directory.context);
        const auto token = TRY(tokens.Find(arguments.serial_number));
        if (!token) {
          return Fail(ErrorCode::kNoSuchEntity,
                      "there is no hardware token " + arguments.serial_number + "; `claviger mfa list` shows them");
        }
        if (!token->used_in.empty()) {
          return Fail(ErrorCode::kDeleteConflict,
                      "the hardware token is in use in account " + token->used_in + ": deactivate it first");
        }
        tokens.Remove(*token);
        return {};
      });
}

// ---- FIDO keys ----

struct Certification {
  const char* name;
  std::vector<std::string> levels;
};

// As the metadata of the FIDO Alliance has them.
const std::vector<Certification>& Certifications() {
  static const std::vector<Certification> all = {{"FIDO", {"L1", "L1plus", "L2", "L2plus", "L3", "L3plus"}},
                                                 {"FIPS-140-2", {"L1", "L2", "L3", "L4"}},
                                                 {"FIPS-140-3", {"L1", "L2", "L3", "L4"}}};
  return all;
}

StartResult<std::vector<Tag>> ParseCertifications(const std::vector<std::string>& texts) {
  std::vector<Tag> tags;
  for (const std::string& text : texts) {
    const std::size_t equals = std::min(text.find('='), text.size());
    Tag tag{.key = text.substr(0, equals), .value = text.substr(std::min(equals + 1, text.size()))};
    const auto known = std::ranges::find_if(Certifications(), [&](const auto& one) { return one.name == tag.key; });
    const bool valid = known != Certifications().end() && std::ranges::count(known->levels, tag.value) > 0;
    const bool twice = std::ranges::count(tags, tag.key, &Tag::key) > 0;
    if (!valid || twice) {
      return Failure<StartError>{
          "--certification is FIDO=L1 (to L3plus), FIPS-140-2=L1 or FIPS-140-3=L1 (to L4), "
          "each at most once; not " +
          text};
    }
    tags.push_back(std::move(tag));
  }
  return tags;
}

bool IsDeviceName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    const char lower = AsciiLower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("_+=,.@-").find(c) != std::string_view::npos;
  });
}

// What the browser says against what the administrator knows of the page that asked it.
StartResult<> CheckExpected(const federation::FidoRegistration& registration, const Arguments& arguments) {
  const auto hash = crypto::Sha256Of(arguments.rp_id);
  if (!arguments.rp_id.empty() && registration.rp_id_hash != std::string(hash.begin(), hash.end())) {
    return Failure<StartError>{"the key was registered for another relying party than " + arguments.rp_id};
  }
  if (!arguments.origin.empty() && registration.origin != arguments.origin) {
    return Failure<StartError>{"the key was registered by " + registration.origin};
  }
  if (!arguments.challenge.empty() && registration.challenge != arguments.challenge) {
    return Failure<StartError>{"the registration answers another challenge"};
  }
  return {};
}

StartResult<> Register(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  if (!IsDeviceName(arguments.name)) {
    return Failure<StartError>{"a device's name is letters, digits and any of +=,.@_-"};
  }
  const crypto::Secret text = TRY(ReadFile(arguments.file, federation::kFidoRegistrationBytesMax));
  auto parsed = federation::ParseFidoRegistration(text.Reveal());
  if (!parsed.ok()) return Failure<StartError>{arguments.file + ": " + parsed.error().message};
  TRY(CheckExpected(*parsed, arguments));
  const directory::FidoKey key{.credential_id = std::move(parsed->credential_id),
                               .public_key = std::move(parsed->public_key),
                               .aaguid = std::move(parsed->aaguid),
                               .flags = parsed->flags,
                               .sign_count = parsed->sign_count,
                               .rp_id_hash = std::move(parsed->rp_id_hash),
                               .transports = std::move(parsed->transports),
                               .certifications = TRY(ParseCertifications(arguments.certifications)),
                               .attestation_format = std::move(parsed->attestation_format)};
  std::string serial_number;
  TRY(opened.ChangeExisting(TRY(ParseAccount(arguments.account)), [&](directory::Directory& directory) -> Result<> {
    std::string owner(directory::kRootOwner);
    std::string owner_in_serial(directory::kRootOwner);
    if (!arguments.root) {
      const directory::User user = TRY(directory.users.Get(arguments.user));
      owner = user.id;
      owner_in_serial = "user/" + user.name;
    }
    serial_number = TRY(directory.mfa_devices.Register(owner, owner_in_serial, arguments.name, key, opened.now));
    return {};
  }));
  std::printf("serial number  %s\n", serial_number.c_str());
  return {};
}

}  // namespace

void AddMfaCommands(CLI::App& app, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* mfa = app.add_subcommand("mfa", "MFA devices: hardware tokens and FIDO keys");
  mfa->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, auto action) {
    return AddInstallationCommand(*mfa, name, help, arguments, action, chosen);
  };
  CLI::App* import = add("import", "Let users enable hardware tokens, of which a file has the seeds", Import);
  import
      ->add_option("FILE", arguments->file,
                   "Lines of serial number, seed (hex or Base32) and maybe period, with commas")
      ->required();
  import->add_option("--account", arguments->account, "Account that alone may have them (default: any)");
  import->add_option("--period", arguments->period, "Seconds that a code is shown")
      ->check(CLI::IsMember({30, 60}))
      ->capture_default_str();
  add("list", "List the hardware tokens", List);
  add("remove", "Forget a hardware token that is not in use", Remove)
      ->add_option("SERIAL_NUMBER", arguments->serial_number, "The token")
      ->required();

  CLI::App* fido = add("register", "Make a FIDO key the device of a user", Register);
  fido->add_option("ACCOUNT", arguments->account, "Twelve digits")->required();
  fido->add_option("FILE", arguments->file, "What the browser returned, as PublicKeyCredential.toJSON() makes it")
      ->required();
  fido->add_option("--name", arguments->name, "Name of the device")->required();
  CLI::Option_group* owner = fido->add_option_group("owner");
  owner->add_option("--user", arguments->user, "The user whose device it is");
  owner->add_flag("--root", arguments->root, "It is the root user's");
  owner->require_option(1);
  fido->add_option("--rp-id", arguments->rp_id, "Relying party that it must have been registered for");
  fido->add_option("--origin", arguments->origin, "Page that it must have been registered by");
  fido->add_option("--challenge", arguments->challenge, "Challenge that it must answer, in base64url");
  fido->add_option("--certification", arguments->certifications,
                   "FIDO=L1, FIPS-140-2=L2, FIPS-140-3=L3: what its maker has shown; several may be given")
      ->allow_extra_args(false);
}

}  // namespace claviger::cli
