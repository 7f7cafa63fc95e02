#include "lint/role_boundary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "policy/parse.h"

namespace claviger::lint {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Of one statement; quotation marks may be single ones.
RoleBoundaries Of(std::string statement) {
  std::ranges::replace(statement, '\'', '"');
  const auto document =
      policy::Parse(R"({"Version":"2012-10-17","Statement":[)" + statement + "]}", policy::Kind::kSession);
  EXPECT_TRUE(document.ok()) << document.error().reason;
  return RoleBoundariesOf(**document);
}

RoleBoundaries OfCreate(const std::string& condition) {
  return Of("{'Effect':'Allow','Action':'iam:CreateRole','Resource':'*','Condition':{" + condition + "}}");
}

constexpr char kBoundary[] = "'iam:PermissionsBoundary':'arn:aws:iam::aws:policy/ReadOnlyAccess'";
constexpr char kProblem[] = "iam:CreateRole must be conditional on iam:PermissionsBoundary being a policy by its ARN";

TEST(RoleBoundariesOf, AreThoseThatTheConditionsName) {
  for (const char* op : {"StringEquals", "ArnEquals", "ArnLike", "StringLike"}) {
    const RoleBoundaries found = OfCreate("'" + std::string(op) + "':{" + kBoundary + "}");
    EXPECT_THAT(found.arns, ElementsAre("arn:aws:iam::aws:policy/ReadOnlyAccess"));
    EXPECT_EQ(found.problem, "") << op;
  }
  EXPECT_THAT(OfCreate("'StringEquals':{'iam:permissionsboundary':['arn:aws:iam::aws:policy/A',"
                       "'arn:aws:iam::aws:policy/B','arn:aws:iam::aws:policy/A']}")
                  .arns,
              ElementsAre("arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"));
}

TEST(RoleBoundariesOf, AreNotNeededForWhatMakesNoRoles) {
  for (const char* action : {"'s3:*'", "'iam:GetRole'", "'iam:PassRole'"}) {
    const RoleBoundaries found = Of("{'Effect':'Allow','Action':" + std::string(action) + ",'Resource':'*'}");
    EXPECT_THAT(found.arns, IsEmpty());
    EXPECT_EQ(found.problem, "") << action;
  }
  EXPECT_EQ(Of("{'Effect':'Deny','Action':'*','Resource':'*'}").problem, "");
}

TEST(RoleBoundariesOf, ArePromisedByNoOtherCondition) {
  for (const std::string& condition :
       {std::string("'Bool':{'aws:SecureTransport':'true'}"), "'StringNotEquals':{" + std::string(kBoundary) + "}",
        "'StringEqualsIfExists':{" + std::string(kBoundary) + "}",
        "'ForAllValues:StringEquals':{" + std::string(kBoundary) + "}",
        std::string("'StringLike':{'iam:PermissionsBoundary':'*'}"),
        std::string("'StringLike':{'iam:PermissionsBoundary':'arn:aws:iam::*:policy/A'}")}) {
    EXPECT_EQ(OfCreate(condition).problem, kProblem) << condition;
  }
}

TEST(RoleBoundariesOf, AreNeededForEveryWayToGiveRolesMore) {
  for (const char* action :
       {"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"}) {
    const RoleBoundaries found = Of("{'Effect':'Allow','Action':'" + std::string(action) + "','Resource':'*'}");
    EXPECT_EQ(found.problem,
              std::string(action) + " must be conditional on iam:PermissionsBoundary being a policy by its ARN");
  }
  EXPECT_NE(Of("{'Effect':'Allow','Action':'IAM:create*','Resource':'*'}").problem, "");
  EXPECT_NE(Of("{'Effect':'Allow','NotAction':'s3:*','Resource':'*'}").problem, "");
}

TEST(RoleBoundariesOf, AreNotToBeTakenAway) {
  EXPECT_EQ(Of("{'Effect':'Allow','Action':'iam:DeleteRolePermissionsBoundary','Resource':'*'}").problem,
            "iam:DeleteRolePermissionsBoundary takes the boundary of a role away");
}

}  // namespace
}  // namespace claviger::lint
