#include "ops/iam/organizations_access_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gen/organizations/operations.h"
#include "ops/iam/last_accessed.h"
#include "ops/iam/reachable_services.h"
#include "ops/organizations/account.h"
#include "ops/organizations/attachment.h"
#include "ops/organizations/organization.h"
#include "ops/organizations/policy.h"
#include "ops/organizations/unit.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of these tests.
namespace organizations = gen::organizations::api;
using testing::ElementsAre;

constexpr char kScp[] = "SERVICE_CONTROL_POLICY";

std::string Policy(std::string_view effect, std::string_view actions) {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":")" + std::string(effect) + R"(","Action":)" +
         std::string(actions) + R"(,"Resource":"*"}]})";
}

// An organization with the unit "prod", in it the account `prod`, and the account `dev` beside it.
class OrganizationsAccessReport : public testing::Test {
 protected:
  OrganizationsAccessReport() {
    directory::Attempt attempt(service.world);
    EXPECT_THAT(directory::InsertAccount(attempt.transaction(), {.id = kAccount, .created = kNow}), Succeeds());
    EXPECT_TRUE(attempt.Commit());
  }
  void MakeOrganization(bool enabled = true) {
    organization = *service.Call<organizations::CreateOrganization>()->organization->id;
    root = *service.Call<organizations::ListRoots>()->roots->front().id;
    unit = *service.Call<organizations::CreateOrganizationalUnit>({.parent_id = root, .name = "prod"})
                ->organizational_unit->id;
    prod = MakeAccount("prod");
    dev = MakeAccount("dev");
    ASSERT_THAT(service.Call<organizations::MoveAccount>(
                    {.account_id = prod, .source_parent_id = root, .destination_parent_id = unit}),
                Succeeds());
    if (enabled) {
      ASSERT_THAT(service.Call<organizations::EnablePolicyType>({.root_id = root, .policy_type = kScp}), Succeeds());
    }
  }
  std::string MakeAccount(const std::string& name) {
    return *service.Call<organizations::CreateAccount>({.email = name + "@example.com", .account_name = name})
                ->create_account_status->account_id;
  }
  std::string Attach(const std::string& content, const std::string& target) {
    const auto made = service.Call<organizations::CreatePolicy>(
        {.content = content, .description = "", .name = "p" + std::to_string(++policies), .type = kScp});
    EXPECT_THAT(made, Succeeds());
    std::string id = *made->policy->policy_summary->id;
    if (!target.empty()) {
      EXPECT_THAT(service.Call<organizations::AttachPolicy>({.policy_id = id, .target_id = target}), Succeeds());
    }
    return id;
  }
  void Use(const std::string& account, std::string_view action, TimePoint time) {
    directory::Attempt attempt(service.world, *AccountId::Parse(account));
    ASSERT_THAT(
        attempt.directory.action_uses.Record(PrincipalType::kRoot, directory::kRootOwner, action, time, "eu-west-1"),
        Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  std::string Path(const std::string& below) { return organization + "/" + root + below; }
  Result<GenerateOrganizationsAccessReportResponse> Generate(const std::string& path,
                                                             std::optional<std::string> policy = {}) {
    return service.Call<api::GenerateOrganizationsAccessReport>(
        {.entity_path = path, .organizations_policy_id = std::move(policy)});
  }
  GetOrganizationsAccessReportResponse Report(const std::string& path, std::optional<std::string> policy = {},
                                              std::optional<std::string> sort = {}) {
    const auto generated = Generate(path, std::move(policy));
    EXPECT_THAT(generated, Succeeds());
    const auto report =
        service.Call<api::GetOrganizationsAccessReport>({.job_id = *generated->job_id, .sort_key = std::move(sort)});
    EXPECT_THAT(report, Succeeds());
    return *report;
  }
  static std::vector<std::string> Services(const GetOrganizationsAccessReportResponse& report) {
    std::vector<std::string> services;
    for (const AccessDetail& detail : *report.access_details) services.push_back(detail.service_namespace);
    return services;
  }

  int policies = 0;
  std::string organization;
  std::string root;
  std::string unit;
  std::string prod;
  std::string dev;
  Service service{RegisterOrganizationsAccessReportOperations,        RegisterLastAccessedOperations,
                  ops::organizations::RegisterAccountOperations,      ops::organizations::RegisterAttachmentOperations,
                  ops::organizations::RegisterOrganizationOperations, ops::organizations::RegisterPolicyOperations,
                  ops::organizations::RegisterUnitOperations};
};

TEST_F(OrganizationsAccessReport, TellsWhenAccountsLastReachedWhatTheyMay) {
  MakeOrganization();
  const TimePoint used = kNow - std::chrono::hours(5);
  Use(prod, "iam:GetUser", used);
  Use(prod, "iam:ListUsers", used + std::chrono::hours(1));
  Use(dev, "iam:GetUser", used);
  Use(kAccount.ToString(), "sts:GetCallerIdentity", used);  // Bound by no policy, and not counted.
  const auto report = Report(Path(""));
  EXPECT_EQ(report.job_status, "COMPLETED");
  EXPECT_EQ(report.job_creation_date, kNow);
  EXPECT_EQ(report.number_of_services_accessible, 4);
  EXPECT_EQ(report.number_of_services_not_accessed, 3);
  EXPECT_EQ(report.is_truncated, false);
  EXPECT_THAT(Services(report), ElementsAre("cloudtrail", "iam", "organizations", "sts"));
  EXPECT_EQ(report.access_details->at(1), (AccessDetail{.service_name = "AWS Identity and Access Management",
                                                        .service_namespace = "iam",
                                                        .region = "eu-west-1",
                                                        .entity_path = Path("/" + unit + "/" + prod),
                                                        .last_authenticated_time = used + std::chrono::hours(1),
                                                        .total_authenticated_entities = 2}));
  EXPECT_EQ(report.access_details->at(3).total_authenticated_entities, 0);
  EXPECT_FALSE(report.access_details->at(3).entity_path || report.access_details->at(3).last_authenticated_time);
  EXPECT_EQ(Report(Path("/" + unit)).access_details->at(1).total_authenticated_entities, 1);
  EXPECT_EQ(Report(Path("/" + dev)).access_details->at(1).entity_path, Path("/" + dev));
}

TEST_F(OrganizationsAccessReport, ListsWhatEveryLevelLetsThrough) {
  MakeOrganization();
  Attach(Policy("Deny", R"("iam:*")"), unit);
  Attach(Policy("Deny", R"("sts:GetCallerIdentity")"), unit);
  EXPECT_THAT(Services(Report(Path("/" + unit + "/" + prod))), ElementsAre("cloudtrail", "organizations", "sts"));
  EXPECT_THAT(Services(Report(Path("/" + unit))), ElementsAre("cloudtrail", "organizations", "sts"));
  EXPECT_THAT(Services(Report(Path(""))), ElementsAre("cloudtrail", "iam", "organizations", "sts"));
  Attach(Policy("Allow", R"(["iam:*", "sts:*", "sqs:*"])"), prod);
  ASSERT_THAT(service.Call<organizations::DetachPolicy>({.policy_id = "p-FullAWSAccess", .target_id = prod}),
              Succeeds());
  EXPECT_THAT(Services(Report(Path("/" + unit + "/" + prod))), ElementsAre("sqs", "sts"));
}

TEST_F(OrganizationsAccessReport, OfAPolicyIsAboutTheAccountsThatItBearsOn) {
  MakeOrganization();
  const std::string policy = Attach(Policy("Allow", R"("iam:*")"), unit);
  const std::string spare = Attach(Policy("Allow", R"("sts:*")"), "");
  for (const std::string& account : {prod, dev}) Use(account, "iam:GetUser", kNow);
  const auto report = Report(Path(""), policy);
  EXPECT_THAT(Services(report), ElementsAre("iam"));
  EXPECT_EQ(report.access_details->at(0).total_authenticated_entities, 1);
  EXPECT_EQ(Report(Path("/" + dev), policy).number_of_services_not_accessed, 1) << "it is not attached there";
  EXPECT_EQ(Report(Path(""), spare).number_of_services_not_accessed, 1);
  EXPECT_THAT(Generate(Path(""), "p-nosuchpolicy"),
              FailsWith(ErrorCode::kInvalidInput, "The organization has no service control policy p-nosuchpolicy."));
}

TEST_F(OrganizationsAccessReport, OfTheManagementAccountPassesPoliciesOver) {
  MakeOrganization();
  const std::string policy = Attach(Policy("Allow", R"("iam:*")"), root);
  Use(kAccount.ToString(), "sts:GetCallerIdentity", kNow);
  Use(kAccount.ToString(), "iam:GetUser", kNow - std::chrono::days(401));
  const auto report = Report(Path("/" + kAccount.ToString()), policy);
  EXPECT_EQ(report.number_of_services_accessible, 4);
  EXPECT_EQ(report.number_of_services_not_accessed, 3) << "what is long ago is forgotten";
  EXPECT_EQ(report.access_details->at(3).entity_path, Path("/" + kAccount.ToString()));
}

TEST_F(OrganizationsAccessReport, IsSortedAndPaged) {
  MakeOrganization();
  Use(prod, "sts:GetCallerIdentity", kNow - std::chrono::hours(2));
  Use(prod, "iam:GetUser", kNow - std::chrono::hours(1));
  const auto services = [&](const std::string& sort) { return Services(Report(Path(""), {}, sort)); };
  EXPECT_THAT(services("SERVICE_NAMESPACE_ASCENDING"), ElementsAre("cloudtrail", "iam", "organizations", "sts"));
  EXPECT_THAT(services("SERVICE_NAMESPACE_DESCENDING"), ElementsAre("sts", "organizations", "iam", "cloudtrail"));
  EXPECT_THAT(services("LAST_AUTHENTICATED_TIME_ASCENDING"), ElementsAre("cloudtrail", "organizations", "sts", "iam"));
  EXPECT_THAT(services("LAST_AUTHENTICATED_TIME_DESCENDING"), ElementsAre("iam", "sts", "cloudtrail", "organizations"));
  const std::string job = *Generate(Path(""))->job_id;
  const std::string by_time = "LAST_AUTHENTICATED_TIME_DESCENDING";
  const auto first =
      service.Call<api::GetOrganizationsAccessReport>({.job_id = job, .max_items = 3, .sort_key = by_time});
  EXPECT_THAT(Services(*first), ElementsAre("iam", "sts", "cloudtrail"));
  EXPECT_EQ(first->is_truncated, true);
  EXPECT_EQ(first->number_of_services_accessible, 4);
  const auto second =
      service.Call<api::GetOrganizationsAccessReport>({.job_id = job, .marker = first->marker, .sort_key = by_time});
  EXPECT_THAT(Services(*second), ElementsAre("organizations"));
  EXPECT_EQ(second->is_truncated, false);
  EXPECT_THAT(service.Call<api::GetOrganizationsAccessReport>({.job_id = job, .marker = first->marker}),
              FailsWith(ErrorCode::kValidationError, "Invalid Marker."))
      << "a marker is of one order";
}

TEST_F(OrganizationsAccessReport, IsTheManagementAccountsAlone) {
  constexpr char kNotManagement[] = "Only the management account of an organization can have this report.";
  EXPECT_THAT(Generate("o-aaaaaaaaaa/r-aaaa"), FailsWith(ErrorCode::kAccessDenied, kNotManagement));
  MakeOrganization();
  const std::string job = *Generate(Path(""))->job_id;
  service.caller = RootCaller(*AccountId::Parse(prod));
  EXPECT_THAT(Generate(Path("")), FailsWith(ErrorCode::kAccessDenied, kNotManagement));
  EXPECT_THAT(service.Call<api::GetOrganizationsAccessReport>({.job_id = job}),
              FailsWith(ErrorCode::kNoSuchEntity, "The job with id " + job + " cannot be found."));
}

TEST_F(OrganizationsAccessReport, NeedsAPathOfTheOrganizationAndAKnownJob) {
  MakeOrganization();
  for (const std::string& path :
       {Path("/ou-aaaa-aaaaaaaa"), Path("/" + prod), Path("/" + unit + "/" + dev), "o-aaaaaaaaaa/" + root, Path("/"),
        Path("/" + unit + "/" + root), Path("/999999999999")}) {
    EXPECT_THAT(Generate(path),
                FailsWith(ErrorCode::kInvalidInput, "The organization has nothing at the path " + path + "."));
  }
  const std::string job(36, 'a');
  EXPECT_THAT(service.Call<api::GetOrganizationsAccessReport>({.job_id = job}),
              FailsWith(ErrorCode::kNoSuchEntity, "The job with id " + job + " cannot be found."));
  const std::string of_organization = *Generate(Path(""))->job_id;
  EXPECT_THAT(service.Call<api::GetServiceLastAccessedDetails>({.job_id = of_organization}),
              FailsWith(ErrorCode::kNoSuchEntity, "The job with id " + of_organization + " cannot be found."));
}

TEST_F(OrganizationsAccessReport, NeedsServiceControlPolicies) {
  MakeOrganization(/*enabled=*/false);
  EXPECT_THAT(Generate(Path("")),
              FailsWith(ErrorCode::kInvalidInput,
                        "Service control policies are not enabled for the root of the organization."));
}

TEST(ServicesLeftBy, TakesAwayOnlyWhatIsDeniedForAll) {
  const auto catalogue = directory::ServiceCatalogue::Parse(
      R"([{"namespace":"s3","name":"Amazon S3","actions":["GetObject","PutObject"]}])");
  ASSERT_TRUE(catalogue.ok());
  const auto has_s3 = [&](const std::vector<ControlLevel>& levels) {
    const auto services = ServicesLeftBy(levels, *catalogue);
    return std::ranges::count(services, "s3") == 1;
  };
  const std::string all = Policy("Allow", R"("*")");
  EXPECT_TRUE(has_s3({}));
  EXPECT_FALSE(has_s3({{}})) << "nothing is allowed by no policy";
  EXPECT_TRUE(has_s3({{all}, {all, Policy("Deny", R"("s3:Get*")")}}));
  EXPECT_FALSE(has_s3({{all, Policy("Deny", R"("s3:Put*")")}, {all, Policy("Deny", R"("s3:Get*")")}}));
  EXPECT_FALSE(has_s3({{Policy("Allow", R"("s3:Put*")")}, {Policy("Allow", R"("s3:Get*")")}}));
  EXPECT_TRUE(has_s3({{all, R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*",)"
                            R"("Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}]})"}}));
  EXPECT_TRUE(has_s3({{all, R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*",)"
                            R"("Resource":"arn:aws:s3:::secret/*"}]})"}}));
  EXPECT_FALSE(has_s3(
      {{all, R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}]})"}}));
}

}  // namespace
}  // namespace claviger::ops::iam
