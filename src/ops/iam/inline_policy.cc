#include "ops/iam/inline_policy.h"

#include <algorithm>

#include "base/text.h"
#include "gen/iam/operations.h"
#include "ops/iam/entity.h"
#include "ops/iam/policy_lookup.h"
#include "ops/iam/show.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::InlinePolicyInfo;

Failure<Error> NoSuchInlinePolicy(const directory::Entity& entity, const std::string& name) {
  return Fail(ErrorCode::kNoSuchEntity,
              "The " + std::string(KindName(entity.kind)) + " policy with name " + name + " cannot be found.");
}

template <class Response>
void SetEntityName(const directory::Entity& entity, Response& response) {
  if constexpr (requires { response.user_name; }) {
    response.user_name = entity.name;
  } else if constexpr (requires { response.group_name; }) {
    response.group_name = entity.name;
  } else {
    response.role_name = entity.name;
  }
}

template <class Operation>
Result<typename Operation::Response> Put(OperationContext& context, const typename Operation::Request& request) {
  const directory::Entity entity = TRY(GetModifiableEntity(context, request));
  TRY(ParseDocument(request.policy_document, policy::Kind::kInline));
  TRY(context.directory.holdings.PutInline(entity, request.policy_name, request.policy_document));
  return typename Operation::Response{};
}

template <class Operation>
Result<typename Operation::Response> Get(OperationContext& context, const typename Operation::Request& request) {
  const directory::Entity entity = TRY(GetEntity(context, request));
  const directory::Holdings holdings = TRY(context.directory.holdings.Get(entity.id));
  const auto info = std::ranges::find_if(holdings.inline_policies, [&](const InlinePolicyInfo& candidate) {
    return EqualsIgnoreCase(candidate.name, request.policy_name);
  });
  const auto document = TRY(context.directory.holdings.FindInline(entity.id, request.policy_name));
  if (info == holdings.inline_policies.end() || !document) return NoSuchInlinePolicy(entity, request.policy_name);
  typename Operation::Response response;
  SetEntityName(entity, response);
  response.policy_name = info->name;
  response.policy_document = EncodedDocument(*document);
  return response;
}

template <class Operation>
Result<typename Operation::Response> Delete(OperationContext& context, const typename Operation::Request& request) {
  const directory::Entity entity = TRY(GetModifiableEntity(context, request));
  if (!TRY(context.directory.holdings.RemoveInline(entity, request.policy_name))) {
    return NoSuchInlinePolicy(entity, request.policy_name);
  }
  return typename Operation::Response{};
}

template <class Operation>
Result<typename Operation::Response> List(OperationContext& context, const typename Operation::Request& request) {
  const directory::Entity entity = TRY(GetEntity(context, request));
  typename Operation::Response response;
  TRY(ShowPage(
      context, Operation::Info().name, request, TRY(context.directory.holdings.Get(entity.id)).inline_policies,
      [](const InlinePolicyInfo& info) { return AsciiLower(info.name); },
      [&](const InlinePolicyInfo& info) { response.policy_names.push_back(info.name); }, response));
  return response;
}

}  // namespace

void RegisterInlinePolicyOperations(Operations& operations) {
  operations.Add<api::PutUserPolicy>(Put<api::PutUserPolicy>);
  operations.Add<api::PutGroupPolicy>(Put<api::PutGroupPolicy>);
  operations.Add<api::PutRolePolicy>(Put<api::PutRolePolicy>);
  operations.Add<api::GetUserPolicy>(Get<api::GetUserPolicy>);
  operations.Add<api::GetGroupPolicy>(Get<api::GetGroupPolicy>);
  operations.Add<api::GetRolePolicy>(Get<api::GetRolePolicy>);
  operations.Add<api::DeleteUserPolicy>(Delete<api::DeleteUserPolicy>);
  operations.Add<api::DeleteGroupPolicy>(Delete<api::DeleteGroupPolicy>);
  operations.Add<api::DeleteRolePolicy>(Delete<api::DeleteRolePolicy>);
  operations.Add<api::ListUserPolicies>(List<api::ListUserPolicies>);
  operations.Add<api::ListGroupPolicies>(List<api::ListGroupPolicies>);
  operations.Add<api::ListRolePolicies>(List<api::ListRolePolicies>);
}

}  // namespace claviger::ops::iam
