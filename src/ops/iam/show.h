// What the directory holds in the form that IAM's answers have: the parts that several operations share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "directory/directory.h"
#include "gen/iam/types.h"
#include "ops/context.h"

namespace claviger::ops::iam {

// As lists show them: what only some answers have is for those to add.
gen::iam::User ToApi(AccountId account, const directory::User& user);
// With all that is known of it, as Get answers do: tags, boundary, last sign-in.
Result<gen::iam::User> ShowUser(OperationContext& context, const directory::User& user);
// The account's root user, which has neither name nor path.
Result<gen::iam::User> ShowRoot(OperationContext& context);
gen::iam::Group ToApi(AccountId account, const directory::Group& group);
gen::iam::Role ToApi(AccountId account, const directory::Role& role, std::string_view trust_policy);
// With the trust policy as its principals are called today.
Result<gen::iam::Role> ToApi(OperationContext& context, const directory::Role& role);
// With the role that it holds.
Result<gen::iam::InstanceProfile> ToApi(OperationContext& context, const directory::InstanceProfile& profile);

// How many entities have a managed policy.
struct PolicyUseCounts {
  std::uint64_t attached = 0;
  std::uint64_t boundary = 0;
};
Result<PolicyUseCounts> CountUses(OperationContext& context, const directory::Policy& policy);
gen::iam::Policy ToApi(const OperationContext& context, const directory::Policy& policy, const PolicyUseCounts& counts);
// Without its document.
gen::iam::PolicyVersion ToApi(const directory::Policy& policy, const directory::PolicyVersion& version);

// When a role was last used; empty when that is too long ago to be remembered.
Result<gen::iam::RoleLastUsed> LastUsed(OperationContext& context, const directory::Role& role);

// Tags where their absence is shown by the absence of the element.
std::optional<std::vector<gen::iam::Tag>> TagsUnlessEmpty(const std::vector<Tag>& tags);
std::vector<gen::iam::Tag> ToApi(const std::vector<Tag>& tags);

// The same where an answer shows them in the order of their keys, none by an empty element.
std::vector<gen::iam::Tag> SortedTags(std::vector<Tag> tags);

// A policy document as every answer has it: the submitted text, percent-encoded. This is the one place that does.
std::string EncodedDocument(std::string_view document);

// The permissions boundary of this unique id; absent for the empty one.
Result<std::optional<gen::iam::AttachedPermissionsBoundary>> BoundaryToApi(OperationContext& context,
                                                                           std::string_view policy_id);

}  // namespace claviger::ops::iam
