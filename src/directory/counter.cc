#include "directory/counter.h"

#include <string>

#include "directory/keyspace.h"

namespace claviger::directory {

Result<> CountUp(const Context& context, const Counter& counter) {
  const std::string key = keyspace::Count(context.account, counter.what);
  // Looked at without depending on it: the store holds the bound again when it commits.
  const std::uint64_t count = TRY(FromStore(context.transaction.PeekCounter(key)));
  if (count >= counter.max) return QuotaExceeded(counter.quota_name, counter.max);
  context.transaction.AddToCounter(key, 1, counter.max);
  return {};
}

void CountDown(const Context& context, const Counter& counter) {
  context.transaction.AddToCounter(keyspace::Count(context.account, counter.what), -1, counter.max);
}

Result<std::uint64_t> CountOf(const Context& context, std::string_view what) {
  return FromStore(context.transaction.PeekCounter(keyspace::Count(context.account, what)));
}

Failure<Error> QuotaExceeded(std::string_view quota_name, std::uint64_t max) {
  return Fail(ErrorCode::kLimitExceeded,
              "Cannot exceed quota for " + std::string(quota_name) + ": " + std::to_string(max));
}

}  // namespace claviger::directory
