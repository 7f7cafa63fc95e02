#include "service/dependencies.h"

#include "directory/context.h"
#include "store/check.h"

namespace claviger::service {

Dependencies::Dependencies(store::Transaction& transaction)
    : read_(transaction.TakeBatch()), checked_at_(read_.snapshot) {}

Result<bool> Dependencies::Hold(store::Reader& reader) {
  if (checked_at_ == reader.revision()) return true;
  const store::StoreResult<> unchanged = store::CheckReads(reader, read_);
  if (!unchanged.ok()) {
    if (unchanged.error().kind == store::StoreError::Kind::kConflict) return false;
    return Failure{directory::ToError(unchanged.error())};
  }
  checked_at_ = reader.revision();
  return true;
}

}  // namespace claviger::service
