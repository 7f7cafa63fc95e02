#include "ops/iam/context_keys.h"

#include <optional>
#include <set>
#include <string>

#include "aws/arn.h"
#include "base/text.h"
#include "directory/principal_policies.h"
#include "gen/iam/operations.h"
#include "policy/parse.h"
#include "policy/template.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

// The keys of several documents, each once (ignoring case), in the order they appear.
class KeyCollector {
 public:
  Result<> Add(std::string_view text) {
    const auto document = policy::Parse(text, policy::Kind::kAny);
    if (!document.ok()) return Fail(ErrorCode::kInvalidInput, document.error().message);
    for (std::string& key : policy::ContextKeysOf(**document)) {
      if (seen_.insert(AsciiLower(key)).second) keys_.push_back(std::move(key));
    }
    return {};
  }

  [[nodiscard]] std::vector<std::string> Take() { return std::move(keys_); }

 private:
  std::set<std::string> seen_;
  std::vector<std::string> keys_;
};

Result<GetContextKeysForCustomPolicyResponse> GetContextKeysForCustomPolicy(
    OperationContext&, const GetContextKeysForCustomPolicyRequest& request) {
  KeyCollector keys;
  for (const std::string& text : request.policy_input_list) TRY(keys.Add(text));
  return GetContextKeysForCustomPolicyResponse{.context_key_names = keys.Take()};
}

Failure<Error> NoSuchEntity() { return Fail(ErrorCode::kNoSuchEntity, "Unable to retrieve specified IAM entity."); }

// Whether what a name led to is really what the ARN names.
template <class T>
bool IsNamedBy(std::string_view arn, AccountId account, std::string_view type, const std::optional<T>& found) {
  return found && IamArn(account, type, found->path, found->name) == arn;
}

// The policies of the user, group or role of this ARN. A user's include those of its groups.
Result<directory::PrincipalPolicies> PoliciesOf(OperationContext& context, const std::string& arn) {
  const auto parsed = Arn::Parse(arn);
  const auto is = [&](std::string_view type) { return parsed->resource.starts_with(type); };
  if (!parsed || parsed->service != "iam" || !(is("user/") || is("group/") || is("role/"))) {
    return Fail(ErrorCode::kInvalidInput, "Invalid ARN provided in the request: " + arn);
  }
  const AccountId account = context.account();
  if (parsed->account != account.ToString()) return NoSuchEntity();
  directory::Directory& directory = context.directory;
  const std::string name = arn.substr(arn.rfind('/') + 1);
  if (is("user/")) {
    const auto user = TRY(directory.users.Find(name));
    if (!IsNamedBy(arn, account, "user", user)) return NoSuchEntity();
    return directory::LoadPrincipalPolicies(directory, PrincipalType::kUser, user->id);
  }
  if (is("role/")) {
    const auto role = TRY(directory.roles.Find(name));
    if (!IsNamedBy(arn, account, "role", role)) return NoSuchEntity();
    return directory::LoadPrincipalPolicies(directory, PrincipalType::kAssumedRole, role->id);
  }
  const auto group = TRY(directory.groups.Find(name));
  if (!IsNamedBy(arn, account, "group", group)) return NoSuchEntity();
  return directory::LoadGroupPolicies(directory, *group);
}

Result<GetContextKeysForPrincipalPolicyResponse> GetContextKeysForPrincipalPolicy(
    OperationContext& context, const GetContextKeysForPrincipalPolicyRequest& request) {
  const directory::PrincipalPolicies policies = TRY(PoliciesOf(context, request.policy_source_arn));
  KeyCollector keys;
  for (const directory::PolicyText& policy : policies.identity) TRY(keys.Add(policy.document));
  if (policies.boundary) TRY(keys.Add(policies.boundary->document));
  if (request.policy_input_list) {
    for (const std::string& text : *request.policy_input_list) TRY(keys.Add(text));
  }
  return GetContextKeysForPrincipalPolicyResponse{.context_key_names = keys.Take()};
}

}  // namespace

void RegisterContextKeyOperations(Operations& operations) {
  operations.Add<api::GetContextKeysForCustomPolicy>(GetContextKeysForCustomPolicy);
  operations.Add<api::GetContextKeysForPrincipalPolicy>(GetContextKeysForPrincipalPolicy);
}

}  // namespace claviger::ops::iam
