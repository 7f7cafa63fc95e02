#include "directory/organization_setup.h"

#include <utility>

#include "aws/arn.h"
#include "aws/unique_id.h"

namespace claviger::directory {
namespace {

constexpr std::string_view kAdministratorAccess = "arn:aws:iam::aws:policy/AdministratorAccess";
constexpr std::size_t kOrganizationIdCharacters = 10;
constexpr std::size_t kRootIdCharacters = 4;

}  // namespace

std::string PlaceholderEmail(AccountId account) { return "root@" + account.ToString() + ".invalid"; }

Result<Organization> CreateOrganization(const Context& context, FeatureSet features, MemberAccount management,
                                        TimePoint now) {
  const Organization organization{.id = "o-" + RandomWord(context.random, kOrganizationIdCharacters),
                                  .root_id = "r-" + RandomWord(context.random, kRootIdCharacters),
                                  .feature_set = features,
                                  .created = now};
  OrganizationDirectory directory(context, context.account);
  directory.Put(organization);
  management.parent = organization.root_id;
  TRY(AddMember(directory, organization, management));
  return organization;
}

Result<> AddMember(OrganizationDirectory& directory, const Organization& organization, const MemberAccount& member) {
  directory.accounts.Put(member);
  directory.AddChild(member.parent, member.id);
  directory.PutEmail(member.email, member.id);
  ControlAttachments(directory).AttachDefaults(organization, member.id);
  const auto account = AccountId::Parse(member.id);
  if (!account) return Fail(ErrorCode::kInternalFailure, "A member account's id is no account id.");
  directory.Join(organization, *account);
  return {};
}

Result<> RemoveMember(OrganizationDirectory& directory, const MemberAccount& member) {
  directory.accounts.Remove(member.id);
  directory.RemoveChild(member.parent, member.id);
  directory.RemoveEmail(member.email);
  TRY(ControlAttachments(directory).DetachAll(member.id));
  if (const auto account = AccountId::Parse(member.id)) directory.Leave(*account);
  return {};
}

Result<> InsertAccessRole(const Context& from, AccountId account, AccountId management, std::string_view name,
                          TimePoint now) {
  Directory directory(InAccount(from, account));
  const auto administrator = TRY(directory.policies.FindByArn(kAdministratorAccess));
  if (!administrator) {
    return Fail(ErrorCode::kInternalFailure, "The catalogue of policies lacks AdministratorAccess.");
  }
  const Role role{.id = MintId(IdKind::kRole, account, from.random),
                  .path = "/",
                  .name = std::string(name),
                  .created = now,
                  .trust_policy = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":")" +
                                  RootArn(management) + R"("},"Action":"sts:AssumeRole"}]})"};
  TRY(directory.roles.Insert(role));
  return directory.holdings.Attach({EntityKind::kRole, role.id, role.name}, administrator->id);
}

Result<AccountId> MintAccountId(const Context& context) {
  constexpr std::uint64_t kFirst = 100'000'000'000;  // None that begins with a zero, as AWS's mostly do not.
  constexpr std::uint64_t kCount = 900'000'000'000;
  while (true) {
    const AccountId account = AccountId::FromNumber(kFirst + context.random.Uint64() % kCount).value();
    if (!TRY(FindAccount(context.transaction, account))) return account;
  }
}

}  // namespace claviger::directory
