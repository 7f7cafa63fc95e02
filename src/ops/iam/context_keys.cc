#include "ops/iam/context_keys.h"

#include <set>
#include <string>

#include "base/text.h"
#include "gen/iam/operations.h"
#include "ops/iam/policy_source.h"
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

Result<GetContextKeysForPrincipalPolicyResponse> GetContextKeysForPrincipalPolicy(
    OperationContext& context, const GetContextKeysForPrincipalPolicyRequest& request) {
  const directory::PrincipalPolicies policies = TRY(GetPolicyHolder(context, request.policy_source_arn)).policies;
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
