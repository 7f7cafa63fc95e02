// Which services policies let somebody reach, as reports count it: what their Allow statements name. Resources,
// conditions, denials and boundaries do not matter to it, as in AWS's reports.
#pragma once

#include <map>
#include <set>
#include <string>

#include "directory/service_catalogue.h"
#include "policy/document.h"

namespace claviger::ops::iam {

// Namespace -> those of its actions that are reached, as the catalogue spells them; none for a service that only the
// policies know.
using ReachableServices = std::map<std::string, std::set<std::string>>;

void AddReachable(const policy::Document& document, const directory::ServiceCatalogue& catalogue,
                  ReachableServices& access);

}  // namespace claviger::ops::iam
