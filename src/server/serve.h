// `claviger serve`: wires the rooms together and runs until a signal says to stop.
#pragma once

#include "server/config.h"
#include "server/master_key.h"

namespace claviger::server {

// Returns after SIGTERM or SIGINT, when every request in flight has been answered. SIGHUP reads the TLS files again.
StartResult<> Serve(const Config& config);

}  // namespace claviger::server
