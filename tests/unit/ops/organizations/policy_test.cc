#include "ops/organizations/policy.h"

#include "organizations_fixture.h"

namespace claviger::ops::organizations {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr char kNoPolicy[] = "You specified a policy that doesn't exist.";
constexpr char kNotEnabled[] = "This operation can be performed only for enabled policy types.";

class ControlPolicy : public OrganizationsTest {
 protected:
  ControlPolicy() { organization_ = MakeOrganization(); }
  std::vector<std::string> NamesOn(const std::string& target, const std::string& type = kScp) {
    std::vector<std::string> names;
    const auto found = service.Call<api::ListPoliciesForTarget>({.target_id = target, .filter = type});
    EXPECT_THAT(found, Succeeds());
    for (const auto& policy : *found->policies) names.push_back(*policy.name);
    return names;
  }
  Result<gen::organizations::AttachPolicyResponse> Attach(const std::string& policy, const std::string& target) {
    return service.Call<api::AttachPolicy>({.policy_id = policy, .target_id = target});
  }
  Result<gen::organizations::DetachPolicyResponse> Detach(const std::string& policy, const std::string& target) {
    return service.Call<api::DetachPolicy>({.policy_id = policy, .target_id = target});
  }
  std::string organization_;
};

TEST_F(ControlPolicy, IsMadeDescribedChangedAndDeleted) {
  const auto made =
      service.Call<api::CreatePolicy>({.content = kDenyIam, .description = "no IAM", .name = "DenyIam", .type = kScp});
  ASSERT_THAT(made, Succeeds());
  const auto& summary = *made->policy->policy_summary;
  EXPECT_THAT(*summary.id, MatchesRegex("p-[0-9a-z]{8}"));
  EXPECT_EQ(summary.arn, "arn:aws:organizations::" + kAccount.ToString() + ":policy/" + organization_ +
                             "/service_control_policy/" + *summary.id);
  EXPECT_EQ(summary.description, "no IAM");
  EXPECT_EQ(summary.aws_managed, false);
  EXPECT_EQ(made->policy->content, kDenyIam);
  EXPECT_EQ(service.Call<api::DescribePolicy>({.policy_id = *summary.id})->policy, made->policy);
  const auto changed = service.Call<api::UpdatePolicy>({.policy_id = *summary.id, .name = "Other"});
  ASSERT_THAT(changed, Succeeds());
  EXPECT_EQ(changed->policy->policy_summary->name, "Other");
  EXPECT_EQ(changed->policy->content, kDenyIam);
  ASSERT_THAT(service.Call<api::DeletePolicy>({.policy_id = *summary.id}), Succeeds());
  EXPECT_THAT(service.Call<api::DescribePolicy>({.policy_id = *summary.id}),
              FailsWith(ErrorCode::kPolicyNotFoundException, kNoPolicy));
}

TEST_F(ControlPolicy, HasContentOfItsType) {
  constexpr char kMalformed[] =
      "The provided policy document does not meet the requirements of the specified policy type.";
  const auto make = [&](const std::string& content, const std::string& type) {
    return service.Call<api::CreatePolicy>({.content = content, .description = "", .name = "x", .type = type});
  };
  EXPECT_THAT(make("{", kScp), FailsWith(ErrorCode::kMalformedPolicyDocumentException, kMalformed));
  EXPECT_THAT(make(kDenyIam, kRcp), FailsWith(ErrorCode::kMalformedPolicyDocumentException, kMalformed));
  EXPECT_THAT(make(kTrustEc2, kScp), FailsWith(ErrorCode::kMalformedPolicyDocumentException, kMalformed));
  EXPECT_THAT(make(kDenyIam + std::string(10240, ' '), kScp),
              Violates(ErrorCode::kConstraintViolationException, "POLICY_CONTENT_LIMIT_EXCEEDED",
                       "You have exceeded the maximum policy size."));
  EXPECT_THAT(make("{}", "TAG_POLICY"), FailsWith(ErrorCode::kPolicyTypeNotAvailableForOrganizationException,
                                                  "The specified policy type is not available for this organization."));
  const std::string id = MakePolicy("good");
  EXPECT_THAT(service.Call<api::UpdatePolicy>({.policy_id = id, .content = "[]"}),
              FailsWith(ErrorCode::kMalformedPolicyDocumentException, kMalformed));
}

TEST_F(ControlPolicy, HasANameOfItsOwn) {
  MakePolicy("a");
  const std::string b = MakePolicy("b");
  constexpr char kDuplicate[] = "A policy with the same name already exists.";
  EXPECT_THAT(service.Call<api::CreatePolicy>({.content = kDenyIam, .description = "", .name = "a", .type = kScp}),
              FailsWith(ErrorCode::kDuplicatePolicyException, kDuplicate));
  EXPECT_THAT(service.Call<api::UpdatePolicy>({.policy_id = b, .name = "a"}),
              FailsWith(ErrorCode::kDuplicatePolicyException, kDuplicate));
  EXPECT_THAT(service.Call<api::UpdatePolicy>({.policy_id = b, .name = "FullAWSAccess"}),
              FailsWith(ErrorCode::kDuplicatePolicyException, kDuplicate));
  service.world.quotas.control_policies_per_organization = 2;
  EXPECT_THAT(service.Call<api::CreatePolicy>({.content = kDenyIam, .description = "", .name = "c", .type = kScp}),
              Violates(ErrorCode::kConstraintViolationException, "POLICY_NUMBER_LIMIT_EXCEEDED",
                       "You have exceeded the number of policies that you can have in an organization."));
}

TEST_F(ControlPolicy, OfAwsIsThereAndCannotBeChanged) {
  const auto full = service.Call<api::DescribePolicy>({.policy_id = "p-FullAWSAccess"});
  ASSERT_THAT(full, Succeeds());
  EXPECT_EQ(full->policy->policy_summary->arn,
            "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess");
  EXPECT_EQ(full->policy->policy_summary->aws_managed, true);
  EXPECT_EQ(full->policy->content, kAllowAll);
  constexpr char kImmutable[] = "You can't modify or delete a policy that is managed by AWS.";
  EXPECT_THAT(service.Call<api::DeletePolicy>({.policy_id = "p-FullAWSAccess"}),
              Violates(ErrorCode::kInvalidInputException, "IMMUTABLE_POLICY", kImmutable));
  EXPECT_THAT(service.Call<api::UpdatePolicy>({.policy_id = "p-RCPFullAWSAccess", .name = "x"}),
              Violates(ErrorCode::kInvalidInputException, "IMMUTABLE_POLICY", kImmutable));
}

TEST_F(ControlPolicy, IsListedByType) {
  const std::string id = MakePolicy("DenyIam");
  const auto listed = [&](const std::string& type) {
    std::vector<std::string> ids;
    const auto found = service.Call<api::ListPolicies>({.filter = type});
    for (const auto& policy : *found->policies) ids.push_back(*policy.id);
    return ids;
  };
  EXPECT_THAT(listed(kScp), ::testing::UnorderedElementsAre("p-FullAWSAccess", id));
  EXPECT_THAT(listed(kRcp), ElementsAre("p-RCPFullAWSAccess"));
  EXPECT_THAT(listed("TAG_POLICY"), IsEmpty());
}

// ---- Types

TEST_F(ControlPolicy, TypeIsEnabledEverywhereWithWhatAllowsEverything) {
  const std::string prod = MakeUnit(Root(), "prod");
  const std::string dev = MakeAccount("dev");
  EXPECT_THAT(NamesOn(Root()), IsEmpty());
  const auto enabled = service.Call<api::EnablePolicyType>({.root_id = Root(), .policy_type = kScp});
  ASSERT_THAT(enabled, Succeeds());
  ASSERT_THAT(*enabled->root->policy_types, SizeIs(1));
  EXPECT_EQ(enabled->root->policy_types->front().type, kScp);
  EXPECT_EQ(enabled->root->policy_types->front().status, "ENABLED");
  for (const std::string& target :
       {Root(), prod, dev, kAccount.ToString(), MakeUnit(prod, "new"), MakeAccount("new")}) {
    EXPECT_THAT(NamesOn(target), ElementsAre("FullAWSAccess")) << target;
  }
  EXPECT_THAT(
      service.Call<api::EnablePolicyType>({.root_id = Root(), .policy_type = kScp}),
      FailsWith(ErrorCode::kPolicyTypeAlreadyEnabledException, "The specified policy type is already enabled."));
}

TEST_F(ControlPolicy, TypeIsDisabledWithAllItsAttachments) {
  Enable();
  Enable(kRcp);
  const std::string id = MakePolicy("DenyIam");
  ASSERT_THAT(Attach(id, Root()), Succeeds());
  ASSERT_THAT(service.Call<api::DisablePolicyType>({.root_id = Root(), .policy_type = kScp}), Succeeds());
  EXPECT_THAT(NamesOn(Root()), IsEmpty());
  EXPECT_THAT(NamesOn(Root(), kRcp), ElementsAre("RCPFullAWSAccess"));
  EXPECT_THAT(service.Call<api::DeletePolicy>({.policy_id = id}), Succeeds());
  EXPECT_THAT(service.Call<api::DisablePolicyType>({.root_id = Root(), .policy_type = kScp}),
              FailsWith(ErrorCode::kPolicyTypeNotEnabledException, kNotEnabled));
  Enable();
  EXPECT_THAT(NamesOn(Root()), ElementsAre("FullAWSAccess"));
}

TEST_F(ControlPolicy, TypeIsEnabledInTheRootThatExists) {
  EXPECT_THAT(service.Call<api::EnablePolicyType>({.root_id = "r-zzzz", .policy_type = kScp}),
              FailsWith(ErrorCode::kRootNotFoundException, "You specified a root that doesn't exist."));
  EXPECT_THAT(service.Call<api::DisablePolicyType>({.root_id = "r-zzzz", .policy_type = kScp}),
              FailsWith(ErrorCode::kRootNotFoundException, "You specified a root that doesn't exist."));
}

// ---- Attachments

TEST_F(ControlPolicy, IsAttachedAndDetached) {
  Enable();
  const std::string id = MakePolicy("DenyIam");
  const std::string dev = MakeAccount("dev");
  ASSERT_THAT(Attach(id, dev), Succeeds());
  EXPECT_THAT(NamesOn(dev), ::testing::UnorderedElementsAre("DenyIam", "FullAWSAccess"));
  const auto targets = service.Call<api::ListTargetsForPolicy>({.policy_id = id});
  ASSERT_THAT(targets, Succeeds());
  ASSERT_THAT(*targets->targets, SizeIs(1));
  EXPECT_EQ(targets->targets->front().target_id, dev);
  EXPECT_EQ(targets->targets->front().name, "dev");
  EXPECT_EQ(targets->targets->front().type, "ACCOUNT");
  EXPECT_THAT(Attach(id, dev), FailsWith(ErrorCode::kDuplicatePolicyAttachmentException,
                                         "A policy with the specified name and type already exists."));
  EXPECT_THAT(service.Call<api::DeletePolicy>({.policy_id = id}),
              FailsWith(ErrorCode::kPolicyInUseException,
                        "The policy is attached to one or more entities. You must detach it from all roots, OUs, and "
                        "accounts before performing this operation."));
  ASSERT_THAT(Detach(id, dev), Succeeds());
  EXPECT_THAT(Detach(id, dev), FailsWith(ErrorCode::kPolicyNotAttachedException,
                                         "The policy isn't attached to the specified target in the specified root."));
}

TEST_F(ControlPolicy, IsAttachedWhereItCanBe) {
  const std::string id = MakePolicy("DenyIam");
  EXPECT_THAT(Attach(id, Root()), FailsWith(ErrorCode::kPolicyTypeNotEnabledException, kNotEnabled));
  Enable();
  constexpr char kNoTarget[] = "You specified a target that doesn't exist.";
  for (const char* target : {"999999999999", "ou-abcd-12345678", "r-zzzz"}) {
    EXPECT_THAT(Attach(id, target), FailsWith(ErrorCode::kTargetNotFoundException, kNoTarget));
    EXPECT_THAT(Detach(id, target), FailsWith(ErrorCode::kTargetNotFoundException, kNoTarget));
  }
  EXPECT_THAT(Attach("p-12345678", Root()), FailsWith(ErrorCode::kPolicyNotFoundException, kNoPolicy));
  EXPECT_THAT(Detach("p-12345678", Root()), FailsWith(ErrorCode::kPolicyNotFoundException, kNoPolicy));
}

TEST_F(ControlPolicy, IsOneOfOneToTen) {
  Enable();
  Enable(kRcp);
  EXPECT_THAT(Detach("p-FullAWSAccess", Root()),
              Violates(ErrorCode::kConstraintViolationException, "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
                       "You cannot remove the last policy attached to the specified target. You must have at least one "
                       "attached at all times."));
  EXPECT_THAT(Detach("p-RCPFullAWSAccess", Root()), Violates(ErrorCode::kInvalidInputException, "NON_DETACHABLE_POLICY",
                                                             "You can't detach the RCPFullAWSAccess policy."));
  for (int i = 1; i < 10; ++i) ASSERT_THAT(Attach(MakePolicy("p" + std::to_string(i)), Root()), Succeeds());
  EXPECT_THAT(Attach(MakePolicy("more"), Root()),
              Violates(ErrorCode::kConstraintViolationException, "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
                       "You have attached the maximum number of policies to the specified target."));
  EXPECT_THAT(Detach("p-FullAWSAccess", Root()), Succeeds());
}

}  // namespace
}  // namespace claviger::ops::organizations
