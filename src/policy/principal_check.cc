// The shape of one value in a Principal. Whether somebody of that name exists is the directory's to say.
#include <algorithm>
#include <string_view>

#include "aws/arn.h"
#include "policy/draft.h"

namespace claviger::policy {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpperOrDigit(char c) { return (c >= 'A' && c <= 'Z') || IsDigit(c); }
bool IsHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) || c == '-' || c == '.';
}

bool IsAccount(std::string_view text) { return text.size() == 12 && std::ranges::all_of(text, IsDigit); }

// An id as AWS gives to users and roles.
bool IsPrincipalId(std::string_view text) {
  return text.size() >= 16 && text.size() <= 128 && (text.starts_with("AIDA") || text.starts_with("AROA")) &&
         std::ranges::all_of(text, IsUpperOrDigit);
}

bool IsDomain(std::string_view text) {
  return text.size() <= 255 && text.find('.') != std::string_view::npos && !text.starts_with('.') &&
         !text.ends_with('.') && text.find("..") == std::string_view::npos &&
         std::ranges::all_of(text, IsHostCharacter);
}

bool IsPrincipalArn(std::string_view text) {
  const auto arn = Arn::Parse(text);
  if (!arn || !text.starts_with("arn:aws") || !arn->region.empty() || !IsAccount(arn->account)) return false;
  // Wildcards stand for nobody here: only the whole value may be `*`.
  if (text.find_first_of("*?") != std::string_view::npos) return false;
  const std::string_view resource = arn->resource;
  const auto is_named = [&](std::string_view type) {
    return resource.starts_with(type) && resource.size() > type.size() && !resource.ends_with('/');
  };
  if (arn->service == "iam") return resource == "root" || is_named("user/") || is_named("role/");
  if (arn->service != "sts") return false;
  if (is_named("federated-user/")) return true;
  // A role session must be named in full: assumed-role/ROLE/SESSION.
  return is_named("assumed-role/") && std::ranges::count(resource, '/') == 2 &&
         resource.find("//") == std::string_view::npos;
}

bool IsProviderArn(std::string_view text) {
  const auto arn = Arn::Parse(text);
  return arn && text.starts_with("arn:aws") && arn->service == "iam" && arn->region.empty() &&
         IsAccount(arn->account) &&
         (arn->resource.starts_with("saml-provider/") || arn->resource.starts_with("oidc-provider/")) &&
         text.find_first_of("*?") == std::string_view::npos;
}

}  // namespace

bool IsPlausiblePrincipal(const Principal& principal) {
  const std::string_view value = principal.value;
  switch (principal.kind) {
    case PrincipalKind::kAws:
      return value == "*" || IsAccount(value) || IsPrincipalId(value) || IsPrincipalArn(value);
    case PrincipalKind::kService:
      return IsDomain(value) && (value.ends_with(".amazonaws.com") || value.ends_with(".amazonaws.com.cn") ||
                                 value.ends_with(".amazon.com") || value.ends_with(".aws.internal"));
    case PrincipalKind::kFederated:
      return IsDomain(value) || IsProviderArn(value);
    case PrincipalKind::kCanonicalUser:
      return value.size() == 64 &&
             std::ranges::all_of(value, [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); });
  }
  return false;
}

}  // namespace claviger::policy
