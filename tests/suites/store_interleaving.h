// Random transactions side by side over one store, checked against a std::map.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "store/store.h"
#include "suites/store_testing.h"

namespace claviger::store {

// Attempts interleave at random over snapshots of different ages. The store must behave as if those that succeeded had
// run one after the other, in the order of their commits: replayed so over a std::map, each must see what it saw.
class StoreInterleaving {
 public:
  StoreInterleaving(Store& store, std::uint64_t seed) : store_(store), random_(seed) {}

  void Run(int steps) {
    for (int i = 0; i < 4; ++i) attempts_.push_back(Begin());
    for (int i = 0; i < steps; ++i) {
      Attempt& attempt = attempts_[Pick(attempts_.size())];
      if (Pick(8) == 0) {
        Finish(attempt);
        if (::testing::Test::HasFatalFailure()) return;
        attempt = Begin();
      } else {
        Step(attempt);
      }
    }
    EXPECT_GT(succeeded_, 0);
    EXPECT_GT(conflicted_, 0);
    EXPECT_EQ(Scan(*store_.NewReader().value(), ""), Pairs(model_.begin(), model_.end()));
  }

 private:
  using Model = std::map<std::string, std::string>;
  // Something done, to be done again over the model; returns what was seen.
  using Operation = std::function<Pairs(Model&)>;

  struct Attempt {
    std::unique_ptr<Reader> reader;
    std::unique_ptr<Transaction> transaction;
    std::vector<std::pair<Operation, Pairs>> steps;
    int begun;
  };

  std::size_t Pick(std::size_t count) { return random_() % count; }
  std::string Key() {
    return std::string(1, static_cast<char>('a' + Pick(2))) + std::string(1, static_cast<char>('0' + Pick(6)));
  }

  Attempt Begin() {
    Attempt attempt{.reader = store_.NewReader().value(), .transaction = nullptr, .steps = {}, .begun = succeeded_};
    attempt.transaction = std::make_unique<Transaction>(*attempt.reader);
    return attempt;
  }

  void Step(Attempt& attempt) {
    Transaction& transaction = *attempt.transaction;
    const std::string key = Key();
    switch (Pick(5)) {
      case 0:
      case 1:
        attempt.steps.emplace_back(
            [key](Model& model) {
              return Pairs{{key, model.contains(key) ? model[key] : "absent"}};
            },
            Pairs{{key, Get(transaction, key)}});
        break;
      case 2: {
        const std::string prefix = key.substr(0, Pick(3));
        const std::string after = Pick(2) == 0 ? "" : Key();
        const std::size_t count_max = Pick(2) == 0 ? SIZE_MAX : 1 + Pick(4);
        attempt.steps.emplace_back(
            [=](Model& model) {
              Pairs found;
              for (const auto& [k, value] : model) {
                if (k.starts_with(prefix) && k > after && found.size() < count_max) found.emplace_back(k, value);
              }
              return found;
            },
            Scan(transaction, prefix, after, count_max));
        break;
      }
      case 3: {
        const std::string value = std::to_string(random_() % 1000);
        transaction.Put(key, value);
        attempt.steps.emplace_back([=](Model& model) { return model[key] = value, Pairs(); }, Pairs());
        break;
      }
      default:
        transaction.Delete(key);
        attempt.steps.emplace_back([=](Model& model) { return model.erase(key), Pairs(); }, Pairs());
    }
  }

  void Finish(Attempt& attempt) {
    const StoreResult<Revision> result = store_.CommitAndWait(attempt.transaction->TakeBatch());
    if (!result.ok()) {
      ASSERT_EQ(result.error().kind, Kind::kConflict);
      ASSERT_NE(attempt.begun, succeeded_) << "a conflict with nobody";
      ++conflicted_;
      return;
    }
    ++succeeded_;
    for (const auto& [operation, seen] : attempt.steps) ASSERT_EQ(operation(model_), seen);
  }

  Store& store_;
  std::mt19937_64 random_;
  std::vector<Attempt> attempts_;
  Model model_;
  int succeeded_ = 0;
  int conflicted_ = 0;
};

}  // namespace claviger::store
