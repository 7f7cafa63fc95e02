// The one error an operation can fail with: AWS's code and the message that goes with it.
// HTTP status and wire code come from the generated table, so nobody types them.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "gen/error_code.h"

namespace claviger {

struct Error {
  ErrorCode code;
  std::string message;
  std::string reason = {};  // A word for it beside the message: the member Reason of errors in JSON. Mostly empty.

  bool operator==(const Error&) const = default;
};

template <class T = void>
using Result = Expected<T, Error>;

inline Failure<Error> Fail(ErrorCode code, std::string message, std::string reason = {}) {
  return {Error{code, std::move(message), std::move(reason)}};
}

}  // namespace claviger
