#include "ops/iam/service_credential.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "ops/iam/user.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using testing::SizeIs;

constexpr char kCodeCommit[] = "codecommit.amazonaws.com";
constexpr char kBedrock[] = "bedrock.amazonaws.com";

class ServiceCredentialTest : public testing::Test {
 protected:
  ServiceCredentialTest() {
    for (const char* name : {"Bob", "eve"}) {
      EXPECT_THAT(service.Call<api::CreateUser>({.user_name = name}), Succeeds());
    }
  }
  auto Create(const std::string& name, std::optional<int> days = {}, const std::string& user = "bob") {
    return service.Call<api::CreateServiceSpecificCredential>(
        {.user_name = user, .service_name = name, .credential_age_days = days});
  }
  // One that must succeed.
  gen::iam::ServiceSpecificCredential Made(const std::string& name, std::optional<int> days = {},
                                           const std::string& user = "bob") {
    const auto made = Create(name, days, user);
    EXPECT_THAT(made, Succeeds());
    return *made->service_specific_credential;
  }
  auto Update(const std::string& id, const std::string& status, const std::string& user = "bob") {
    return service.Call<api::UpdateServiceSpecificCredential>(
        {.user_name = user, .service_specific_credential_id = id, .status = status});
  }
  auto Reset(const std::string& id, const std::string& user = "bob") {
    return service.Call<api::ResetServiceSpecificCredential>({.user_name = user, .service_specific_credential_id = id});
  }
  auto Delete(const std::string& id, const std::string& user = "bob") {
    return service.Call<api::DeleteServiceSpecificCredential>(
        {.user_name = user, .service_specific_credential_id = id});
  }
  std::vector<ServiceSpecificCredentialMetadata> List(const std::string& user = "bob", std::string name = "") {
    return *service.Call<api::ListServiceSpecificCredentials>({.user_name = user, .service_name = std::move(name)})
                ->service_specific_credentials;
  }

  Service service{RegisterServiceCredentialOperations, RegisterUserOperations};
};

using CreateServiceSpecificCredential = ServiceCredentialTest;
using ListServiceSpecificCredentials = ServiceCredentialTest;
using UpdateServiceSpecificCredential = ServiceCredentialTest;
using ResetServiceSpecificCredential = ServiceCredentialTest;
using DeleteServiceSpecificCredential = ServiceCredentialTest;

TEST_F(CreateServiceSpecificCredential, GivesUserNameAndPassword) {
  const auto made = Made("CodeCommit.amazonaws.com");
  EXPECT_EQ(made.service_name, kCodeCommit);
  EXPECT_EQ(made.service_user_name, "Bob-at-123456789012");
  EXPECT_EQ(made.service_password->size(), 60U);
  EXPECT_EQ(made.status, "Active");
  EXPECT_EQ(made.user_name, "Bob");
  EXPECT_TRUE(made.service_specific_credential_id.starts_with("ACCA"));
  EXPECT_EQ(made.service_specific_credential_id.size(), 21U);
  EXPECT_FALSE(made.service_credential_alias || made.service_credential_secret || made.expiration_date);
  EXPECT_EQ(Made(kCodeCommit).service_user_name, "Bob+1-at-123456789012");
  EXPECT_EQ(Made("cassandra.amazonaws.com").service_user_name, "Bob-at-123456789012");
}

TEST_F(CreateServiceSpecificCredential, GivesOneTextForBothToBearers) {
  for (const auto& [name, prefix] :
       std::vector<std::pair<std::string, std::string>>{{kBedrock, "ABSK"},
                                                        {"logs.amazonaws.com", "ACWL"},
                                                        {"cloudwatch.amazonaws.com", "APIAACWM"},
                                                        {"aws-external-anthropic.amazonaws.com", "AEAA"}}) {
    const auto made = Made(name, 30);
    EXPECT_EQ(made.service_credential_alias, "Bob-at-123456789012");
    EXPECT_FALSE(made.service_user_name || made.service_password);
    EXPECT_EQ(made.expiration_date, kNow + std::chrono::days(30));
    ASSERT_TRUE(made.service_credential_secret->starts_with(prefix));
    const auto inside = Base64Decode(made.service_credential_secret->substr(prefix.size()));
    ASSERT_TRUE(inside);
    EXPECT_TRUE(inside->starts_with("Bob-at-123456789012:"));
    EXPECT_EQ(inside->size(), std::string("Bob-at-123456789012:").size() + 60);
  }
}

