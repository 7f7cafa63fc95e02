// The roles that services have AWS make for them, as facts: a table made of model/service_linked_roles.json. Constant
// data; safe to read from any thread.
#pragma once

#include <string_view>

namespace claviger {

struct ServiceLinkedRole {
  std::string_view service;  // The principal that may assume it: "autoscaling.amazonaws.com".
  std::string_view role;     // Its name, without a suffix: "AWSServiceRoleForAutoScaling".
  std::string_view policy;   // The name of the AWS managed policy below /aws-service-role/ that it gets.
  std::string_view description;
  bool custom_suffix = false;  // Whether there may be several, told apart by a suffix.
};

}  // namespace claviger
