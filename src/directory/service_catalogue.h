// The services of AWS and their actions, as policies name them. Those that are spoken here are built in; a file made by
// tools/import_services.py has all of them. Immutable, so any number of threads may read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/error.h"

namespace claviger::directory {

struct ServiceFacts {
  std::string name_space;  // "iam"
  std::string name;        // "AWS Identity and Access Management"
  std::vector<std::string> actions;
  bool tracked = false;  // Its actions are called here, so that their use is known.
};

class ServiceCatalogue {
 public:
  // Those that are spoken here: IAM, STS, Organizations, CloudTrail.
  ServiceCatalogue();
  // Reads the JSON text of a catalogue file (docs/internals/directory.md); those built in stay as they are.
  // Errors: ValidationError that says what is wrong and where.
  static Result<ServiceCatalogue> Parse(std::string_view text);

  // Null when there is none.
  [[nodiscard]] const ServiceFacts* Find(std::string_view name_space) const;
  // By namespace.
  [[nodiscard]] const std::vector<ServiceFacts>& services() const { return services_; }

 private:
  void Sort();

  std::vector<ServiceFacts> services_;
};

const ServiceCatalogue& BuiltinServices();

}  // namespace claviger::directory
