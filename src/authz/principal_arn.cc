#include "authz/principal_arn.h"

#include "aws/account_id.h"
#include "aws/arn.h"

namespace claviger::authz {
namespace {

std::string_view LastPart(std::string_view resource) { return resource.substr(resource.rfind('/') + 1); }

// "user/ops/bob": whether `resource` is a name behind `type` and a path.
bool IsNamed(std::string_view resource, std::string_view type) {
  return resource.starts_with(type) && resource.size() > type.size() && !resource.ends_with('/');
}

std::optional<NamedPrincipal> FromIamArn(std::string_view text, const Arn& arn) {
  NamedPrincipal principal{.account = std::string(arn.account), .arn = std::string(text)};
  if (arn.resource == "root") {
    principal.kind = CallerKind::kRoot;
    principal.unique_id = principal.account;
  } else if (IsNamed(arn.resource, "user/")) {
    principal.kind = CallerKind::kUser;
    principal.name = LastPart(arn.resource);
  } else if (IsNamed(arn.resource, "role/")) {
    principal.kind = CallerKind::kRoleSession;
    principal.issuer_arn = principal.arn;
    principal.name = LastPart(arn.resource);
  } else {
    return std::nullopt;
  }
  return principal;
}

std::optional<NamedPrincipal> FromStsArn(std::string_view text, const Arn& arn) {
  NamedPrincipal principal{.account = std::string(arn.account), .arn = std::string(text)};
  constexpr std::string_view session = "assumed-role/";
  constexpr std::string_view federated = "federated-user/";
  principal.name = LastPart(arn.resource);
  if (IsNamed(arn.resource, session)) {
    const std::string_view role_and_session = arn.resource.substr(session.size());
    const std::size_t slash = role_and_session.find('/');
    if (slash == std::string_view::npos || slash == 0) return std::nullopt;
    principal.kind = CallerKind::kRoleSession;
    principal.issuer_arn = "arn:aws:iam::";
    principal.issuer_arn.append(arn.account).append(":role/").append(role_and_session.substr(0, slash));
  } else if (IsNamed(arn.resource, federated)) {
    principal.kind = CallerKind::kFederatedUser;
  } else {
    return std::nullopt;
  }
  return principal;
}

}  // namespace

Principal NamedPrincipal::View() const {
  return {.kind = kind,
          .account = account,
          .arn = arn,
          .issuer_arn = issuer_arn,
          .unique_id = unique_id,
          .name = kind == CallerKind::kService ? std::string_view(name) : std::string_view()};
}

std::optional<NamedPrincipal> ParsePrincipal(std::string_view text) {
  if (text == "*") return NamedPrincipal{};
  if (const auto account = AccountId::Parse(text)) return ParsePrincipal(RootArn(*account));
  if (text.find(':') == std::string_view::npos && text.ends_with(".amazonaws.com")) {
    return NamedPrincipal{.kind = CallerKind::kService, .name = std::string(text)};
  }
  const auto arn = Arn::Parse(text);
  if (!arn || !arn->region.empty() || !AccountId::Parse(arn->account)) return std::nullopt;
  if (arn->service == "iam") return FromIamArn(text, *arn);
  if (arn->service == "sts") return FromStsArn(text, *arn);
  return std::nullopt;
}

void FillPrincipalKeys(const NamedPrincipal& principal, ContextKeys& keys) {
  const auto set = [&](std::string_view name, std::string_view value) {
    if (!value.empty() && !keys.Find(name)) keys.Set(name, value);
  };
  const auto is = [&](CallerKind kind) { return principal.kind == kind; };
  set("aws:PrincipalAccount", principal.account);
  set("aws:PrincipalArn", is(CallerKind::kRoleSession) ? principal.issuer_arn : principal.arn);
  switch (principal.kind) {
    case CallerKind::kRoot:
      set("aws:PrincipalType", "Account");
      set("aws:userid", principal.account);
      break;
    case CallerKind::kUser:
      set("aws:PrincipalType", "User");
      set("aws:username", principal.name);
      set("aws:userid", principal.unique_id);
      break;
    case CallerKind::kRoleSession:
      set("aws:PrincipalType", "AssumedRole");
      break;
    case CallerKind::kFederatedUser:
      set("aws:PrincipalType", "FederatedUser");
      break;
    case CallerKind::kService:
      set("aws:PrincipalServiceName", principal.name);
      set("aws:PrincipalIsAWSService", "true");
      break;
    case CallerKind::kAnonymous:
    case CallerKind::kOutsider:
      set("aws:PrincipalType", "Anonymous");
      break;
  }
}

}  // namespace claviger::authz