TEST_F(CreateServiceSpecificCredential, RefusesOtherServicesUsersAndAThirdOne) {
  EXPECT_THAT(Create("sqs.amazonaws.com"),
              FailsWith(ErrorCode::kNoSuchEntity,
                        "No such service sqs.amazonaws.com is supported for Service Specific Credentials"));
  EXPECT_THAT(Create("sqs.amazonaws.com", {}, "none"),
              FailsWith(ErrorCode::kNoSuchEntity, "The user with name none cannot be found."));
  EXPECT_THAT(Create("a b"), FailsWith(ErrorCode::kValidationError, "ServiceName must match [a-zA-Z0-9.-]*"));
  const auto first = Made(kCodeCommit, 1);
  Made(kCodeCommit);
  ASSERT_THAT(Update(first.service_specific_credential_id, "Inactive"), Succeeds());
  EXPECT_THAT(Create(kCodeCommit), FailsWith(ErrorCode::kLimitExceeded,
                                             "Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 2"));
  EXPECT_THAT(Create(kBedrock), Succeeds());
}

TEST_F(CreateServiceSpecificCredential, KeepsADigestOfTheSecretOnly) {
  const auto made = Made(kCodeCommit);
  directory::Attempt attempt(service.world);
  const auto stored = attempt.directory.service_credentials.Find(made.service_specific_credential_id);
  ASSERT_TRUE(stored.ok() && *stored);
  EXPECT_EQ((*stored)->secret_digest, AsText(crypto::Sha256Of(*made.service_password)));
  bool readable = false;
  EXPECT_TRUE(service.world.reader
                  ->Scan("", "",
                         [&](std::string_view, const store::Entry& entry) {
                           readable = readable || entry.value.find(*made.service_password) != std::string_view::npos;
                           return true;
                         })
                  .ok());
  EXPECT_FALSE(readable);
}

TEST_F(CreateServiceSpecificCredential, NeverGivesALoginTwice) {
  Made(kCodeCommit);
  ASSERT_THAT(service.Call<api::UpdateUser>({.user_name = "bob", .new_user_name = "bert"}), Succeeds());
  EXPECT_EQ(List("bert").at(0).service_user_name, "Bob-at-123456789012");
  EXPECT_EQ(List("bert").at(0).user_name, "bert");
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "bob"}), Succeeds());
  EXPECT_EQ(Made(kCodeCommit).service_user_name, "bob+1-at-123456789012");
}

TEST_F(ListServiceSpecificCredentials, ShowsAServiceOrAll) {
  Made(kCodeCommit);
  Made(kBedrock, 1);
  EXPECT_THAT(List(), SizeIs(2));
  ASSERT_THAT(List("bob", "Bedrock.amazonaws.com"), SizeIs(1));
  EXPECT_EQ(List("bob", kBedrock).at(0).service_credential_alias, "Bob-at-123456789012");
  EXPECT_THAT(List("eve"), SizeIs(0));
  EXPECT_THAT(service.Call<api::ListServiceSpecificCredentials>({.user_name = "bob", .service_name = "a_b"}),
              FailsWith(ErrorCode::kValidationError, "ServiceName must match [a-zA-Z0-9.-]*"));
  EXPECT_THAT(service.Call<api::ListServiceSpecificCredentials>(
                  {.user_name = "bob", .service_name = "codecommit.amazonaws.com.cn"}),
              FailsWith(ErrorCode::kNoSuchEntity,
                        "No such service codecommit.amazonaws.com.cn is supported for Service Specific Credentials"));
}

TEST_F(ListServiceSpecificCredentials, PagesThroughAllUsers) {
  Made(kCodeCommit);
  Made(kBedrock);
  Made(kBedrock, {}, "eve");
  for (const auto& [name, count] : std::vector<std::pair<std::string, std::size_t>>{{"", 3}, {kBedrock, 2}}) {
    std::vector<std::string> users;
    ListServiceSpecificCredentialsResponse page{.is_truncated = true};
    while (page.is_truncated == true) {
      page = *service.Call<api::ListServiceSpecificCredentials>(
          {.service_name = name, .all_users = true, .marker = page.marker, .max_items = 1});
      for (const auto& credential : *page.service_specific_credentials) users.push_back(credential.user_name);
    }
    EXPECT_THAT(users, SizeIs(count));
    EXPECT_EQ(std::ranges::count(users, "eve"), 1);
  }
  EXPECT_THAT(service.Call<api::ListServiceSpecificCredentials>({.user_name = "bob", .all_users = true}),
              FailsWith(ErrorCode::kValidationError, "UserName cannot be specified when AllUsers is true."));
  EXPECT_THAT(*service.Call<api::ListServiceSpecificCredentials>({.user_name = "eve", .all_users = false})
                   ->service_specific_credentials,
              SizeIs(1));
  EXPECT_THAT(service.Call<api::ListServiceSpecificCredentials>({.all_users = true, .marker = "x"}),
              FailsWith(ErrorCode::kValidationError, "Invalid Marker."));
}

