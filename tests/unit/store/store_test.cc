#include "store/store.h"

#include <memory>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "store/memory.h"
#include "suites/store_testing.h"

namespace claviger::store {
namespace {

class TransactionRecord : public ::testing::Test {
 protected:
  TransactionRecord() {
    Batch batch;
    for (const std::string key : {"a", "b", "c"}) batch.writes.emplace(key, "1");
    revision_ = store_->CommitAndWait(batch).value();
    reader_ = store_->NewReader().value();
    transaction_.emplace(*reader_);
  }

  std::unique_ptr<Store> store_ = NewMemoryStore();
  std::unique_ptr<Reader> reader_;
  Revision revision_;
  std::optional<Transaction> transaction_;
};

TEST_F(TransactionRecord, HoldsEveryReadOnce) {
  for (int i = 0; i < 3; ++i) {
    Get(*transaction_, "a");
    Get(*transaction_, "absent");
    Scan(*transaction_, "");
  }
  const Batch batch = transaction_->TakeBatch();
  EXPECT_EQ(batch.reads.size(), 2U);
  EXPECT_EQ(batch.reads.at("a"), revision_);
  EXPECT_EQ(batch.reads.at("absent"), std::nullopt);
  EXPECT_EQ(batch.ranges.size(), 1U);
}

TEST_F(TransactionRecord, KeepsTheLongestScanOfARange) {
  Scan(*transaction_, "", "", 2);
  Scan(*transaction_, "", "", 1);
  Scan(*transaction_, "", "a", 1);
  const Batch batch = transaction_->TakeBatch();
  ASSERT_EQ(batch.ranges.size(), 2U);
  EXPECT_EQ(batch.ranges.at({"", ""}).last, "b");
  EXPECT_EQ(batch.ranges.at({"", ""}).count, 2U);
  EXPECT_EQ(batch.ranges.at({"", "a"}).last, "b");
  EXPECT_EQ(batch.ranges.at({"", "a"}).count, 1U);
}

TEST_F(TransactionRecord, DependsOnNothingForOwnWrites) {
  transaction_->Put("a", "2");
  transaction_->Delete("b");
  Get(*transaction_, "a");
  Get(*transaction_, "b");
  EXPECT_TRUE(transaction_->TakeBatch().reads.empty());
}

TEST_F(TransactionRecord, IsEmptyOnceTaken) {
  Get(*transaction_, "a");
  transaction_->Put("a", "2");
  EXPECT_TRUE(transaction_->has_writes());
  transaction_->TakeBatch();
  EXPECT_FALSE(transaction_->has_writes());
  const Batch batch = transaction_->TakeBatch();
  EXPECT_TRUE(batch.reads.empty());
  EXPECT_EQ(batch.snapshot, revision_);
}

TEST_F(TransactionRecord, PutTakesAPartOfWhatItReplaces) {
  transaction_->Put("a", std::string(100, 'x') + "end");
  transaction_->Put("a", transaction_->Get("a").value()->value.substr(50));
  EXPECT_EQ(Get(*transaction_, "a"), std::string(50, 'x') + "end");
}

}  // namespace
}  // namespace claviger::store
