#include "ops/organizations/unit.h"

#include "gen/organizations/operations.h"
#include "ops/organizations/paging.h"
#include "ops/organizations/scope.h"
#include "ops/organizations/show.h"
#include "ops/organizations/tags.h"

namespace claviger::ops::organizations {
namespace {

using namespace gen::organizations;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

constexpr std::size_t kUnitsDeepMax = 5;  // Below the root ("Quotas for AWS Organizations").
constexpr std::size_t kUnitIdCharacters = 8;

Result<> CheckNameIsFree(Scope& scope, const std::string& parent, const std::string& name) {
  for (const std::string& id : TRY(scope.directory.ChildrenOf(parent)).units) {
    if (TRY(GetUnit(scope, id)).name == name) {
      return Fail(ErrorCode::kDuplicateOrganizationalUnitException, "An OU with the same name already exists.");
    }
  }
  return {};
}

Result<CreateOrganizationalUnitResponse> CreateOrganizationalUnit(OperationContext& context,
                                                                  const CreateOrganizationalUnitRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  const auto path = TRY(GetPathTo(scope, request.parent_id));
  auto tags = TRY(TagsFromApi(context, request.tags));
  if (path.size() > kUnitsDeepMax) {
    return Fail(ErrorCode::kConstraintViolationException,
                "You cannot add an organizational unit to the specified parent because it would exceed the max depth "
                "allowed.",
                "OU_DEPTH_LIMIT_EXCEEDED");
  }
  TRY(CheckNameIsFree(scope, request.parent_id, request.name));
  if (TRY(scope.directory.units.List()).size() >= context.directory.context.quotas.units_per_organization) {
    return Fail(ErrorCode::kConstraintViolationException,
                "You have exceeded the number of organizational units that you can have in an organization.",
                "OU_NUMBER_LIMIT_EXCEEDED");
  }
  const std::string root = scope.organization.root_id.substr(2);
  const directory::OrganizationalUnit unit{
      .id = "ou-" + root + "-" + directory::RandomWord(context.random, kUnitIdCharacters),
      .name = request.name,
      .parent = request.parent_id,
      .tags = std::move(tags)};
  scope.directory.units.Put(unit);
  scope.directory.AddChild(unit.parent, unit.id);
  scope.attachments().AttachDefaults(scope.organization, unit.id);
  return CreateOrganizationalUnitResponse{.organizational_unit = TRY(Show(scope, unit))};
}

Result<UpdateOrganizationalUnitResponse> UpdateOrganizationalUnit(OperationContext& context,
                                                                  const UpdateOrganizationalUnitRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  directory::OrganizationalUnit unit = TRY(GetUnit(scope, request.organizational_unit_id));
  if (request.name && *request.name != unit.name) {
    TRY(CheckNameIsFree(scope, unit.parent, *request.name));
    unit.name = *request.name;
    scope.directory.units.Put(unit);
  }
  return UpdateOrganizationalUnitResponse{.organizational_unit = TRY(Show(scope, unit))};
}

Result<DescribeOrganizationalUnitResponse> DescribeOrganizationalUnit(
    OperationContext& context, const DescribeOrganizationalUnitRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  const directory::OrganizationalUnit unit = TRY(GetUnit(scope, request.organizational_unit_id));
  return DescribeOrganizationalUnitResponse{.organizational_unit = TRY(Show(scope, unit))};
}

Result<DeleteOrganizationalUnitResponse> DeleteOrganizationalUnit(OperationContext& context,
                                                                  const DeleteOrganizationalUnitRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  const directory::OrganizationalUnit unit = TRY(GetUnit(scope, request.organizational_unit_id));
  const directory::Children children = TRY(scope.directory.ChildrenOf(unit.id));
  if (!children.accounts.empty() || !children.units.empty()) {
    return Fail(ErrorCode::kOrganizationalUnitNotEmptyException,
                "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child "
                "OUs, and try the operation again.");
  }
  TRY(scope.attachments().DetachAll(unit.id));
  scope.directory.RemoveChild(unit.parent, unit.id);
  scope.directory.units.Remove(unit.id);
  return DeleteOrganizationalUnitResponse{};
}

Result<ListOrganizationalUnitsForParentResponse> ListOrganizationalUnitsForParent(
    OperationContext& context, const ListOrganizationalUnitsForParentRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  TRY(GetPathTo(scope, request.parent_id));
  ListOrganizationalUnitsForParentResponse response;
  auto& shown = response.organizational_units.emplace();
  TRY(ShowTokenPage(
      context, "ListOrganizationalUnitsForParent", request, TRY(scope.directory.ChildrenOf(request.parent_id)).units,
      [](const std::string& id) { return id; },
      [&](const std::string& id) -> Result<> {
        shown.push_back(TRY(Show(scope, TRY(GetUnit(scope, id)))));
        return {};
      },
      response));
  return response;
}

Result<ListAccountsForParentResponse> ListAccountsForParent(OperationContext& context,
                                                            const ListAccountsForParentRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  TRY(GetPathTo(scope, request.parent_id));
  ListAccountsForParentResponse response;
  auto& shown = response.accounts.emplace();
  TRY(ShowTokenPage(
      context, "ListAccountsForParent", request, TRY(scope.directory.ChildrenOf(request.parent_id)).accounts,
      [](const std::string& id) { return id; },
      [&](const std::string& id) -> Result<> {
        shown.push_back(TRY(Show(scope, TRY(GetAccount(scope, id)))));
        return {};
      },
      response));
  return response;
}

Result<ListChildrenResponse> ListChildren(OperationContext& context, const ListChildrenRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  TRY(GetPathTo(scope, request.parent_id));
  directory::Children children = TRY(scope.directory.ChildrenOf(request.parent_id));
  const bool accounts = request.child_type == child_type::kAccount;
  ListChildrenResponse response;
  auto& shown = response.children.emplace();
  TRY(ShowTokenPage(
      context, "ListChildren", request, std::move(accounts ? children.accounts : children.units),
      [](const std::string& id) { return id; },
      [&](const std::string& id) -> Result<> {
        shown.push_back({.id = id, .type = request.child_type});
        return {};
      },
      response));
  return response;
}

// Everything has exactly one.
Result<ListParentsResponse> ListParents(OperationContext& context, const ListParentsRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  std::string parent;
  if (request.child_id.starts_with("ou-")) {
    if (const auto unit = TRY(scope.directory.units.Find(request.child_id))) parent = unit->parent;
  } else if (const auto account = TRY(scope.directory.accounts.Find(request.child_id))) {
    parent = account->parent;
  }
  if (parent.empty()) return Fail(ErrorCode::kChildNotFoundException, "You specified a child that doesn't exist.");
  const bool is_root = parent == scope.organization.root_id;
  return ListParentsResponse{
      .parents = std::vector<Parent>{
          {.id = parent, .type = std::string(is_root ? parent_type::kRoot : parent_type::kOrganizationalUnit)}}};
}

Result<MoveAccountResponse> MoveAccount(OperationContext& context, const MoveAccountRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  directory::MemberAccount account = TRY(GetAccount(scope, request.account_id));
  if (TRY(scope.directory.PathTo(scope.organization, request.source_parent_id)).empty()) {
    return Fail(ErrorCode::kSourceParentNotFoundException, "You specified a source parent that doesn't exist.");
  }
  if (TRY(scope.directory.PathTo(scope.organization, request.destination_parent_id)).empty()) {
    return Fail(ErrorCode::kDestinationParentNotFoundException,
                "You specified a destination parent that doesn't exist.");
  }
  if (account.parent != request.source_parent_id) {
    return Fail(ErrorCode::kAccountNotFoundException, "You specified an account that doesn't exist.");
  }
  if (account.parent == request.destination_parent_id) {
    return Fail(ErrorCode::kDuplicateAccountException, "That account is already present in the specified destination.");
  }
  scope.directory.RemoveChild(account.parent, account.id);
  account.parent = request.destination_parent_id;
  scope.directory.AddChild(account.parent, account.id);
  scope.directory.accounts.Put(account);
  return MoveAccountResponse{};
}

}  // namespace

void RegisterUnitOperations(Operations& operations) {
  operations.Add<api::CreateOrganizationalUnit>(CreateOrganizationalUnit);
  operations.Add<api::UpdateOrganizationalUnit>(UpdateOrganizationalUnit);
  operations.Add<api::DescribeOrganizationalUnit>(DescribeOrganizationalUnit);
  operations.Add<api::DeleteOrganizationalUnit>(DeleteOrganizationalUnit);
  operations.Add<api::ListOrganizationalUnitsForParent>(ListOrganizationalUnitsForParent);
  operations.Add<api::ListAccountsForParent>(ListAccountsForParent);
  operations.Add<api::ListChildren>(ListChildren);
  operations.Add<api::ListParents>(ListParents);
  operations.Add<api::MoveAccount>(MoveAccount);
}

}  // namespace claviger::ops::organizations
