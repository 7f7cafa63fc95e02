// Which operations this program implements: the one place that knows them all.
#pragma once

#include "ops/operations.h"

namespace claviger::server {

ops::Operations AllOperations();

}  // namespace claviger::server
