#include "http/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace claviger::http {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using Headers = std::vector<std::pair<std::string, std::string>>;

// Everything that a parse tells, copied out of the buffer.
struct Outcome {
  int status = 0;  // 0: accepted. -1: more bytes were wanted.
  std::string reason;
  std::string method;
  std::string path;
  std::string query;
  Headers headers;
  std::string body;
  bool keep_alive = false;
  std::size_t size = 0;

  bool operator==(const Outcome&) const = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << "status " << outcome.status << " (" << outcome.reason << ") " << outcome.method << " " << outcome.path
       << " ? " << outcome.query << ", " << outcome.headers.size() << " headers, body `" << outcome.body << "`, size "
       << outcome.size;
}

Outcome Conclude(const RequestParser& parser, RequestParser::Progress progress, std::string& bytes) {
  Outcome outcome;
  if (progress == RequestParser::Progress::kNeedsMore) {
    outcome.status = -1;
  } else if (progress == RequestParser::Progress::kFailed) {
    outcome.status = parser.error().status;
    outcome.reason = parser.error().reason;
  } else {
    Request request;
    parser.Fill(bytes, request);
    outcome = {0,
               "",
               std::string(request.method),
               std::string(request.path),
               std::string(request.query),
               {},
               std::string(request.body),
               parser.keep_alive(),
               parser.size()};
    for (const Header& header : request.headers) outcome.headers.emplace_back(header.name, header.value);
  }
  return outcome;
}

// Feeds `input` in pieces of `step` bytes, in a buffer that moves each time.
Outcome ParseInSteps(std::string_view input, std::size_t step, const ParserLimits& limits = {}) {
  RequestParser parser(limits);
  std::string bytes;
  auto progress = RequestParser::Progress::kNeedsMore;
  while (progress == RequestParser::Progress::kNeedsMore && bytes.size() < input.size()) {
    std::string moved = bytes;
    moved += input.substr(bytes.size(), step);
    bytes.swap(moved);
    progress = parser.Parse(bytes);
  }
  return Conclude(parser, progress, bytes);
}

// The outcome must not depend on how the bytes are split.
Outcome Parse(std::string_view input, const ParserLimits& limits = {}) {
  const Outcome whole = ParseInSteps(input, input.size(), limits);
  for (const std::size_t step : {1, 2, 3, 7}) {
    EXPECT_EQ(ParseInSteps(input, step, limits), whole) << "in steps of " << step << ": " << input.substr(0, 200);
  }
  return whole;
}

std::string Get(std::string_view header_lines) {
  return "GET / HTTP/1.1\r\nHost: iam\r\n" + std::string(header_lines) + "\r\n";
}

std::string Chunked(std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: iam\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
}

TEST(RequestParser, ReadsAllPartsOfARequest) {
  const Outcome outcome = Parse(
      "POST /path/a%20b?Action=ListUsers&x=? HTTP/1.1\r\nHost: iam.amazonaws.com:443\r\nX-Amz-Date:  "
      "20261122T080000Z\t\r\n"
      "Empty:\r\nContent-Length: 4\r\n\r\nbodyGET /next");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.method, "POST");
  EXPECT_EQ(outcome.path, "/path/a%20b");
  EXPECT_EQ(outcome.query, "Action=ListUsers&x=?");
  EXPECT_THAT(outcome.headers,
              ElementsAre(Pair("Host", "iam.amazonaws.com:443"), Pair("X-Amz-Date", "20261122T080000Z"),
                          Pair("Empty", ""), Pair("Content-Length", "4")));
  EXPECT_EQ(outcome.body, "body");
  EXPECT_TRUE(outcome.keep_alive);
}

TEST(RequestParser, LeavesWhatFollowsTheRequest) {
  const std::string one = Get("");
  const Outcome outcome = Parse(one + "GET /second");
  EXPECT_EQ(outcome.size, one.size());
}

TEST(RequestParser, ReadsPipelinedRequestsOneAfterAnother) {
  std::string bytes = Chunked("3\r\nabc\r\n0\r\n\r\n") + Get("A: 1\r\n") + Get("B: 2\r\n");
  RequestParser parser{ParserLimits{}};
  std::vector<std::string> seen;
  std::span<char> rest = bytes;
  while (!rest.empty()) {
    ASSERT_EQ(parser.Parse(rest), RequestParser::Progress::kComplete);
    Request request;
    parser.Fill(rest, request);
    seen.emplace_back(request.method);
    seen.emplace_back(request.headers.back().name);
    seen.emplace_back(request.body);
    rest = rest.subspan(parser.size());
    parser.Reset();
  }
  EXPECT_THAT(seen, ElementsAre("POST", "Transfer-Encoding", "abc", "GET", "A", "", "GET", "B", ""));
}

