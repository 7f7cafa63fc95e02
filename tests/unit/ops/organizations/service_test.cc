#include "ops/organizations/service.h"

#include "organizations_fixture.h"

namespace claviger::ops::organizations {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kIam[] = "iam.amazonaws.com";
constexpr char kSso[] = "sso.amazonaws.com";

class ServiceAccess : public OrganizationsTest {
 protected:
  ServiceAccess() {
    MakeOrganization();
    dev_ = MakeAccount("dev");
  }
  void Trust(const std::string& principal) {
    EXPECT_THAT(service.Call<api::EnableAWSServiceAccess>({.service_principal = principal}), Succeeds());
  }
  Result<gen::organizations::RegisterDelegatedAdministratorResponse> Register(const std::string& account,
                                                                              const std::string& principal) {
    return service.Call<api::RegisterDelegatedAdministrator>({.account_id = account, .service_principal = principal});
  }
  std::string dev_;
};

TEST_F(ServiceAccess, IsEnabledListedAndDisabled) {
  Trust(kIam);
  Trust(kIam);
  const auto listed = service.Call<api::ListAWSServiceAccessForOrganization>();
  ASSERT_THAT(listed, Succeeds());
  ASSERT_THAT(*listed->enabled_service_principals, SizeIs(1));
  EXPECT_EQ(listed->enabled_service_principals->front().service_principal, kIam);
  EXPECT_EQ(listed->enabled_service_principals->front().date_enabled, kNow);
  ASSERT_THAT(service.Call<api::DisableAWSServiceAccess>({.service_principal = kIam}), Succeeds());
  EXPECT_THAT(*service.Call<api::ListAWSServiceAccessForOrganization>()->enabled_service_principals, IsEmpty());
}

TEST_F(ServiceAccess, IsForServicesOnly) {
  EXPECT_THAT(service.Call<api::EnableAWSServiceAccess>({.service_principal = "example.com"}),
              Violates(ErrorCode::kInvalidInputException, "UNRECOGNIZED_SERVICE_PRINCIPAL",
                       "You specified an unrecognized service principal."));
}

TEST_F(ServiceAccess, IsDelegatedToAccounts) {
  Trust(kIam);
  Trust(kSso);
  ASSERT_THAT(Register(dev_, kIam), Succeeds());
  ASSERT_THAT(Register(dev_, kSso), Succeeds());
  const auto administrators = service.Call<api::ListDelegatedAdministrators>();
  ASSERT_THAT(administrators, Succeeds());
  ASSERT_THAT(*administrators->delegated_administrators, SizeIs(1));
  EXPECT_EQ(administrators->delegated_administrators->front().id, dev_);
  EXPECT_EQ(administrators->delegated_administrators->front().delegation_enabled_date, kNow);
  const auto services = service.Call<api::ListDelegatedServicesForAccount>({.account_id = dev_});
  ASSERT_THAT(services, Succeeds());
  EXPECT_THAT(*services->delegated_services, SizeIs(2));

  As(dev_);  // Who may look now, but change nothing.
  EXPECT_THAT(service.Call<api::ListAccounts>(), Succeeds());
  EXPECT_THAT(service.Call<api::CreateAccount>({.email = "x@example.com", .account_name = "x"}),
              FailsWith(ErrorCode::kAccessDeniedException, kNoAccess));
  As(kAccount.ToString());
  EXPECT_THAT(service.Call<api::RemoveAccountFromOrganization>({.account_id = dev_}),
              Violates(ErrorCode::kConstraintViolationException, "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG",
                       "You attempted to remove an account from the organization that is a delegated administrator for "
                       "an AWS service. To complete this operation, you must first deregister this account as a "
                       "delegated administrator."));
  for (const char* principal : {kIam, kSso}) {
    ASSERT_THAT(
        service.Call<api::DeregisterDelegatedAdministrator>({.account_id = dev_, .service_principal = principal}),
        Succeeds());
  }
  constexpr char kNotRegistered[] =
      "The provided account is not a registered delegated administrator for your organization.";
  EXPECT_THAT(service.Call<api::DeregisterDelegatedAdministrator>({.account_id = dev_, .service_principal = kIam}),
              FailsWith(ErrorCode::kAccountNotRegisteredException, kNotRegistered));
  EXPECT_THAT(service.Call<api::ListDelegatedServicesForAccount>({.account_id = dev_}),
              FailsWith(ErrorCode::kAccountNotRegisteredException, kNotRegistered));
}

TEST_F(ServiceAccess, IsDelegatedToWhomItCanBe) {
  EXPECT_THAT(Register(dev_, kIam), Violates(ErrorCode::kConstraintViolationException, "SERVICE_ACCESS_NOT_ENABLED",
                                             "You attempted to register a delegated administrator before you enabled "
                                             "service access. Call the EnableAWSServiceAccess API first."));
  Trust(kIam);
  EXPECT_THAT(Register(kAccount.ToString(), kIam),
              Violates(ErrorCode::kConstraintViolationException, "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
                       "You cannot register master account/yourself as delegated administrator for your "
                       "organization."));
  EXPECT_THAT(Register("999999999999", kIam),
              FailsWith(ErrorCode::kAccountNotFoundException, "You specified an account that doesn't exist."));
  ASSERT_THAT(Register(dev_, kIam), Succeeds());
  EXPECT_THAT(Register(dev_, kIam),
              FailsWith(ErrorCode::kAccountAlreadyRegisteredException,
                        "The provided account is already a delegated administrator for your organization."));
  const std::string old = MakeAccount("old");
  ASSERT_THAT(service.Call<api::CloseAccount>({.account_id = old}), Succeeds());
  EXPECT_THAT(Register(old, kIam), Violates(ErrorCode::kConstraintViolationException,
                                            "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR",
                                            "You attempted to register a suspended account as a delegated "
                                            "administrator."));
}

}  // namespace
}  // namespace claviger::ops::organizations
