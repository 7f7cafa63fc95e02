#include "wire/operation.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "gen/cloudtrail/operations.h"
#include "gen/iam/operations.h"
#include "gen/organizations/operations.h"
#include "gen/sts/operations.h"
#include "wire/decode.h"

namespace claviger::wire {
namespace {

codec::Form FormOf(std::string_view text) {
  auto form = ParseForm("", text);
  EXPECT_TRUE(form.ok());
  return std::move(form).value();
}

std::string MessageFor(std::string_view text) {
  const auto operation = GetOperation(FormOf(text));
  EXPECT_FALSE(operation.ok()) << text;
  EXPECT_EQ(operation.error().code, ErrorCode::kInvalidAction);
  return operation.error().message;
}

TEST(FindOperation, FindsEveryOperationUnderItsVersionOrTarget) {
  std::size_t count = 0;
  for (const ServiceInfo* service : Services()) {
    for (const OperationInfo& operation : service->operations) {
      if (service->SpeaksJson()) {
        const auto found = GetTargetOperation(std::string(service->target_prefix) + "." + std::string(operation.name));
        EXPECT_TRUE(found.ok() && *found == &operation) << operation.name;
      } else {
        EXPECT_EQ(FindOperation(operation.name, service->api_version), &operation);
      }
      EXPECT_EQ(operation.service, service);
      ++count;
    }
  }
  EXPECT_EQ(count, 310U);
}

TEST(FindOperation, LeadsToTheSameDataAsItsType) {
  EXPECT_EQ(FindOperation("CreateUser", "2010-05-08"), &gen::iam::api::CreateUser::Info());
  EXPECT_EQ(FindOperation("AssumeRole", "2011-06-15"), &gen::sts::api::AssumeRole::Info());
}

TEST(FindOperation, MindsCaseAndVersion) {
  EXPECT_EQ(FindOperation("createUser", "2010-05-08"), nullptr);
  EXPECT_EQ(FindOperation("CreateUser", "2011-06-15"), nullptr);
  EXPECT_EQ(FindOperation("CreateUser", ""), nullptr);
  EXPECT_EQ(FindOperation("", "2010-05-08"), nullptr);
}

TEST(FindOperation, KnowsWhichOperationsNeedNoSignature) {
  std::string names;
  for (const ServiceInfo* service : Services()) {
    for (const OperationInfo& operation : service->operations) {
      if (operation.is_unsigned) names += std::string(operation.name) + " ";
    }
  }
  EXPECT_EQ(names, "AssumeRoleWithSAML AssumeRoleWithWebIdentity ");
}

TEST(GetOperation, NamesAnUnknownActionAndItsVersion) {
  EXPECT_EQ(MessageFor("Action=Nope&Version=2010-05-08"), "Could not find operation Nope for version 2010-05-08");
  EXPECT_EQ(MessageFor("Action=AssumeRole&Version=2010-05-08"),
            "Could not find operation AssumeRole for version 2010-05-08");
  EXPECT_EQ(MessageFor("Action=ListUsers&Version=2099-01-01"),
            "Could not find operation ListUsers for version 2099-01-01");
}

TEST(GetOperation, SaysThatTheVersionIsMissing) {
  EXPECT_EQ(MessageFor("Action=ListUsers"), "Could not find operation ListUsers for version NO_VERSION_SPECIFIED");
}

TEST(GetOperation, RefusesAFormWithoutAction) {
  const auto operation = GetOperation(FormOf("Version=2010-05-08"));
  ASSERT_FALSE(operation.ok());
  EXPECT_EQ(operation.error().code, ErrorCode::kMissingAction);
}

TEST(GetOperation, RepeatsNoMoreThanItsLimitOfALongAction) {
  const std::string message = MessageFor("Action=" + std::string(200'000, 'x') + "&Version=2010-05-08");
  EXPECT_LT(message.size(), 70'000U);
}

TEST(GetTargetOperation, FindsOperationsOfServicesThatSpeakJson) {
  const auto roots = GetTargetOperation("AWSOrganizationsV20161128.ListRoots");
  ASSERT_TRUE(roots.ok());
  EXPECT_EQ(*roots, &gen::organizations::api::ListRoots::Info());
  const auto events = GetTargetOperation("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents");
  ASSERT_TRUE(events.ok());
  EXPECT_EQ(*events, &gen::cloudtrail::api::LookupEvents::Info());
}

TEST(GetTargetOperation, RefusesEverythingElse) {
  for (const char* target : {"", ".", "ListRoots", ".ListRoots", "AWSOrganizationsV20161128.listRoots", ".CreateUser",
                             "AWSOrganizationsV20161128.LookupEvents", "AWSOrganizationsV20161128.ListRoots "}) {
    const auto operation = GetTargetOperation(target);
    ASSERT_FALSE(operation.ok()) << target;
    EXPECT_EQ(operation.error(), (Error{ErrorCode::kUnknownOperationException, ""}));
  }
}

TEST(FindOperation, LeavesServicesThatSpeakJsonToTheirTargets) {
  EXPECT_EQ(FindOperation("ListRoots", "2016-11-28"), nullptr);
}

TEST(FindService, KnowsTheServicesByNameAndVersion) {
  EXPECT_EQ(FindService("iam"), &gen::iam::Service());
  EXPECT_EQ(FindService("s3"), nullptr);
  EXPECT_EQ(ServiceOfVersion("2011-06-15"), &gen::sts::Service());
}

}  // namespace
}  // namespace claviger::wire
