// What somebody is about to change: calls of the API in a file, carried out on a transaction that is never committed.
//
//   {"Account": "111122223333",
//    "Changes": [{"PutUserPolicy": {"UserName": "bob", "PolicyName": "p", "PolicyDocument": {...}}},
//                {"organizations:CreatePolicy": {...}},
//                {"organizations:AttachPolicy": {"PolicyId": "$2.Policy.PolicySummary.Id", "TargetId": "..."}}]}
//
// or the list alone. Each call has the names and parameters of the API; documents may be objects instead of texts, a
// service stands before its operation unless it is IAM, and `$2.` begins the path of a text in the answer of the second
// call. A call may name an account of its own. Pure but for the transaction; not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/account_id.h"
#include "aws/shape.h"
#include "base/clock.h"
#include "base/result.h"
#include "ops/operations.h"
#include "service/directories.h"
#include "store/store.h"

namespace claviger::replay {

inline constexpr std::size_t kChangeSetBytesMax = 4 << 20;

struct PlannedCall {
  const OperationInfo* operation;
  std::optional<AccountId> account;  // nullopt: the one that the command is about.
  std::string parameters;            // JSON, with the API's own names and types.
};

template <class T = void>
using ChangeSetResult = Expected<T, std::string>;

// Fails, with a sentence for people, on what is not such a file, an operation that there is not or that changes
// nothing, and a parameter that it has not.
ChangeSetResult<std::vector<PlannedCall>> ParseChangeSet(std::string_view text);

struct ChangeSetRun {
  const ops::Operations& operations;
  const service::Directories& directories;
  store::Transaction& transaction;
  AccountId account;  // Of the calls that name none.
  TimePoint now;
};

// Does what the calls ask, one after the other, as the root user of their accounts. Fails on the first that fails, in
// the API's words.
ChangeSetResult<> Apply(const std::vector<PlannedCall>& calls, const ChangeSetRun& run);

}  // namespace claviger::replay
