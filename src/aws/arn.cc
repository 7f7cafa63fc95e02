#include "aws/arn.h"

#include <array>
#include <cstddef>

namespace claviger {
namespace {

std::string Begin(std::string_view service, AccountId account) {
  std::string arn = "arn:aws:";
  arn += service;
  arn += "::";
  arn += account.ToString();
  arn += ':';
  return arn;
}

}  // namespace

std::optional<Arn> Arn::Parse(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || parts[1].empty() || parts[2].empty() || text.empty()) return std::nullopt;
  return Arn{.partition = parts[1], .service = parts[2], .region = parts[3], .account = parts[4], .resource = text};
}

std::string RootArn(AccountId account) { return Begin("iam", account) + "root"; }

std::string IamArn(AccountId account, std::string_view type, std::string_view path, std::string_view name) {
  std::string arn = Begin("iam", account);
  arn += type;
  arn += path;
  arn += name;
  return arn;
}

std::string AssumedRoleArn(AccountId account, std::string_view role_name, std::string_view session_name) {
  std::string arn = Begin("sts", account) + "assumed-role/";
  arn += role_name;
  arn += '/';
  arn += session_name;
  return arn;
}

std::string FederatedUserArn(AccountId account, std::string_view name) {
  std::string arn = Begin("sts", account) + "federated-user/";
  arn += name;
  return arn;
}

}  // namespace claviger
