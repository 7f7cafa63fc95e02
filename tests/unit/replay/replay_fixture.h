// A service that records what happens, and replays of it with a change.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "ops/iam/attached_policy.h"
#include "ops/iam/inline_policy.h"
#include "ops/iam/permissions_boundary.h"
#include "ops/iam/role.h"
#include "ops/iam/user.h"
#include "replay/change_set.h"
#include "replay/overlay.h"
#include "replay/replay.h"
#include "unit/service/service_fixture.h"

namespace claviger::replay::testing {

using service::testing::Audited;
using service::testing::kAccount;
using service::testing::Service;

class ReplayTest : public ::testing::Test {
 protected:
  ReplayTest() {
    ops::iam::RegisterAttachedPolicyOperations(operations_);
    ops::iam::RegisterInlinePolicyOperations(operations_);
    ops::iam::RegisterPermissionsBoundaryOperations(operations_);
    ops::iam::RegisterRoleOperations(operations_);
    ops::iam::RegisterUserOperations(operations_);
  }

  // All that was recorded, decided once more with `changes`. Quotation marks may be single ones.
  Report ReplayWith(std::string changes, const Scope& scope = {}) {
    std::ranges::replace(changes, '\'', '"');
    service_.worker->auditor().Flush();
    service_.trail->Flush();
    const auto calls = ParseChangeSet(changes);
    EXPECT_TRUE(calls.ok()) << calls.error();
    if (!calls.ok()) return {};
    const auto reader = *service_.store.NewReader();
    store::Transaction transaction(*reader);
    const auto applied = Apply(*calls, {.operations = operations_,
                                        .directories = directories_,
                                        .transaction = transaction,
                                        .account = kAccount,
                                        .now = service_.clock.now});
    EXPECT_TRUE(applied.ok()) << applied.error();
    Overlay overlay(transaction);
    Judge before(*reader, directories_);
    Judge after(overlay, directories_);
    Sessions sessions(service_.trail->journal(), *session_keys_);
    auto report = Replay(service_.trail->journal(), sessions, before, after, scope, {});
    EXPECT_TRUE(report.ok()) << report.error();
    return report.ok() ? *std::move(report) : Report();
  }

  Service service_{service::SessionEnd::kExpiry, Audited::kYes};
  SeededRandom random_{9};
  service::Directories directories_{
      .keys = service_.keys, .quotas = service_.quotas, .catalogue = directory::BuiltinCatalogue(), .random = random_};
  const crypto::Keyring* session_keys_ = &service_.keys.sessions;
  ops::Operations operations_;
};

}  // namespace claviger::replay::testing
