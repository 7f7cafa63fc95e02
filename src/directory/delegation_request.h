// Delegation requests at rest: a product provider asks somebody in another account to let it act in their place for a
// while. One attempt's view; not thread-safe.
// Follows "Understanding the request lifecycle" in the IAM User Guide.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "directory/context.h"

namespace claviger::directory {

// Stored, never renumber: docs/internals/directory.md.
enum class DelegationState : std::uint8_t {
  kUnassigned = 1,
  kAssigned = 2,
  kPendingApproval = 3,
  kAccepted = 4,
  kFinalized = 5,
  kRejected = 6,
  kExpired = 7,
};

std::string_view NameOf(DelegationState state);  // "PENDING_APPROVAL"

struct DelegationParameter {
  std::string name;
  bool is_list = false;
  std::vector<std::string> values;
};

struct DelegationRequest {
  std::string id;  // A UUID.
  AccountId provider;
  std::string provider_name;
  std::string template_arn;
  std::vector<DelegationParameter> parameters;
  std::string policy;  // That the template became.
  std::string description;
  std::optional<std::string> message;
  std::string workflow_id;
  std::optional<std::string> redirect_url;
  std::string topic;
  std::chrono::seconds session_duration{0};
  bool only_send_by_owner = false;
  DelegationState state = DelegationState::kUnassigned;
  TimePoint created;
  TimePoint updated;
  TimePoint expires;                       // When the state ends for want of the next one.
  std::optional<AccountId> owner_account;  // Absent: whoever associates it.
  std::string owner_arn;                   // Empty: nobody has associated it.
  std::string owner_user_id;               // As Caller::user_id, by which the owner is known.
  std::string approver_arn;
  std::string approver_session;  // Of whom the provider acts as: session::EncodeSession.
  std::optional<std::string> notes;
  std::optional<std::string> rejection_reason;

  // Whether an account may know of it.
  [[nodiscard]] bool IsVisibleTo(AccountId account) const { return !owner_account || *owner_account == account; }
};

class DelegationRequests {
 public:
  struct Owned {
    std::string id;
    std::string owner_arn;
  };

  explicit DelegationRequests(const Context& context) : context_(context) {}

  // As of `now`: one whose time is over shows as expired. Of whichever account.
  Result<std::optional<DelegationRequest>> Find(std::string_view id, TimePoint now);
  // A new one, in state kUnassigned. Errors: EntityAlreadyExists for a workflow id that the provider has used;
  // LimitExceeded.
  Result<> Insert(DelegationRequest& request, TimePoint now);
  // Moves a request that Find returned to another state, keeps what else was changed in it, and leaves a notice for the
  // provider; with the exchange token when there is one.
  void Advance(DelegationRequest& request, DelegationState state, TimePoint now, std::string_view exchange_token = {});
  // Those that somebody of the account owns, by id.
  Result<std::vector<Owned>> ListOwned();
  // Lets what is overdue expire, with the notice of it, and forgets what has been over for long; at most so many.
  // Returns how many there were.
  Result<std::size_t> Sweep(TimePoint now, std::size_t max);

 private:
  void Write(const DelegationRequest& request);
  void Notify(const DelegationRequest& request, TimePoint now, std::string_view exchange_token);
  void Forget(const DelegationRequest& request);
  Result<std::optional<DelegationRequest>> Read(std::string_view id);

  Context context_;
};

}  // namespace claviger::directory
