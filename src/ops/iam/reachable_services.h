// Which services policies let somebody reach, as reports count it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "directory/service_catalogue.h"
#include "policy/document.h"

namespace claviger::ops::iam {

// Namespace -> those of its actions that are reached, as the catalogue spells them; none for a service that only the
// policies know.
using ReachableServices = std::map<std::string, std::set<std::string>>;

// What the Allow statements name. Resources, conditions, denials and boundaries do not matter to it, as in AWS's
// reports.
void AddReachable(const policy::Document& document, const directory::ServiceCatalogue& catalogue,
                  ReachableServices& access);

// The service control policies of one level of an organization: its root, a unit, an account. Their texts.
using ControlLevel = std::vector<std::string>;

// The namespaces of the services of which every level lets an action through that none denies for all resources and
// without condition. All that the catalogue has where there are no levels.
std::vector<std::string> ServicesLeftBy(const std::vector<ControlLevel>& levels,
                                        const directory::ServiceCatalogue& catalogue);

}  // namespace claviger::ops::iam
