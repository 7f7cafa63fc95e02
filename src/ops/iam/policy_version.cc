#include "ops/iam/policy_version.h"

#include <string>

#include "directory/counter.h"
#include "gen/iam/operations.h"
#include "ops/iam/policy_lookup.h"
#include "ops/iam/show.h"
#include "ops/paging.h"
#include "policy/limits.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Failure<Error> NoSuchVersion(const std::string& arn, const std::string& version_id) {
  return Fail(ErrorCode::kNoSuchEntity,
              "Policy " + arn + " version " + version_id + " does not exist or is not attachable.");
}

struct FoundVersion {
  directory::Policy policy;
  directory::PolicyVersion version;
};

// Errors: NoSuchEntity, in the same words whether policy or version is missing.
Result<FoundVersion> GetVersion(OperationContext& context, const std::string& arn, const std::string& version_id) {
  auto policy = TRY(context.directory.policies.FindByArn(arn));
  const auto number = directory::ParseVersionName(version_id);
  if (!policy || !number) return NoSuchVersion(arn, version_id);
  auto version = TRY(context.directory.policies.FindVersion(*policy, *number));
  if (!version) return NoSuchVersion(arn, version_id);
  return FoundVersion{.policy = std::move(*policy), .version = std::move(*version)};
}

Result<CreatePolicyVersionResponse> CreatePolicyVersion(OperationContext& context,
                                                        const CreatePolicyVersionRequest& request) {
  TRY(CheckOwnPolicy(context, request.policy_arn, "create policy versions for"));
  directory::Policy policy = TRY(GetAttachablePolicy(context, request.policy_arn));
  TRY(ParseDocument(request.policy_document, policy::Kind::kManaged));
  const std::uint64_t quota = context.directory.context.quotas.managed_policy_characters;
  if (policy::CountedCharacters(request.policy_document) > quota) return directory::QuotaExceeded("PolicySize", quota);
  const auto version = TRY(context.directory.policies.AddVersion(policy, request.policy_document,
                                                                 request.set_as_default.value_or(false), context.now));
  return CreatePolicyVersionResponse{.policy_version = ToApi(policy, version)};
}

Result<GetPolicyVersionResponse> GetPolicyVersion(OperationContext& context, const GetPolicyVersionRequest& request) {
  const auto [policy, version] = TRY(GetVersion(context, request.policy_arn, request.version_id));
  gen::iam::PolicyVersion api = ToApi(policy, version);
  api.document = EncodedDocument(version.document);
  return GetPolicyVersionResponse{.policy_version = std::move(api)};
}

Result<ListPolicyVersionsResponse> ListPolicyVersions(OperationContext& context,
                                                      const ListPolicyVersionsRequest& request) {
  const directory::Policy policy = TRY(GetAttachablePolicy(context, request.policy_arn));
  ListPolicyVersionsResponse response;
  auto& versions = response.versions.emplace();
  // Newest first: the position counts down, with as many digits as the highest number has.
  const auto position_of = [](const directory::PolicyVersion& version) {
    return std::to_string(std::uint64_t{9'999'999'999} - version.number);
  };
  TRY(ShowPage(
      context, "ListPolicyVersions", request, TRY(context.directory.policies.ListVersions(policy)), position_of,
      [&](const directory::PolicyVersion& version) { versions.push_back(ToApi(policy, version)); }, response));
  return response;
}

Result<SetDefaultPolicyVersionResponse> SetDefaultPolicyVersion(OperationContext& context,
                                                                const SetDefaultPolicyVersionRequest& request) {
  TRY(CheckOwnPolicy(context, request.policy_arn, "update"));
  const auto [policy, version] = TRY(GetVersion(context, request.policy_arn, request.version_id));
  TRY(context.directory.policies.SetDefaultVersion(policy, version.number, context.now));
  return SetDefaultPolicyVersionResponse{};
}

Result<DeletePolicyVersionResponse> DeletePolicyVersion(OperationContext& context,
                                                        const DeletePolicyVersionRequest& request) {
  TRY(CheckOwnPolicy(context, request.policy_arn, "delete policy versions for"));
  const auto [policy, version] = TRY(GetVersion(context, request.policy_arn, request.version_id));
  if (version.number == policy.default_version) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete the default version of a policy.");
  }
  TRY(context.directory.policies.RemoveVersion(policy, version.number, context.now));
  return DeletePolicyVersionResponse{};
}

}  // namespace

void RegisterPolicyVersionOperations(Operations& operations) {
  operations.Add<api::CreatePolicyVersion>(CreatePolicyVersion);
  operations.Add<api::GetPolicyVersion>(GetPolicyVersion);
  operations.Add<api::ListPolicyVersions>(ListPolicyVersions);
  operations.Add<api::SetDefaultPolicyVersion>(SetDefaultPolicyVersion);
  operations.Add<api::DeletePolicyVersion>(DeletePolicyVersion);
}

}  // namespace claviger::ops::iam
