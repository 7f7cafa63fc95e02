// What something that is kept in memory was read from, so that it is known at once when it no longer holds.
// Not thread-safe.
#pragma once

#include "aws/error.h"
#include "store/store.h"

namespace claviger::service {

class Dependencies {
 public:
  // Everything `transaction` read. Takes its batch. REQUIRES: it wrote nothing.
  explicit Dependencies(store::Transaction& transaction);

  // Whether all of it is still the same in the reader's snapshot. While the store stands still that is one comparison
  // of numbers; after a change somewhere it is a look-up for each record.
  Result<bool> Hold(store::Reader& reader);

 private:
  store::Batch read_;
  store::Revision checked_at_;  // The snapshot in which it was last found unchanged.
};

}  // namespace claviger::service
