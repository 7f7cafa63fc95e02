// The seeds of hardware tokens, as their maker delivers them: a line for each, `serial number,seed[,period]`.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/secret.h"
#include "server/master_key.h"

namespace claviger::cli {

inline constexpr std::size_t kTokenFileBytesMax = std::size_t{4} << 20;

struct TokenSeed {
  std::string serial_number;
  crypto::Secret seed;
  std::chrono::seconds period;
};

// Empty lines and those that begin with # are passed over, and a first line whose second column is `seed`. A seed is 16
// to 64 bytes in hex or Base32. `period` is that of lines without one; 30 or 60. Errors: what is wrong in which line;
// never the seed.
server::StartResult<std::vector<TokenSeed>> ParseTokenFile(std::string_view text, std::chrono::seconds period);

}  // namespace claviger::cli
