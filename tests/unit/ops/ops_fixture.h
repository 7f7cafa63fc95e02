// Operations run as the pipeline runs them, for tests: a typed request in, the commit, a typed response out.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "gen/iam/operations.h"
#include "gen/sts/operations.h"
#include "ops/context.h"
#include "ops/operations.h"
#include "unit/directory/directory_fixture.h"

namespace claviger::ops {

using directory::FailsWith;
using directory::kAccount;
using directory::kNow;
using directory::kOtherAccount;
using directory::Succeeds;

inline Caller RootCaller(AccountId account = kAccount) {
  return {.type = PrincipalType::kRoot,
          .account = account,
          .arn = RootArn(account),
          .user_id = account.ToString(),
          .unique_id = account.ToString(),
          .user_name = "",
          .access_key_id = "AKIAROOT",
          .session = std::nullopt};
}

class Service {
 public:
  using Register = void (*)(Operations&);

  explicit Service(std::initializer_list<Register> operations) {
    for (const Register add : operations) add(operations_);
  }

  // Fails when the operation does; a test that expects no conflict sees one as a failed commit.
  template <class Operation>
  Result<typename Operation::Response> Call(typename Operation::Request request = {}) {
    const auto call = operations_.NewCall(Operation::Info());
    if (call == nullptr) {
      ADD_FAILURE() << Operation::Info().name << " is not registered";
      return Fail(ErrorCode::kInternalFailure, "");
    }
    *static_cast<typename Operation::Request*>(call->request()) = std::move(request);
    SlowWork slow_work;
    for (;;) {
      directory::Attempt attempt(world, caller.account);
      OperationContext context{.caller = caller,
                               .directory = attempt.directory,
                               .now = now,
                               .random = world.random,
                               .slow_work = slow_work,
                               .issuer_keys = issuer_keys,
                               .token_issuers = "https://claviger.example",
                               .principal_tags = principal_tags,
                               .trail = trail,
                               .deliveries = deliveries};
      const Result<> outcome = call->Run(context);
      if (slow_work.waiting()) {
        slow_work.Do();
        continue;
      }
      if (outcome.ok() || context.keep_when_failed) {
        EXPECT_TRUE(attempt.Commit());
      }
      TRY(outcome);
      break;
    }
    return *static_cast<const typename Operation::Response*>(call->response());
  }

  directory::World world;
  Caller caller = RootCaller();
  TimePoint now = kNow;
  federation::IssuerKeys* issuer_keys = nullptr;
  std::vector<Tag> principal_tags;
  audit::Trail* trail = nullptr;
  const audit::DeliveryService* deliveries = nullptr;

 private:
  Operations operations_;
};

inline std::string PolicyArn(std::string_view name, std::string_view path = "/") {
  return IamArn(kAccount, "policy", path, name);
}

// Documents of the usual form.
inline constexpr char kAllowAll[] =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
inline constexpr char kTrustEc2[] =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]})";

}  // namespace claviger::ops