TEST_F(ListServiceSpecificCredentials, PagesThroughOneUser) {
  Made(kCodeCommit);
  Made(kBedrock);
  const auto first =
      service.Call<api::ListServiceSpecificCredentials>({.user_name = "bob", .marker = {}, .max_items = 1});
  ASSERT_THAT(*first->service_specific_credentials, SizeIs(1));
  EXPECT_EQ(first->is_truncated, true);
  const auto second = service.Call<api::ListServiceSpecificCredentials>({.user_name = "bob", .marker = first->marker});
  ASSERT_THAT(*second->service_specific_credentials, SizeIs(1));
  EXPECT_EQ(second->is_truncated, false);
  EXPECT_NE(second->service_specific_credentials->at(0), first->service_specific_credentials->at(0));
}

TEST_F(UpdateServiceSpecificCredential, SetsTheStatusOfTheOwnersOnly) {
  const std::string id = Made(kCodeCommit).service_specific_credential_id;
  ASSERT_THAT(Update(id, "Inactive"), Succeeds());
  EXPECT_EQ(List().at(0).status, "Inactive");
  EXPECT_THAT(Update(id, "Expired"), FailsWith(ErrorCode::kInvalidInput, "Operation does not support status Expired"));
  EXPECT_THAT(
      Update(id, "Active", "eve"),
      FailsWith(ErrorCode::kValidationError, "User eve does not have a service specific credential with id " + id));
  EXPECT_THAT(Update("ACCAUNKNOWNUNKNOWN123", "Active"),
              FailsWith(ErrorCode::kNoSuchEntity, "No such credential ACCAUNKNOWNUNKNOWN123 exists"));
}

TEST_F(UpdateServiceSpecificCredential, ExpiresByItself) {
  const std::string id = Made(kBedrock, 1).service_specific_credential_id;
  service.now += std::chrono::days(1) - std::chrono::seconds(1);
  EXPECT_EQ(List().at(0).status, "Active");
  service.now += std::chrono::seconds(1);
  EXPECT_EQ(List().at(0).status, "Expired");
  EXPECT_EQ(Reset(id)->service_specific_credential->status, "Expired");
}

TEST_F(ResetServiceSpecificCredential, ChangesTheSecretAlone) {
  const auto made = Made(kBedrock, 7);
  const std::string id = made.service_specific_credential_id;
  ASSERT_THAT(Update(id, "Inactive"), Succeeds());
  service.now += std::chrono::hours(1);
  const auto reset = Reset(id);
  ASSERT_THAT(reset, Succeeds());
  EXPECT_NE(reset->service_specific_credential->service_credential_secret, made.service_credential_secret);
  auto expected = made;
  expected.status = "Inactive";
  expected.service_credential_secret = reset->service_specific_credential->service_credential_secret;
  EXPECT_EQ(*reset->service_specific_credential, expected);
  EXPECT_THAT(Reset(id, "eve"), FailsWith(ErrorCode::kValidationError,
                                          "User eve does not have a service specific credential with id " + id));
}

TEST_F(DeleteServiceSpecificCredential, FreesTheLoginAndTheUser) {
  const std::string id = Made(kCodeCommit).service_specific_credential_id;
  EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "bob"}),
              FailsWith(ErrorCode::kDeleteConflict, "Cannot delete entity, must remove referenced objects first."));
  EXPECT_THAT(Delete(id, "eve"), FailsWith(ErrorCode::kValidationError,
                                           "User eve does not have a service specific credential with id " + id));
  ASSERT_THAT(Delete(id), Succeeds());
  EXPECT_THAT(Delete(id), FailsWith(ErrorCode::kNoSuchEntity, "No such credential " + id + " exists"));
  EXPECT_EQ(directory::CountKeys(service.world, "123456789012/service-"), 0U);
  EXPECT_EQ(Made(kCodeCommit).service_user_name, "Bob-at-123456789012");
}

}  // namespace
}  // namespace claviger::ops::iam
