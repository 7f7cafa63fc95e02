// RequestParser: whatever the bytes and however they are split, it neither crashes nor reads outside its buffer, and
// the outcome is the same as for the bytes in one piece. The first bytes of the input choose the splits and the limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "http/parser.h"

namespace {

using claviger::http::Header;
using claviger::http::ParserLimits;
using claviger::http::Request;
using claviger::http::RequestParser;

void Require(bool holds) {
  if (!holds) std::abort();
}

// One text of everything that a sequence of pipelined requests came to.
using Account = std::string;

void Describe(const RequestParser& parser, std::span<const char> bytes, Account& account) {
  Request request;
  parser.Fill(bytes, request);
  const auto inside = [bytes](std::string_view part) {
    return part == "/" || part.empty() ||
           (part.data() >= bytes.data() && part.data() + part.size() <= bytes.data() + bytes.size());
  };
  Require(!request.method.empty() && !request.path.empty() && parser.size() <= bytes.size());
  Require(inside(request.method) && inside(request.path) && inside(request.query) && inside(request.body));
  account.append(request.method).append(" ").append(request.path).append("?").append(request.query).append("\n");
  for (const Header& header : request.headers) {
    Require(inside(header.name) && inside(header.value));
    Require(header.value.find_first_of(std::string_view("\r\n\0", 3)) == header.value.npos);
    account.append(header.name).append(":").append(header.value).append("\n");
  }
  account.append(request.body).append(parser.keep_alive() ? "\nkept\n" : "\nclosed\n");
}

// Feeds `input` so that each piece ends where `cuts` says, in a buffer made exactly as large as what has arrived.
Account Run(std::string_view input, std::span<const std::uint8_t> cuts, const ParserLimits& limits) {
  RequestParser parser(limits);
  Account account;
  std::string pending;
  std::size_t next_cut = 0;
  bool fed_all = input.empty();
  while (true) {
    const auto exact = std::make_unique<char[]>(pending.size());
    pending.copy(exact.get(), pending.size());
    const std::span<char> bytes(exact.get(), pending.size());
    const RequestParser::Progress progress = parser.Parse(bytes);
    pending.assign(bytes.data(), bytes.size());
    if (progress == RequestParser::Progress::kFailed) {
      return account + "failed " + std::to_string(parser.error().status) + std::string(parser.error().reason);
    }
    if (progress == RequestParser::Progress::kComplete) {
      Describe(parser, bytes, account);
      pending.erase(0, parser.size());
      parser.Reset();
      continue;
    }
    if (fed_all) return account + "wants more";
    const std::size_t step = next_cut < cuts.size() ? cuts[next_cut++] % 64 + 1U : input.size();
    pending.append(input.substr(0, step));
    input.remove_prefix(std::min(step, input.size()));
    fed_all = input.empty();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ParserLimits limits =
      (data[0] & 1) != 0 ? ParserLimits{} : ParserLimits{.head_bytes_max = 200, .headers_max = 4, .body_bytes_max = 64};
  const std::size_t cut_count = std::min<std::size_t>(data[1], size - 2);
  const std::span<const std::uint8_t> cuts(data + 2, cut_count);
  const std::string_view input(reinterpret_cast<const char*>(data) + 2 + cut_count, size - 2 - cut_count);
  const Account whole = Run(input, {}, limits);
  Require(Run(input, cuts, limits) == whole);
  const std::vector<std::uint8_t> single(input.size(), 0);
  Require(Run(input, single, limits) == whole);
  return 0;
}