TEST(RequestParser, StaysCompleteWhenAskedAgain) {
  std::string bytes = Get("");
  RequestParser parser{ParserLimits{}};
  EXPECT_EQ(parser.Parse(bytes), RequestParser::Progress::kComplete);
  EXPECT_EQ(parser.Parse(bytes), RequestParser::Progress::kComplete);
}

TEST(RequestParser, JoinsFoldedValuesByOneSpace) {
  EXPECT_THAT(Parse(Get("My-Header1: value1\r\n  value2\r\n\t value3  \r\nB: b\r\n")).headers,
              ElementsAre(Pair("Host", "iam"), Pair("My-Header1", "value1 value2 value3"), Pair("B", "b")));
  EXPECT_THAT(Parse(Get("A:\r\n b\r\n \r\n c\r\n")).headers, ElementsAre(Pair("Host", "iam"), Pair("A", "b c")));
}

TEST(RequestParser, TellsWhetherTheConnectionIsKept) {
  const struct {
    const char* version;
    const char* headers;
    bool keep_alive;
  } cases[] = {
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: Upgrade , CLOSE\r\n", false},
      {"1.1", "Connection: closed\r\n", true},
      {"1.1", "Connection: keep-alive\r\nConnection: close\r\n", false},
      {"1.0", "", false},
      {"1.0", "Connection: Keep-Alive\r\n", true},
      {"1.0", "Connection: keep-alive, close\r\n", false},
  };
  for (const auto& c : cases) {
    const Outcome outcome = Parse("GET / HTTP/" + std::string(c.version) + "\r\nHost: a\r\n" + c.headers + "\r\n");
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.keep_alive, c.keep_alive) << c.version << " " << c.headers;
  }
}

TEST(RequestParser, TakesEveryFormOfTarget) {
  const struct {
    const char* line;
    const char* path;
    const char* query;
  } cases[] = {
      {"GET / HTTP/1.1", "/", ""},
      {"GET /? HTTP/1.1", "/", ""},
      {"GET //a//b/../c?d HTTP/1.1", "//a//b/../c", "d"},
      {"GET /\xE1\x88\xB4?\xE1=1 HTTP/1.1", "/\xE1\x88\xB4", "\xE1=1"},
      {"OPTIONS * HTTP/1.1", "*", ""},
      {"GET http://iam/a?b HTTP/1.1", "/a", "b"},
      {"GET HTTPS://IAM HTTP/1.1", "/", ""},
      {"GET http://iam?b HTTP/1.1", "/", "b"},
  };
  for (const auto& c : cases) {
    const Outcome outcome = Parse(std::string(c.line) + "\r\nHost: iam\r\n\r\n");
    EXPECT_EQ(outcome.status, 0) << c.line;
    EXPECT_EQ(outcome.path, c.path) << c.line;
    EXPECT_EQ(outcome.query, c.query) << c.line;
  }
}

