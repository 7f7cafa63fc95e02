// Organizations at rest: a management account, the accounts that are its members, and the tree of units they stand in.
//
// All of an organization is kept in the range of its management account; every member account, that one included, has a
// membership that leads there. These are the only parts of the directory that reach from one account into another.
// One attempt's view; not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"
#include "base/clock.h"
#include "directory/context.h"

namespace claviger::directory {

// Stored, never renumber: docs/internals/directory.md.
enum class FeatureSet : std::uint8_t { kAll = 1, kConsolidatedBilling = 2 };
enum class ControlPolicyType : std::uint8_t { kServiceControl = 1, kResourceControl = 2 };
enum class RootFeature : std::uint8_t { kRootCredentialsManagement = 1, kRootSessions = 2 };
enum class MemberStatus : std::uint8_t { kActive = 1, kSuspended = 2 };
enum class JoinedMethod : std::uint8_t { kInvited = 1, kCreated = 2 };
enum class CreationState : std::uint8_t { kSucceeded = 1, kFailed = 2 };

// Which organization an account is in.
struct Membership {
  AccountId management;
  std::string organization_id;  // "o-..."
};

Result<std::optional<Membership>> FindMembership(store::Transaction& transaction, AccountId account);

// Whether an account was closed: nobody acts in it any more. It outlasts the membership.
Result<bool> IsClosed(store::Transaction& transaction, AccountId account);
void Close(store::Transaction& transaction, AccountId account, TimePoint when);

struct Organization {
  std::string id;       // "o-..."
  std::string root_id;  // "r-..."
  FeatureSet feature_set = FeatureSet::kAll;
  TimePoint created;
  std::vector<ControlPolicyType> enabled_types;  // Those that count.
  std::vector<Tag> root_tags;
  std::vector<RootFeature> root_features;

  [[nodiscard]] bool Enables(ControlPolicyType type) const;
};

struct OrganizationalUnit {
  std::string id;  // "ou-<root>-..."
  std::string name;
  std::string parent;  // Of the root or a unit.
  std::vector<Tag> tags;
};

struct MemberAccount {
  std::string id;  // Twelve digits.
  std::string name;
  std::string email;
  std::string parent;
  MemberStatus status = MemberStatus::kActive;
  JoinedMethod joined_method = JoinedMethod::kCreated;
  TimePoint joined;
  std::vector<Tag> tags;
};

struct ControlPolicy {
  std::string id;  // "p-..."
  ControlPolicyType type = ControlPolicyType::kServiceControl;
  std::string name;
  std::string description;
  std::string content;
  std::vector<Tag> tags;
  bool aws_managed = false;  // Not stored.
};

// What became of a request to make an account.
struct AccountCreation {
  std::string id;  // "car-..."
  std::string account_name;
  CreationState state = CreationState::kSucceeded;
  TimePoint requested;
  TimePoint completed;
  std::string account;  // Of one that succeeded.
  std::string failure;  // Why it failed: "EMAIL_ALREADY_EXISTS".
};

// A service that may act in the organization.
struct TrustedService {
  std::string id;  // Its principal: "iam.amazonaws.com".
  TimePoint enabled;
};

// An account that administers the organization for a service.
struct Delegation {
  std::string id;  // "<account>/<service principal>"
  TimePoint registered;

  [[nodiscard]] std::string_view account() const { return std::string_view(id).substr(0, id.find('/')); }
  [[nodiscard]] std::string_view service() const { return std::string_view(id).substr(id.find('/') + 1); }
};

// Things of an organization that are found by their ids. The functions are in organization_internal.h.
template <class T>
class OrganizationPart {
 public:
  explicit OrganizationPart(const Context& context) : context_(context) {}

  Result<std::optional<T>> Find(std::string_view id);
  void Put(const T& item);
  void Remove(std::string_view id);
  // In the order of their ids, from behind `after` on, those whose ids begin with `prefix`.
  Result<std::vector<T>> List(std::string_view prefix = {});

 private:
  Context context_;
};

extern template class OrganizationPart<OrganizationalUnit>;
extern template class OrganizationPart<MemberAccount>;
extern template class OrganizationPart<ControlPolicy>;
extern template class OrganizationPart<AccountCreation>;
extern template class OrganizationPart<TrustedService>;
extern template class OrganizationPart<Delegation>;

// The accounts and units directly below a root or unit.
struct Children {
  std::vector<std::string> accounts;
  std::vector<std::string> units;
};

// The organization of one management account. Control policies are in organization_policy.h.
struct OrganizationDirectory {
  // `from` may be of any account. REQUIRES: what it refers to outlives this.
  OrganizationDirectory(const Context& from, AccountId management);

  Result<std::optional<Organization>> Find();
  void Put(const Organization& organization);
  // With all that belongs to it, but not the memberships.
  Result<> Remove();

  // Puts the account or unit below its parent, or takes it away from there.
  void AddChild(std::string_view parent, std::string_view child);
  void RemoveChild(std::string_view parent, std::string_view child);
  Result<Children> ChildrenOf(std::string_view parent);
  // The ids from the root down to `parent`, which stands at the end. Empty: there is no such root or unit.
  Result<std::vector<std::string>> PathTo(const Organization& organization, std::string_view parent);

  // Makes an account a member, or one no longer.
  void Join(const Organization& organization, AccountId account);
  void Leave(AccountId account);

  // Whom an e-mail address belongs to; addresses are compared without regard to letter case.
  Result<std::optional<std::string>> FindEmail(std::string_view email);
  void PutEmail(std::string_view email, std::string_view account);
  void RemoveEmail(std::string_view email);

  [[nodiscard]] AccountId management() const { return context.account; }

  Context context;  // Of the management account.
  OrganizationPart<OrganizationalUnit> units;
  OrganizationPart<MemberAccount> accounts;
  OrganizationPart<ControlPolicy> policies;
  OrganizationPart<AccountCreation> creations;
  OrganizationPart<TrustedService> services;
  OrganizationPart<Delegation> delegations;
};

// `count` random characters of 0-9a-z, of which ids are made.
std::string RandomWord(Random& random, std::size_t count);

}  // namespace claviger::directory
