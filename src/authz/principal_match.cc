#include "authz/principal_match.h"

#include <algorithm>
#include <string_view>

namespace claviger::authz {
namespace {

using policy::PrincipalKind;

bool IsAccount(std::string_view text) {
  return text.size() == 12 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The account that "123456789012" or "arn:aws:iam::123456789012:root" stands for; empty for anything else.
std::string_view AccountOf(std::string_view value) {
  if (IsAccount(value)) return value;
  constexpr std::string_view root = ":root";
  constexpr std::string_view iam_service = ":iam::";
  if (!value.starts_with("arn:aws") || !value.ends_with(root)) return {};
  const std::size_t iam = value.find(iam_service);
  if (iam == std::string_view::npos || value.find(':', 4) != iam) return {};
  const std::string_view account =
      value.substr(iam + iam_service.size(), value.size() - iam - iam_service.size() - root.size());
  return IsAccount(account) ? account : std::string_view();
}

bool Same(std::string_view entry, std::string_view name) { return !name.empty() && entry == name; }

bool HasAccount(const Principal& principal) { return !principal.account.empty(); }

}  // namespace

CompiledPrincipals::CompiledPrincipals(const policy::PrincipalElement& element)
    : negated_(element.negated), everyone_(element.everyone) {
  for (const policy::Principal& principal : element.principals) {
    switch (principal.kind) {
      case PrincipalKind::kAws:
        if (principal.value == "*") {
          everyone_ = true;
        } else if (const std::string_view account = AccountOf(principal.value); !account.empty()) {
          entries_.push_back({Form::kAccount, std::string(account)});
        } else {
          entries_.push_back({Form::kArnOrId, principal.value});
        }
        break;
      case PrincipalKind::kService:
        entries_.push_back({Form::kService, principal.value});
        break;
      case PrincipalKind::kFederated:
        entries_.push_back({Form::kFederated, principal.value});
        break;
      case PrincipalKind::kCanonicalUser:
        entries_.push_back({Form::kCanonicalUser, principal.value});
        break;
    }
  }
}

CompiledPrincipals::Names CompiledPrincipals::Find(const Principal& principal) const {
  using enum CallerKind;
  Names names{.everyone = everyone_};
  for (const Entry& entry : entries_) {
    switch (entry.form) {
      case Form::kAccount:
        names.account = names.account || (HasAccount(principal) && entry.value == principal.account);
        break;
      case Form::kCanonicalUser:
        names.account = names.account || (HasAccount(principal) && Same(entry.value, principal.canonical_user_id));
        break;
      case Form::kArnOrId: {
        const bool own_id = Same(entry.value, principal.unique_id);
        if (principal.kind == kUser) names.direct = names.direct || own_id || Same(entry.value, principal.arn);
        if (principal.kind == kRoleSession || principal.kind == kFederatedUser) {
          names.issuer = names.issuer || own_id || Same(entry.value, principal.issuer_arn);
          names.direct = names.direct || Same(entry.value, principal.arn);
        }
        break;
      }
      case Form::kService:
        names.direct = names.direct || (principal.kind == kService && Same(entry.value, principal.name));
        break;
      case Form::kFederated:
        names.direct = names.direct || (principal.kind == kOutsider && Same(entry.value, principal.name));
        break;
    }
  }
  return names;
}

Naming CompiledPrincipals::NamedByAllow(const Principal& principal) const {
  const Names names = Find(principal);
  const bool everyone_counts = principal.kind != CallerKind::kOutsider;
  if (negated_) {
    const bool listed = names.everyone || names.account || names.issuer || names.direct;
    return !listed && everyone_counts ? Naming::kEveryone : Naming::kNone;
  }
  if (names.direct) return Naming::kDirect;
  if (names.everyone && everyone_counts) return Naming::kEveryone;
  if (names.issuer) return Naming::kIssuer;
  return names.account ? Naming::kAccount : Naming::kNone;
}

bool CompiledPrincipals::CoveredByDeny(const Principal& principal) const {
  const Names names = Find(principal);
  if (!negated_) return names.everyone || names.account || names.issuer || names.direct;
  if (names.everyone) return false;
  switch (principal.kind) {
    case CallerKind::kAnonymous:
      return true;
    case CallerKind::kRoot:
      return !names.account;
    case CallerKind::kUser:
    case CallerKind::kFederatedUser:
      return !(names.account && names.direct);
    case CallerKind::kRoleSession:
      return !(names.account && names.issuer && names.direct);
    case CallerKind::kService:
    case CallerKind::kOutsider:
      return !names.direct;
  }
  return true;
}

}  // namespace claviger::authz
