#include "server/catalogues.h"

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace claviger::server {
namespace {

StartResult<std::string> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) return Failure<StartError>{"the catalogue " + path.string() + " cannot be read"};
  return text;
}

Failure<StartError> NotACatalogue(const std::filesystem::path& path, const Error& error) {
  return {"the catalogue " + path.string() + ": " + error.message};
}

}  // namespace

StartResult<Catalogues> LoadCatalogues(const Config& config) {
  Catalogues catalogues;
  if (!config.managed_policies.empty()) {
    auto policies = directory::LoadedCatalogue::Parse(TRY(ReadFile(config.managed_policies)));
    if (!policies.ok()) return NotACatalogue(config.managed_policies, policies.error());
    catalogues.loaded_policies = std::move(policies).value();
  }
  if (!config.service_catalogue.empty()) {
    auto services = directory::ServiceCatalogue::Parse(TRY(ReadFile(config.service_catalogue)));
    if (!services.ok()) return NotACatalogue(config.service_catalogue, services.error());
    catalogues.loaded_services = std::move(services).value();
  }
  return catalogues;
}

}  // namespace claviger::server
