// The shape of one entry of Resource or NotResource, in AWS's words.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "policy/draft.h"

namespace claviger::policy {
namespace {

// What AWS's own list says, and in its order: the text below is a wire constant. The last one is younger than its
// recording.
constexpr std::array<std::string_view, 14> kIamPaths = {"user/",
                                                        "federated-user/",
                                                        "role/",
                                                        "group/",
                                                        "instance-profile/",
                                                        "mfa/",
                                                        "server-certificate/",
                                                        "policy/",
                                                        "sms-mfa/",
                                                        "saml-provider/",
                                                        "oidc-provider/",
                                                        "report/",
                                                        "access-report/",
                                                        "delegation-request/"};
constexpr std::string_view kIamPathMessage =
    R"(IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, )"
    R"(instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, )"
    R"(access-report/.)";

bool IsPartition(std::string_view text) {
  constexpr std::array<std::string_view, 9> partitions = {
      "aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc", "*"};
  return std::ranges::find(partitions, text) != partitions.end();
}

// Takes everything up to the next colon; without one, everything.
std::string_view TakeField(std::string_view& rest) {
  const std::size_t colon = rest.find(':');
  const std::string_view field = rest.substr(0, colon);
  rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  return field;
}

// AWS prints fields that are not there as `*`.
std::string PartitionMessage(std::string_view partition, std::string_view rest) {
  std::string arn = "arn:" + std::string(partition);
  bool more = !rest.empty();
  for (int i = 0; i < 3; ++i) {
    const bool last = rest.find(':') == std::string_view::npos;
    arn += ':';
    arn += more ? TakeField(rest) : "*";
    more = more && !last;
  }
  arn += ':';
  arn += more ? rest : "*";
  return "Partition \"" + std::string(partition) + "\" is not valid for resource \"" + arn + "\".";
}

bool IsIamPath(std::string_view resource) {
  return resource.starts_with('*') || resource == "root" ||
         std::ranges::any_of(kIamPaths, [&](std::string_view path) { return resource.starts_with(path); });
}

}  // namespace

std::optional<std::string> ResourceProblem(std::string_view resource) {
  if (resource == "*") return std::nullopt;
  if (resource.find(':') == std::string_view::npos) {
    return "Resource " + std::string(resource) + " must be in ARN format or \"*\".";
  }
  std::string_view rest = resource;
  TakeField(rest);  // Not checked to be `arn`, as AWS does not.
  const bool has_vendor = rest.find(':') != std::string_view::npos;
  const std::string_view partition = TakeField(rest);
  if (!IsPartition(partition)) return PartitionMessage(partition, rest);
  if (!has_vendor) return "Resource vendor must be fully qualified and cannot contain regexes.";

  const std::string_view service = TakeField(rest);
  const auto colons = std::ranges::count(resource, ':');
  // AWS's older parser refuses these without saying why.
  if (service.empty() || (colons < 5 && resource.find("::") != std::string_view::npos)) return std::string();
  if (service != "iam" && service != "s3") return std::nullopt;

  const std::string_view region = TakeField(rest);
  TakeField(rest);  // The account.
  if (service == "iam") {
    if (!region.empty()) return "IAM resource " + std::string(resource) + " cannot contain region information.";
    if (!IsIamPath(rest)) return std::string(kIamPathMessage);
  } else if (!region.empty() && !rest.starts_with("accesspoint/")) {
    return "Resource " + std::string(resource) + " can not contain region information.";
  }
  return std::nullopt;
}

}  // namespace claviger::policy
