#include "ops/organizations/account.h"

#include "organizations_fixture.h"

namespace claviger::ops::organizations {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr char kNoAccount[] = "You specified an account that doesn't exist.";

class Account : public OrganizationsTest {
 protected:
  Account() { organization_ = MakeOrganization(); }
  std::string organization_;
};

TEST_F(Account, IsMadeWithARoleForTheManagementAccount) {
  const auto made = service.Call<api::CreateAccount>({.email = "dev@example.com", .account_name = "dev"});
  ASSERT_THAT(made, Succeeds());
  const auto& status = *made->create_account_status;
  EXPECT_THAT(*status.id, MatchesRegex("car-[0-9a-z]{32}"));
  EXPECT_EQ(status.state, "SUCCEEDED");
  EXPECT_EQ(status.account_name, "dev");
  const std::string id = *status.account_id;

  const auto account = service.Call<api::DescribeAccount>({.account_id = id});
  ASSERT_THAT(account, Succeeds());
  EXPECT_EQ(account->account->name, "dev");
  EXPECT_EQ(account->account->email, "dev@example.com");
  EXPECT_EQ(account->account->status, "ACTIVE");
  EXPECT_EQ(account->account->state, "ACTIVE");
  EXPECT_EQ(account->account->joined_method, "CREATED");
  EXPECT_EQ(account->account->joined_timestamp, kNow);
  EXPECT_EQ(account->account->arn,
            "arn:aws:organizations::" + kAccount.ToString() + ":account/" + organization_ + "/" + id);

  directory::Attempt attempt(service.world, *AccountId::Parse(id));
  const auto role = attempt.directory.roles.Get("OrganizationAccountAccessRole");
  ASSERT_THAT(role, Succeeds());
  EXPECT_EQ(role->trust_policy,
            R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::)" +
                kAccount.ToString() + R"(:root"},"Action":"sts:AssumeRole"}]})");
  EXPECT_THAT(attempt.directory.holdings.Get(role->id)->attached, SizeIs(1));
}

TEST_F(Account, IsMadeWithTheRoleThatIsAskedFor) {
  const auto made =
      service.Call<api::CreateAccount>({.email = "dev@example.com", .account_name = "dev", .role_name = "Admin"});
  ASSERT_THAT(made, Succeeds());
  directory::Attempt attempt(service.world, *AccountId::Parse(*made->create_account_status->account_id));
  EXPECT_THAT(attempt.directory.roles.Get("Admin"), Succeeds());
}

TEST_F(Account, TellsHowItsMakingWent) {
  const auto made = service.Call<api::CreateAccount>({.email = "dev@example.com", .account_name = "dev"});
  const auto again = service.Call<api::CreateAccount>({.email = "DEV@example.com", .account_name = "dev2"});
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again->create_account_status->state, "FAILED");
  EXPECT_EQ(again->create_account_status->failure_reason, "EMAIL_ALREADY_EXISTS");
  EXPECT_EQ(again->create_account_status->account_id, std::nullopt);
  EXPECT_EQ(
      service.Call<api::DescribeCreateAccountStatus>({.create_account_request_id = *made->create_account_status->id})
          ->create_account_status,
      made->create_account_status);
  const auto failed = service.Call<api::ListCreateAccountStatus>({.states = std::vector<std::string>{"FAILED"}});
  ASSERT_THAT(failed, Succeeds());
  EXPECT_THAT(*failed->create_account_statuses, ElementsAre(*again->create_account_status));
  EXPECT_THAT(*service.Call<api::ListCreateAccountStatus>()->create_account_statuses, SizeIs(2));
  EXPECT_THAT(service.Call<api::DescribeCreateAccountStatus>({.create_account_request_id = "car-none1234"}),
              FailsWith(ErrorCode::kCreateAccountStatusNotFoundException,
                        "You specified a create account request that doesn't exist."));
}

TEST_F(Account, IsOneOfSoMany) {
  service.world.quotas.accounts_per_organization = 2;
  MakeAccount("dev");
  const auto more = service.Call<api::CreateAccount>({.email = "more@example.com", .account_name = "more"});
  ASSERT_THAT(more, Succeeds());
  EXPECT_EQ(more->create_account_status->failure_reason, "ACCOUNT_LIMIT_EXCEEDED");
}

