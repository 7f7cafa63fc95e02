#include "server/issuer_keys.h"

#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "federation/web_keys.h"
#include "net/https_client.h"

namespace claviger::server {
namespace {

using federation::FetchProblem;

// "NAME=VALUE", split at the last `=`: an issuer's address may have one of its own.
StartResult<std::map<std::string, std::string>> Pairs(const std::vector<std::string>& texts, std::string_view setting) {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return Failure<StartError>{"--" + std::string(setting) + " is NAME=VALUE, not " + text};
    }
    pairs.insert_or_assign(text.substr(0, equals), text.substr(equals + 1));
  }
  return pairs;
}

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(federation::kWebKeysBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

FetchProblem ToFetchProblem(net::HttpsProblem problem) {
  switch (problem) {
    case net::HttpsProblem::kUnreachable:
      return FetchProblem::kUnreachable;
    case net::HttpsProblem::kUntrusted:
      return FetchProblem::kUntrusted;
    case net::HttpsProblem::kUnusable:
      break;
  }
  return FetchProblem::kUnusable;
}

}  // namespace

StartResult<std::unique_ptr<federation::IssuerKeys>> OpenIssuerKeys(const Config& config) {
  const net::HttpsOptions options{.private_addresses = config.private_issuers,
                                  .places = TRY(Pairs(config.issuer_addresses, "issuer-address"))};
  federation::IssuerKeys::Sources sources{
      .fetch = {}, .files = TRY(Pairs(config.issuer_keys, "issuer-keys")), .read_file = ReadFile};
  for (const auto& [issuer, path] : sources.files) {
    const auto json = ReadFile(path);
    if (!issuer.starts_with("https://")) {
      return Failure<StartError>{"--issuer-keys names an issuer by its https:// address, not " + issuer};
    }
    if (!json || !federation::WebKeys::Parse(*json)) {
      return Failure<StartError>{"--issuer-keys: " + path + " is no file with a JSON Web Key Set"};
    }
  }
  sources.fetch = [options](const std::string& url, const std::vector<std::string>& thumbprints,
                            std::size_t bytes_max) -> Expected<std::string, FetchProblem> {
    auto text = net::GetHttps(url, thumbprints, bytes_max, options);
    if (!text.ok()) return Failure{ToFetchProblem(text.error())};
    return std::move(text).value();
  };
  if (config.fetch_thumbprints == "on") {
    sources.certificates = [options](const std::string& url) -> Expected<std::vector<std::string>, FetchProblem> {
      auto chain = net::GetCertificates(url, options);
      if (!chain.ok()) return Failure{ToFetchProblem(chain.error())};
      return std::move(chain).value();
    };
  }
  return std::make_unique<federation::IssuerKeys>(std::move(sources));
}

}  // namespace claviger::server
