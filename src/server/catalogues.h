// What AWS publishes about its policies and services, read at start from the files that an administrator names.
#pragma once

#include <memory>
#include <optional>

#include "directory/catalogue.h"
#include "directory/service_catalogue.h"
#include "server/config.h"
#include "server/master_key.h"

namespace claviger::server {

struct Catalogues {
  std::unique_ptr<const directory::LoadedCatalogue> loaded_policies;  // Null: those that are built in.
  std::optional<directory::ServiceCatalogue> loaded_services;

  [[nodiscard]] const directory::Catalogue& policies() const {
    return loaded_policies ? loaded_policies->catalogue() : directory::BuiltinCatalogue();
  }
  [[nodiscard]] const directory::ServiceCatalogue& services() const {
    return loaded_services ? *loaded_services : directory::BuiltinServices();
  }
};

// Fails when a file cannot be read or is no catalogue.
StartResult<Catalogues> LoadCatalogues(const Config& config);

}  // namespace claviger::server