TEST(RequestParser, PutsChunksTogether) {
  const struct {
    const char* chunks;
    const char* body;
  } cases[] = {
      {"0\r\n\r\n", ""},
      {"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"},
      {"00005;name=value; other=\"x\"\r\nhello\r\n0;last\r\n\r\n", "hello"},
      {"a \t;x\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
      {"A\r\n\r\n\r\n\r\n\r\n\r\n\r\n0\r\nTrailer: x\r\nOther:\r\n\r\n", "\r\n\r\n\r\n\r\n\r\n"},
  };
  for (const auto& c : cases) {
    const Outcome outcome = Parse(Chunked(c.chunks) + "GET /next");
    EXPECT_EQ(outcome.status, 0) << c.chunks << outcome.reason;
    EXPECT_EQ(outcome.body, c.body) << c.chunks;
    EXPECT_EQ(outcome.size, Chunked(c.chunks).size()) << c.chunks;
  }
}

TEST(RequestParser, IgnoresOneEmptyLineBeforeTheRequest) {
  EXPECT_EQ(Parse("\r\n" + Get("")).status, 0);
  EXPECT_EQ(Parse("\r\n\r\n" + Get("")).status, 400);
}

struct Refused {
  int status;
  std::string bytes;
};

// What a proxy before us might understand differently, and what no grammar allows.
std::vector<Refused> RefusedRequests() {
  const std::string host = "Host: iam\r\n";
  using namespace std::string_literals;
  return {
      // The request line.
      {400, "\x16\x03\x01\x02"},
      {400, " GET / HTTP/1.1\r\n"},
      {400, "GET /\r\n"},
      {400, "GET\r\n"},
      {400, "GET  / HTTP/1.1\r\n"},
      {400, "GET / HTTP/1.1 \r\n"},
      {400, "GET\t/\tHTTP/1.1\r\n"},
      {400, "GET /a b HTTP/1.1\r\n"},
      {400, "GET /a\x7f HTTP/1.1\r\n"},
      {400, "GET /a#b HTTP/1.1\r\n"},
      {400, "GET /\0 HTTP/1.1\r\n"s},
      {400, "G@T / HTTP/1.1\r\n"},
      {400, "GET / http/1.1\r\n"},
      {400, "GET / HTTP/1.10\r\n"},
      {400, "GET / HTTP/1,1\r\n"},
      {505, "GET / HTTP/1.2\r\n"},
      {505, "GET / HTTP/0.9\r\n"},
      {505, "PRI * HTTP/2.0\r\n"},
      {400, "GET a HTTP/1.1\r\n"},
      {400, "GET * HTTP/1.1\r\n"},
      {400, "CONNECT iam:443 HTTP/1.1\r\n"},
      {400, "GET ftp://iam/ HTTP/1.1\r\n"},
      {400, "GET http:///a HTTP/1.1\r\n"},
      {400, "GET http://user@iam/ HTTP/1.1\r\n"},
      // Line ends.
      {400, "GET / HTTP/1.1\nHost: iam\n\n"},
      {400, "GET / HTTP/1.1\r\nHost: iam\n"},
      {400, "GET / HTTP/1.1\r\nHost: iam\r\r\n"},
      {400, "GET / HTTP/1.1\r\n" + host + "\n"},
      {400, "GET / HTTP/1.1\rX\r\n"},
      // Headers.
      {400, "GET / HTTP/1.1\r\n Folded: first\r\n"},
      {400, "GET / HTTP/1.1\r\nHost : iam\r\n"},
      {400, "GET / HTTP/1.1\r\n: iam\r\n"},
      {400, "GET / HTTP/1.1\r\nNoColon\r\n"},
      {400, "GET / HTTP/1.1\r\nBad Name: x\r\n"},
      {400, "GET / HTTP/1.1\r\nBad\xE9: x\r\n"},
      {400, "GET / HTTP/1.1\r\nA: x\0y\r\n"s},
      {400, "GET / HTTP/1.1\r\nA: x\ry\r\n"},
      {400, "GET / HTTP/1.1\r\nA: \x1b[0m\r\n"},
      {400, "GET / HTTP/1.1\r\nA: x\r\n y\0\r\n"s},
      // Host.
      {400, "GET / HTTP/1.1\r\n\r\n"},
      {400, Get("Host: iam\r\n")},
      {400, Get("host: other\r\n")},
      {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a,\r\n b\r\n\r\n"},
      {400, "GET http://iam/ HTTP/1.1\r\nHost: sts\r\n\r\n"},
      // The length.
      {400, Get("Content-Length: 3\r\nContent-Length: 4\r\n") + "abcd"},
      {400, Get("Content-Length: 3\r\ncontent-length: 3\r\n") + "abc"},
      {400, Get("Content-Length: 3, 3\r\n") + "abc"},
      {400, Get("Content-Length: +3\r\n") + "abc"},
      {400, Get("Content-Length: -3\r\n") + "abc"},
      {400, Get("Content-Length: 0x3\r\n") + "abc"},
      {400, Get("Content-Length: 3 \x0b\r\n") + "abc"},
      {400, Get("Content-Length: 1 2\r\n") + "abc"},
      {400, Get("Content-Length: 1\r\n 2\r\n") + "abcdefghijkl"},
      {400, Get("Content-Length:\r\n")},
      {400, Get("Content-Length:\r\n 3\r\n") + "abc"},
      {413, Get("Content-Length: 16777217\r\n")},
      {413, Get("Content-Length: 18446744073709551617\r\n")},
      {413, Get("Content-Length: 999999999999999999999999999999\r\n")},
      // The transfer coding.
      {400, Get("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
      {400, Get("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n") + "0\r\n\r\n"},
      {400, Get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
      {400, Get("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")},
      {400, Get("Transfer-Encoding:\r\n chunked\r\n")},
      {400, Get("Transfer-Encoding: \x0b"
                "chunked\r\n")},
      {400, Get("Transfer-Encoding : chunked\r\n")},
      {400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {501, Get("Transfer-Encoding: chunked, chunked\r\n")},
      {501, Get("Transfer-Encoding: gzip, chunked\r\n")},
      {501, Get("Transfer-Encoding: identity\r\n")},
      {501, Get("Transfer-Encoding: xchunked\r\n")},
      {501, Get("Transfer-Encoding: \"chunked\"\r\n")},
      {501, Get("Transfer-Encoding:\r\n")},
      // Chunks.
      {400, Chunked("\r\n")},
      {400, Chunked("g\r\n")},
      {400, Chunked("0x3\r\nabc\r\n0\r\n\r\n")},
      {400, Chunked("-3\r\n")},
      {400, Chunked(" 3\r\nabc\r\n")},
      {400, Chunked("3 \r\nabc\r\n")},
      {400, Chunked("3\nabc\r\n")},
      {400, Chunked("3;a\nb\r\nabc\r\n")},
      {400, Chunked("3;a\rb\r\nabc\r\n")},
      {400, Chunked("3\r\nabcd\r\n")},
      {400, Chunked("3\r\nabc\n")},
      {400, Chunked("3\r\nabc\rx")},
      {400, Chunked("0\r\nbad trailer\r\n")},
      {400, Chunked("0\r\n folded: x\r\n")},
      {400, Chunked("0\r\nA: x\n\r\n")},
      {400, Chunked("3;" + std::string(300, 'x'))},
      {400, Chunked("0\r\nA: " + std::string(9000, 'x'))},
      {413, Chunked("1000001\r\n")},
      {413, Chunked("ffffffffffffffff\r\n")},
      {413, Chunked("10000000000000003\r\nabc\r\n")},
      // Expectations.
      {417, Get("Expect: 200-maybe\r\n")},
  };
}

TEST(RequestParser, RefusesWhatIsMalformedOrAmbiguous) {
  for (const Refused& refused : RefusedRequests()) {
    EXPECT_EQ(Parse(refused.bytes).status, refused.status) << refused.bytes.substr(0, 300);
  }
}

TEST(RequestParser, DoesNotComeBackToLifeAfterAFailure) {
  std::string bytes = "bad\r\n";
  RequestParser parser{ParserLimits{}};
  EXPECT_EQ(parser.Parse(bytes), RequestParser::Progress::kFailed);
  bytes += Get("");
  EXPECT_EQ(parser.Parse(bytes), RequestParser::Progress::kFailed);
}

TEST(RequestParser, BoundsTheHead) {
  const ParserLimits limits{.head_bytes_max = 1000, .headers_max = 5};
  const std::string prefix = "GET / HTTP/1.1\r\nHost: iam\r\nA: ";
  const auto sized = [&](std::size_t size) { return prefix + std::string(size - prefix.size() - 4, 'x') + "\r\n\r\n"; };
  EXPECT_EQ(Parse(sized(1000), limits).status, 0);
  EXPECT_EQ(Parse(sized(1001), limits).status, 431);
  EXPECT_EQ(Parse(prefix + std::string(2000, 'x'), limits).status, 431);
  EXPECT_EQ(Parse("GET /" + std::string(2000, 'x'), limits).status, 414);
  EXPECT_EQ(Parse(Get("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n"), limits).status, 0);
  EXPECT_EQ(Parse(Get("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n"), limits).status, 431);
}

TEST(RequestParser, BoundsTheBody) {
  const ParserLimits limits{.body_bytes_max = 10};
  EXPECT_EQ(Parse(Get("Content-Length: 10\r\n") + "0123456789", limits).body, "0123456789");
  EXPECT_EQ(Parse(Get("Content-Length: 11\r\n"), limits).status, 413);
  EXPECT_EQ(Parse(Chunked("5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"), limits).body, "0123456789");
  EXPECT_EQ(Parse(Chunked("5\r\n01234\r\n6\r\n"), limits).status, 413);
}

TEST(RequestParser, BoundsWhatChunkFramingMayTake) {
  std::string crumbs;
  for (int i = 0; i < 100; ++i) crumbs += "1;" + std::string(100, 'x') + "\r\na\r\n";
  EXPECT_EQ(Parse(Chunked(crumbs + "0\r\n\r\n")).body, std::string(100, 'a'));
  EXPECT_EQ(Parse(Chunked(crumbs + "0\r\n\r\n"), {.head_bytes_max = 5000}).status, 413);
}

TEST(RequestParser, TellsWhenTheClientWaitsForContinue) {
  std::string bytes = Get("Expect: 100-Continue\r\nContent-Length: 2\r\n");
  RequestParser parser{ParserLimits{}};
  EXPECT_FALSE(parser.awaits_continue());
  EXPECT_EQ(parser.Parse(bytes), RequestParser::Progress::kNeedsMore);
  EXPECT_TRUE(parser.awaits_continue());
  bytes += "a";
  EXPECT_EQ(parser.Parse(bytes), RequestParser::Progress::kNeedsMore);
  EXPECT_FALSE(parser.awaits_continue());
  bytes += "b";
  EXPECT_EQ(parser.Parse(bytes), RequestParser::Progress::kComplete);
}

TEST(RequestParser, IgnoresTheExpectationOfHttp10) {
  std::string bytes = "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  RequestParser parser{ParserLimits{}};
  EXPECT_EQ(parser.Parse(bytes), RequestParser::Progress::kNeedsMore);
  EXPECT_FALSE(parser.awaits_continue());
}

}  // namespace
}  // namespace claviger::http
