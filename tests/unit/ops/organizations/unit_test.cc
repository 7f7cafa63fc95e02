#include "ops/organizations/unit.h"

#include "organizations_fixture.h"

namespace claviger::ops::organizations {
namespace {

using gen::organizations::Child;
using gen::organizations::Parent;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr char kNoUnit[] = "You specified an organizational unit that doesn't exist.";
constexpr char kNoParent[] = "You specified parent that doesn't exist.";

class Unit : public OrganizationsTest {
 protected:
  Unit() { organization_ = MakeOrganization(); }
  std::string organization_;
};

TEST_F(Unit, IsMadeDescribedRenamedAndDeleted) {
  const std::string root = Root();
  const auto made = service.Call<api::CreateOrganizationalUnit>({.parent_id = root, .name = "prod"});
  ASSERT_THAT(made, Succeeds());
  const std::string id = *made->organizational_unit->id;
  EXPECT_THAT(id, MatchesRegex("ou-[0-9a-z]{4}-[0-9a-z]{8}"));
  EXPECT_EQ(id.substr(3, 4), root.substr(2));
  EXPECT_EQ(made->organizational_unit->arn,
            "arn:aws:organizations::" + kAccount.ToString() + ":ou/" + organization_ + "/" + id);
  EXPECT_EQ(made->organizational_unit->path, organization_ + "/" + root + "/" + id + "/");
  EXPECT_EQ(service.Call<api::DescribeOrganizationalUnit>({.organizational_unit_id = id})->organizational_unit,
            made->organizational_unit);
  const auto renamed = service.Call<api::UpdateOrganizationalUnit>({.organizational_unit_id = id, .name = "live"});
  ASSERT_THAT(renamed, Succeeds());
  EXPECT_EQ(renamed->organizational_unit->name, "live");
  ASSERT_THAT(service.Call<api::DeleteOrganizationalUnit>({.organizational_unit_id = id}), Succeeds());
  EXPECT_THAT(service.Call<api::DescribeOrganizationalUnit>({.organizational_unit_id = id}),
              FailsWith(ErrorCode::kOrganizationalUnitNotFoundException, kNoUnit));
  EXPECT_THAT(*service.Call<api::ListOrganizationalUnitsForParent>({.parent_id = root})->organizational_units,
              IsEmpty());
}

TEST_F(Unit, HasANameOfItsOwnBelowItsParent) {
  const std::string root = Root();
  const std::string prod = MakeUnit(root, "prod");
  const std::string other = MakeUnit(root, "other");
  MakeUnit(prod, "prod");
  constexpr char kDuplicate[] = "An OU with the same name already exists.";
  EXPECT_THAT(service.Call<api::CreateOrganizationalUnit>({.parent_id = root, .name = "prod"}),
              FailsWith(ErrorCode::kDuplicateOrganizationalUnitException, kDuplicate));
  EXPECT_THAT(service.Call<api::UpdateOrganizationalUnit>({.organizational_unit_id = other, .name = "prod"}),
              FailsWith(ErrorCode::kDuplicateOrganizationalUnitException, kDuplicate));
  EXPECT_THAT(service.Call<api::UpdateOrganizationalUnit>({.organizational_unit_id = other, .name = "other"}),
              Succeeds());
}

TEST_F(Unit, IsNestedFiveDeep) {
  std::string parent = Root();
  for (int depth = 1; depth <= 5; ++depth) parent = MakeUnit(parent, "deep");
  EXPECT_THAT(service.Call<api::CreateOrganizationalUnit>({.parent_id = parent, .name = "deeper"}),
              Violates(ErrorCode::kConstraintViolationException, "OU_DEPTH_LIMIT_EXCEEDED",
                       "You cannot add an organizational unit to the specified parent because it would exceed the max "
                       "depth allowed."));
}

TEST_F(Unit, IsOneOfSoMany) {
  service.world.quotas.units_per_organization = 1;
  MakeUnit(Root(), "one");
  EXPECT_THAT(service.Call<api::CreateOrganizationalUnit>({.parent_id = Root(), .name = "two"}),
              Violates(ErrorCode::kConstraintViolationException, "OU_NUMBER_LIMIT_EXCEEDED",
                       "You have exceeded the number of organizational units that you can have in an organization."));
}

TEST_F(Unit, IsDeletedOnlyWhenEmpty) {
  const std::string prod = MakeUnit(Root(), "prod");
  MakeUnit(prod, "inner");
  EXPECT_THAT(service.Call<api::DeleteOrganizationalUnit>({.organizational_unit_id = prod}),
              FailsWith(ErrorCode::kOrganizationalUnitNotEmptyException,
                        "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all "
                        "child OUs, and try the operation again."));
}

TEST_F(Unit, NeedsAParentThatExists) {
  for (const char* parent : {"ou-abcd-12345678", "r-zzzz"}) {
    EXPECT_THAT(service.Call<api::CreateOrganizationalUnit>({.parent_id = parent, .name = "x"}),
                FailsWith(ErrorCode::kParentNotFoundException, kNoParent));
    EXPECT_THAT(service.Call<api::ListChildren>({.parent_id = parent, .child_type = "ACCOUNT"}),
                FailsWith(ErrorCode::kParentNotFoundException, kNoParent));
    EXPECT_THAT(service.Call<api::ListAccountsForParent>({.parent_id = parent}),
                FailsWith(ErrorCode::kParentNotFoundException, kNoParent));
    EXPECT_THAT(service.Call<api::ListOrganizationalUnitsForParent>({.parent_id = parent}),
                FailsWith(ErrorCode::kParentNotFoundException, kNoParent));
  }
}

TEST_F(Unit, ShowsItsChildrenAndTheyTheirParent) {
  const std::string root = Root();
  const std::string prod = MakeUnit(root, "prod");
  const std::string inner = MakeUnit(prod, "inner");
  const std::string account = MakeAccount("dev");
  const auto children = [&](const std::string& parent, const std::string& type) {
    return *service.Call<api::ListChildren>({.parent_id = parent, .child_type = type})->children;
  };
  EXPECT_THAT(children(root, "ORGANIZATIONAL_UNIT"), ElementsAre(Child{.id = prod, .type = "ORGANIZATIONAL_UNIT"}));
  EXPECT_THAT(children(root, "ACCOUNT"), SizeIs(2));
  EXPECT_THAT(children(prod, "ACCOUNT"), IsEmpty());
  const auto parents = [&](const std::string& child) {
    return *service.Call<api::ListParents>({.child_id = child})->parents;
  };
  EXPECT_THAT(parents(inner), ElementsAre(Parent{.id = prod, .type = "ORGANIZATIONAL_UNIT"}));
  EXPECT_THAT(parents(prod), ElementsAre(Parent{.id = root, .type = "ROOT"}));
  EXPECT_THAT(parents(account), ElementsAre(Parent{.id = root, .type = "ROOT"}));
  EXPECT_THAT(service.Call<api::ListParents>({.child_id = "999999999999"}),
              FailsWith(ErrorCode::kChildNotFoundException, "You specified a child that doesn't exist."));
}

TEST_F(Unit, IsListedInPages) {
  const std::string root = Root();
  for (const char* name : {"a", "b", "c"}) MakeUnit(root, name);
  const auto first = service.Call<api::ListOrganizationalUnitsForParent>({.parent_id = root, .max_results = 2});
  ASSERT_THAT(first, Succeeds());
  EXPECT_THAT(*first->organizational_units, SizeIs(2));
  ASSERT_TRUE(first->next_token.has_value());
  const auto rest =
      service.Call<api::ListOrganizationalUnitsForParent>({.parent_id = root, .next_token = first->next_token});
  ASSERT_THAT(rest, Succeeds());
  EXPECT_THAT(*rest->organizational_units, SizeIs(1));
  EXPECT_FALSE(rest->next_token.has_value());
  EXPECT_THAT(service.Call<api::ListOrganizationalUnitsForParent>({.parent_id = root, .next_token = "made up"}),
              Violates(ErrorCode::kInvalidInputException, "INVALID_NEXT_TOKEN",
                       "Get the NextToken parameter from the response to a previous call of the operation."));
}

// ---- MoveAccount

TEST_F(Unit, TakesInAccounts) {
  const std::string root = Root();
  const std::string prod = MakeUnit(root, "prod");
  const std::string account = MakeAccount("dev");
  ASSERT_THAT(
      service.Call<api::MoveAccount>({.account_id = account, .source_parent_id = root, .destination_parent_id = prod}),
      Succeeds());
  const auto inside = service.Call<api::ListAccountsForParent>({.parent_id = prod});
  ASSERT_THAT(inside, Succeeds());
  ASSERT_THAT(*inside->accounts, SizeIs(1));
  EXPECT_EQ(inside->accounts->front().id, account);
  EXPECT_THAT(*inside->accounts->front().paths,
              ElementsAre(organization_ + "/" + root + "/" + prod + "/" + account + "/"));
}

TEST_F(Unit, TakesInOnlyWhatCanBeMoved) {
  const std::string root = Root();
  const std::string prod = MakeUnit(root, "prod");
  const std::string account = MakeAccount("dev");
  const auto move = [&](const std::string& who, const std::string& from, const std::string& to) {
    return service.Call<api::MoveAccount>({.account_id = who, .source_parent_id = from, .destination_parent_id = to});
  };
  EXPECT_THAT(move("999999999999", root, prod),
              FailsWith(ErrorCode::kAccountNotFoundException, "You specified an account that doesn't exist."));
  EXPECT_THAT(move(account, prod, root),
              FailsWith(ErrorCode::kAccountNotFoundException, "You specified an account that doesn't exist."));
  EXPECT_THAT(move(account, "r-zzzz", prod), FailsWith(ErrorCode::kSourceParentNotFoundException,
                                                       "You specified a source parent that doesn't exist."));
  EXPECT_THAT(move(account, root, "r-zzzz"), FailsWith(ErrorCode::kDestinationParentNotFoundException,
                                                       "You specified a destination parent that doesn't exist."));
  EXPECT_THAT(move(account, root, root), FailsWith(ErrorCode::kDuplicateAccountException,
                                                   "That account is already present in the specified destination."));
}

}  // namespace
}  // namespace claviger::ops::organizations
