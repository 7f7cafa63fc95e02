// Where the keys of OpenID Connect issuers come from: the network, as far as the configuration lets it, and files.
#pragma once

#include <memory>

#include "federation/issuer_keys.h"
#include "server/config.h"
#include "server/master_key.h"

namespace claviger::server {

// Fails when a setting cannot be understood, or a file is no key set.
StartResult<std::unique_ptr<federation::IssuerKeys>> OpenIssuerKeys(const Config& config);

}  // namespace claviger::server
