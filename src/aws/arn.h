// Amazon Resource Names of IAM and STS: building and taking apart. Pure.
// Source: "IAM ARNs" in the IAM User Guide. The partition is always `aws`, the region always empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/account_id.h"

namespace claviger {

// arn:partition:service:region:account:resource, as views into the text it was parsed from.
struct Arn {
  std::string_view partition;
  std::string_view service;
  std::string_view region;
  std::string_view account;
  std::string_view resource;  // All behind the fifth colon, further colons included.

  // Takes the text apart; nullopt unless it has six parts and neither partition, service nor resource is empty.
  static std::optional<Arn> Parse(std::string_view text);
};

// "arn:aws:iam::123456789012:root".
std::string RootArn(AccountId account);
// `type` is "user", "group", "role", "policy", ...; `path` begins and ends with '/'.
std::string IamArn(AccountId account, std::string_view type, std::string_view path, std::string_view name);
// "arn:aws:sts::123456789012:assumed-role/Reader/dana"; a role's path is not part of it.
std::string AssumedRoleArn(AccountId account, std::string_view role_name, std::string_view session_name);
std::string FederatedUserArn(AccountId account, std::string_view name);

}  // namespace claviger
