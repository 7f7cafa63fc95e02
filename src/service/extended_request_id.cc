#include "service/extended_request_id.h"

#include <chrono>
#include <cstdint>

#include "base/encoding.h"

namespace claviger::service {

std::string NewExtendedRequestId(std::string_view region, TimePoint time, Random& random) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr int kCharacters = 8;
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  std::string text = "1:";
  text.append(region).append(":S:").append(std::to_string(millis)).append(":R:");
  std::uint64_t bits = random.Uint64();
  for (int i = 0; i < kCharacters; ++i, bits /= kAlphabet.size()) text += kAlphabet[bits % kAlphabet.size()];
  return Base64Encode(AsBytes(text));
}

}  // namespace claviger::service
