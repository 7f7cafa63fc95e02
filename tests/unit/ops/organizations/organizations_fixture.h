// An organization to be asked: of kAccount, with what the tests put into it.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "gen/organizations/operations.h"
#include "ops/organizations/account.h"
#include "ops/organizations/attachment.h"
#include "ops/organizations/organization.h"
#include "ops/organizations/policy.h"
#include "ops/organizations/service.h"
#include "ops/organizations/tags.h"
#include "ops/organizations/unit.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::organizations {

namespace api = gen::organizations::api;

inline constexpr char kScp[] = "SERVICE_CONTROL_POLICY";
inline constexpr char kRcp[] = "RESOURCE_CONTROL_POLICY";
inline constexpr char kNoAccess[] = "You don't have permissions to access this resource.";
inline constexpr char kDenyIam[] =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]})";

MATCHER_P3(Violates, code, reason, message, "") {
  if (arg.ok()) {
    *result_listener << "succeeded";
    return false;
  }
  *result_listener << WireCode(arg.error().code) << ": " << arg.error().message << " (" << arg.error().reason << ")";
  return arg.error() == Error{code, std::string(message), std::string(reason)};
}

class OrganizationsTest : public ::testing::Test {
 protected:
  OrganizationsTest()
      : service({RegisterAccountOperations, RegisterAttachmentOperations, RegisterOrganizationOperations,
                 RegisterPolicyOperations, RegisterServiceOperations, RegisterTagOperations, RegisterUnitOperations}) {
    // Whoever asks has an account.
    directory::Attempt attempt(service.world);
    EXPECT_THAT(directory::InsertAccount(attempt.transaction(), {.id = kAccount, .created = kNow}), Succeeds());
    EXPECT_TRUE(attempt.Commit());
  }

  // ---- A tiny language of what must succeed

  std::string MakeOrganization(std::optional<std::string> features = std::nullopt) {
    const auto made = service.Call<api::CreateOrganization>({.feature_set = std::move(features)});
    EXPECT_THAT(made, Succeeds());
    return *made->organization->id;
  }
  std::string Root() { return *service.Call<api::ListRoots>()->roots->front().id; }
  std::string MakeUnit(const std::string& parent, const std::string& name) {
    const auto made = service.Call<api::CreateOrganizationalUnit>({.parent_id = parent, .name = name});
    EXPECT_THAT(made, Succeeds());
    return *made->organizational_unit->id;
  }
  std::string MakeAccount(const std::string& name) {
    const auto made = service.Call<api::CreateAccount>({.email = name + "@example.com", .account_name = name});
    EXPECT_THAT(made, Succeeds());
    return made->create_account_status->account_id.value_or("");
  }
  std::string MakePolicy(const std::string& name, const std::string& content = kDenyIam,
                         const std::string& type = kScp) {
    const auto made =
        service.Call<api::CreatePolicy>({.content = content, .description = "", .name = name, .type = type});
    EXPECT_THAT(made, Succeeds());
    return *made->policy->policy_summary->id;
  }
  void Enable(const std::string& type = kScp) {
    EXPECT_THAT(service.Call<api::EnablePolicyType>({.root_id = Root(), .policy_type = type}), Succeeds());
  }
  void As(const std::string& account) { service.caller = RootCaller(*AccountId::Parse(account)); }

  Service service;
};

}  // namespace claviger::ops::organizations
