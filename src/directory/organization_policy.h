// The control policies of an organization: what is attached where, and all that bears on an account.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "directory/organization.h"

namespace claviger::directory {

inline constexpr std::string_view kFullAwsAccess = "p-FullAWSAccess";
inline constexpr std::string_view kRcpFullAwsAccess = "p-RCPFullAWSAccess";

// The policies that AWS manages: one of each type, which allows everything. They are not stored.
const std::vector<ControlPolicy>& ManagedControlPolicies();
// The one that every root, unit and account begins with.
const ControlPolicy& DefaultControlPolicy(ControlPolicyType type);

// "service_control_policy", as in ARNs.
std::string_view TypeInArn(ControlPolicyType type);
std::string ArnOf(const Organization& organization, AccountId management, const ControlPolicy& policy);

// Attachments of one organization.
class ControlAttachments {
 public:
  explicit ControlAttachments(OrganizationDirectory& organization) : organization_(organization) {}

  // AWS's own, or one of the organization's.
  Result<std::optional<ControlPolicy>> FindPolicy(std::string_view id);
  // Those of a type that a root, unit or account has, AWS's own first.
  Result<std::vector<ControlPolicy>> AttachedTo(std::string_view target, ControlPolicyType type);
  Result<std::vector<std::string>> TargetsOf(std::string_view policy);
  Result<bool> IsAttached(std::string_view policy, std::string_view target);
  void Attach(std::string_view policy, std::string_view target);
  void Detach(std::string_view policy, std::string_view target);
  // Of all types, from a target that goes away.
  Result<> DetachAll(std::string_view target);
  // The default policies of the types that are enabled, to a target that is new.
  void AttachDefaults(const Organization& organization, std::string_view target);

 private:
  Result<std::vector<std::string>> IdsAttachedTo(std::string_view target);

  OrganizationDirectory& organization_;
};

// The text of one control policy, with its ARN.
struct ControlText {
  std::string id;
  std::string arn;
  std::string content;
};

// All that bears on an account: for each type that is enabled, the policies of each level from the root to the account.
struct AccountControls {
  bool closed = false;
  bool is_management = false;
  std::string organization_id;    // Empty: in none.
  std::string organization_path;  // "o-a/r-b/ou-b-c/", as aws:PrincipalOrgPaths has it.
  std::vector<std::vector<ControlText>> service_control;
  std::vector<std::vector<ControlText>> resource_control;
};

// Of any account; without policies for one that is in no organization, and for the management account.
Result<AccountControls> LoadAccountControls(const Context& context, AccountId account);

}  // namespace claviger::directory
