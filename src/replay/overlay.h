// A snapshot as it would be with a change that nobody commits: the writes of a transaction in front of what its reader
// reads. Not thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "store/store.h"

namespace claviger::replay {

class Overlay final : public store::Reader {
 public:
  // REQUIRES: the transaction outlives this, and neither it nor its reader changes any more.
  explicit Overlay(store::Transaction& transaction) : transaction_(transaction) {}

  store::StoreResult<> Refresh() override { return {}; }
  void Release() override {}
  // One that no snapshot below has.
  [[nodiscard]] store::Revision revision() const override { return transaction_.revision() + 1; }

  store::StoreResult<std::optional<store::Entry>> Get(std::string_view key) override {
    transaction_.ForgetReads();  // Nothing will depend on them.
    return transaction_.Get(key);
  }
  store::StoreResult<> Scan(std::string_view prefix, std::string_view after, const Visitor& visit) override {
    return transaction_.Scan(prefix, after, visit);
  }

 private:
  store::Transaction& transaction_;
};

}  // namespace claviger::replay
