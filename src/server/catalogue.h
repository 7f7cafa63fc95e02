// The catalogue of the policies that AWS manages, from the file that an administrator names.
#pragma once

#include <filesystem>
#include <memory>

#include "directory/catalogue.h"
#include "server/master_key.h"

namespace claviger::server {

// Fails when the file cannot be read or is no catalogue, and says where.
StartResult<std::unique_ptr<const directory::LoadedCatalogue>> LoadCatalogue(const std::filesystem::path& file);

}  // namespace claviger::server
