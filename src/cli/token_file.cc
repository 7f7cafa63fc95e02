#include "cli/token_file.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/encoding.h"
#include "base/text.h"

namespace claviger::cli {
namespace {

using server::StartError;
using server::StartResult;

constexpr std::size_t kSerialCharactersMin = 9;  // As the API's own constraint.
constexpr std::size_t kSerialCharactersMax = 64;
constexpr std::size_t kSeedBytesMin = 16;
constexpr std::size_t kSeedBytesMax = 64;

// A serial number that EnableMFADevice takes and that is no ARN.
bool IsSerialNumber(std::string_view text) {
  return text.size() >= kSerialCharactersMin && text.size() <= kSerialCharactersMax &&
         std::ranges::all_of(text, [](char c) {
           const char lower = AsciiLower(c);
           return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
                  std::string_view("_+=.@-").find(c) != std::string_view::npos;
         });
}

// Nothing but hex digits is hex: of Base32 that would be one in ten billion even of the shortest seeds.
std::optional<crypto::Secret> ParseSeed(std::string_view text) {
  auto bytes = HexDecode(AsciiLower(text));
  if (!bytes) {
    std::string upper(text.substr(0, text.find('=')));
    for (char& c : upper) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    }
    bytes = Base32Decode(upper);
    crypto::Wipe(upper.data(), upper.size());
  }
  if (!bytes) return std::nullopt;
  crypto::Secret seed(*std::move(bytes));
  if (seed.size() < kSeedBytesMin || seed.size() > kSeedBytesMax) return std::nullopt;
  return seed;
}

// The next column of a line, without the white space around it.
std::string_view TakeColumn(std::string_view& line) {
  const std::size_t comma = std::min(line.find(','), line.size());
  const std::string_view column = TrimSpace(line.substr(0, comma));
  line.remove_prefix(std::min(comma + 1, line.size()));
  return column;
}

Failure<StartError> Wrong(std::size_t line, const std::string& what) {
  return Failure<StartError>{"line " + std::to_string(line) + ": " + what};
}

StartResult<TokenSeed> ParseLine(std::size_t number, std::string_view line, std::chrono::seconds period) {
  const std::string_view serial_number = TakeColumn(line);
  const std::string_view seed_text = TakeColumn(line);
  const std::string_view period_text = TakeColumn(line);
  if (!IsSerialNumber(serial_number)) {
    return Wrong(number, "a serial number is 9 to 64 letters, digits and any of +=.@_-");
  }
  auto seed = ParseSeed(seed_text);
  if (!seed) return Wrong(number, "a seed is 16 to 64 bytes in hex or Base32");
  if (!line.empty() || (!period_text.empty() && period_text != "30" && period_text != "60")) {
    return Wrong(number, "only a period may follow the seed: 30 or 60 seconds");
  }
  if (!period_text.empty()) period = std::chrono::seconds(period_text == "60" ? 60 : 30);
  return TokenSeed{.serial_number = std::string(serial_number), .seed = *std::move(seed), .period = period};
}

bool IsHeading(std::string_view line) {
  TakeColumn(line);
  return AsciiLower(TakeColumn(line)) == "seed";
}

}  // namespace

StartResult<std::vector<TokenSeed>> ParseTokenFile(std::string_view text, std::chrono::seconds period) {
  std::vector<TokenSeed> tokens;
  std::set<std::string> seen;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = TrimSpace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#' || (tokens.empty() && IsHeading(line))) continue;
    TokenSeed token = TRY(ParseLine(number, line, period));
    if (!seen.insert(AsciiLower(token.serial_number)).second) {
      return Wrong(number, "the serial number " + token.serial_number + " stands in the file twice");
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace claviger::cli