TEST_F(Account, IsListedAndKnown) {
  MakeAccount("dev");
  MakeAccount("test");
  const auto all = service.Call<api::ListAccounts>();
  ASSERT_THAT(all, Succeeds());
  EXPECT_THAT(*all->accounts, SizeIs(3));
  const auto first = service.Call<api::ListAccounts>({.max_results = 2});
  ASSERT_THAT(first, Succeeds());
  const auto rest = service.Call<api::ListAccounts>({.next_token = first->next_token});
  ASSERT_THAT(rest, Succeeds());
  EXPECT_EQ(rest->accounts->front(), all->accounts->back());
  EXPECT_THAT(service.Call<api::DescribeAccount>({.account_id = "999999999999"}),
              FailsWith(ErrorCode::kAccountNotFoundException, kNoAccount));
}

TEST_F(Account, IsNoneOfItsMembersBusiness) {
  const std::string dev = MakeAccount("dev");
  As(dev);
  EXPECT_THAT(service.Call<api::ListAccounts>(), FailsWith(ErrorCode::kAccessDeniedException, kNoAccess));
  EXPECT_THAT(service.Call<api::CreateAccount>({.email = "x@example.com", .account_name = "x"}),
              FailsWith(ErrorCode::kAccessDeniedException, kNoAccess));
  EXPECT_THAT(service.Call<api::CloseAccount>({.account_id = dev}),
              FailsWith(ErrorCode::kAccessDeniedException, kNoAccess));
}

TEST_F(Account, IsClosedOnce) {
  const std::string dev = MakeAccount("dev");
  ASSERT_THAT(service.Call<api::CloseAccount>({.account_id = dev}), Succeeds());
  const auto closed = service.Call<api::DescribeAccount>({.account_id = dev});
  EXPECT_EQ(closed->account->status, "SUSPENDED");
  EXPECT_EQ(closed->account->state, "CLOSED");
  EXPECT_THAT(service.Call<api::CloseAccount>({.account_id = dev}),
              FailsWith(ErrorCode::kAccountAlreadyClosedException, "The provided account is already closed."));
  EXPECT_THAT(service.Call<api::CloseAccount>({.account_id = kAccount.ToString()}),
              Violates(ErrorCode::kConstraintViolationException, "CANNOT_CLOSE_MANAGEMENT_ACCOUNT",
                       "You cannot close the management account."));
}

TEST_F(Account, LeavesAndIsRemoved) {
  Enable();
  const std::string dev = MakeAccount("dev");
  const std::string test = MakeAccount("test");
  ASSERT_THAT(service.Call<api::RemoveAccountFromOrganization>({.account_id = test}), Succeeds());
  As(dev);
  ASSERT_THAT(service.Call<api::LeaveOrganization>(), Succeeds());
  EXPECT_EQ(service.Call<api::LeaveOrganization>().error().code, ErrorCode::kAWSOrganizationsNotInUseException);
  As(kAccount.ToString());
  EXPECT_THAT(*service.Call<api::ListAccounts>()->accounts, SizeIs(1));
  EXPECT_THAT(*service.Call<api::ListTargetsForPolicy>({.policy_id = "p-FullAWSAccess"})->targets, SizeIs(2));
  // What is free again: the address.
  EXPECT_THAT(MakeAccount("dev"), MatchesRegex("[0-9]{12}"));
}

TEST_F(Account, StaysWhenItManages) {
  constexpr char kText[] =
      "You can't remove a management account from an organization. If you want the management account to become a "
      "member account in another organization, you must first delete the current organization of the management "
      "account.";
  EXPECT_THAT(service.Call<api::LeaveOrganization>(),
              FailsWith(ErrorCode::kMasterCannotLeaveOrganizationException, kText));
  EXPECT_THAT(service.Call<api::RemoveAccountFromOrganization>({.account_id = kAccount.ToString()}),
              FailsWith(ErrorCode::kMasterCannotLeaveOrganizationException, kText));
}

}  // namespace
}  // namespace claviger::ops::organizations
