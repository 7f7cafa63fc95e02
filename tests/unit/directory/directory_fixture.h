// A directory over a store in memory, for tests: one attempt after the other, each committed when it is told to.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/random.h"
#include "directory/directory.h"
#include "store/memory.h"

namespace claviger::directory {

inline const AccountId kAccount = *AccountId::Parse("123456789012");
inline const AccountId kOtherAccount = *AccountId::Parse("210987654321");
// 2026-01-31T12:00:00Z.
inline constexpr TimePoint kNow{std::chrono::seconds(1769860800)};

MATCHER(Succeeds, "") {
  if (!arg.ok()) *result_listener << WireCode(arg.error().code) << ": " << arg.error().message;
  return arg.ok();
}

MATCHER_P2(FailsWith, code, message, "") {
  if (arg.ok()) {
    *result_listener << "succeeded";
    return false;
  }
  *result_listener << WireCode(arg.error().code) << ": " << arg.error().message;
  return arg.error().code == code && arg.error().message == std::string_view(message);
}

// Everything but the account that an attempt needs.
struct World {
  World() {
    for (crypto::Keyring* ring : {&keys.secrets, &keys.sessions, &keys.markers}) {
      ring->Add(1, crypto::Secret(std::string(32, 'k')));
    }
  }

  std::unique_ptr<store::Store> store = store::NewMemoryStore();
  std::unique_ptr<store::Reader> reader = std::move(*store->NewReader());
  Keys keys;
  Quotas quotas;
  SeededRandom random{1};
};

// One attempt at a change on the newest state. One at a time for each world.
class Attempt {
 public:
  explicit Attempt(World& world, AccountId account = kAccount)
      : world_(world),
        transaction_(Refreshed(*world.reader)),
        directory({.transaction = transaction_,
                   .account = account,
                   .keys = world.keys,
                   .quotas = world.quotas,
                   .random = world.random}) {}

  // Whether all of it was applied; false on a conflict.
  bool Commit() { return world_.store->CommitAndWait(transaction_.TakeBatch()).ok(); }
  store::Transaction& transaction() { return transaction_; }

 private:
  static store::Reader& Refreshed(store::Reader& reader) {
    EXPECT_TRUE(reader.Refresh().ok());
    return reader;
  }

  World& world_;
  store::Transaction transaction_;

 public:
  Directory directory;
};

// How many keys the store holds: what was deleted must leave nothing behind.
inline std::size_t CountKeys(World& world, std::string_view prefix = "") {
  EXPECT_TRUE(world.reader->Refresh().ok());
  std::size_t count = 0;
  EXPECT_TRUE(world.reader
                  ->Scan(prefix, "",
                         [&](std::string_view, const store::Entry&) {
                           ++count;
                           return true;
                         })
                  .ok());
  return count;
}

}  // namespace claviger::directory
