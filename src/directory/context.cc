#include "directory/context.h"

namespace claviger::directory {

Context InAccount(const Context& context, AccountId account) {
  return {.transaction = context.transaction,
          .account = account,
          .keys = context.keys,
          .quotas = context.quotas,
          .random = context.random,
          .catalogue = context.catalogue};
}

Error ToError(const store::StoreError& error) {
  switch (error.kind) {
    case store::StoreError::Kind::kConflict:
      return {ErrorCode::kServiceUnavailable, "The request conflicts with others on the same resource. Please retry."};
    case store::StoreError::Kind::kLimit:
      return {ErrorCode::kLimitExceeded, "The request is too large to be stored: " + error.message};
    case store::StoreError::Kind::kFull:
    case store::StoreError::Kind::kUnavailable:
      return {ErrorCode::kServiceUnavailable, "The store cannot take changes: " + error.message};
    case store::StoreError::Kind::kCorrupt:
      return {ErrorCode::kInternalFailure, "The store holds something unreadable: " + error.message};
  }
  return {ErrorCode::kInternalFailure, error.message};
}

Failure<Error> Corrupt(std::string_view key) {
  return Fail(ErrorCode::kInternalFailure, "The record `" + std::string(key) + "` is unreadable.");
}

}  // namespace claviger::directory
