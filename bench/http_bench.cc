// What a request costs before anyone looks at it and an answer after everyone has: see docs/decisions/0002-network.md.
// Boost.Beast's grammar is measured on the same bytes, as the yardstick that our own parser has to justify itself by.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include <boost/beast/http/basic_parser.hpp>

#include "http/parser.h"
#include "http/writer.h"

namespace {

using namespace claviger;
namespace beast = boost::beast::http;

// What an SDK sends for a call with temporary credentials: 12 headers, a session token, a form.
std::string SdkRequest() {
  const std::string body = "Action=GetUser&Version=2010-05-08&UserName=alice";
  return "POST / HTTP/1.1\r\nHost: iam.amazonaws.com\r\nAccept-Encoding: identity\r\n"
         "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
         "User-Agent: aws-cli/2.15.0 Python/3.11.6 Linux/6.1.0 exe/x86_64.debian.12 prompt/off command/iam.get-user\r\n"
         "X-Amz-Date: 20261122T080000Z\r\nX-Amz-Security-Token: " +
         std::string(600, 'T') +
         "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=ASIAIOSFODNN7EXAMPLE/20261122/us-east-1/iam/aws4_request, "
         "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
         "Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n"
         "Amz-Sdk-Invocation-Id: 01234567-89ab-cdef-0123-456789abcdef\r\nAmz-Sdk-Request: attempt=1; max=3\r\n"
         "Accept: */*\r\nConnection: keep-alive\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

void ParseRequest(benchmark::State& state) {
  std::string bytes = SdkRequest();
  http::RequestParser parser{http::ParserLimits{}};
  http::Request request;
  for (auto _ : state) {
    if (parser.Parse(bytes) != http::RequestParser::Progress::kComplete) state.SkipWithError("refused");
    parser.Fill(bytes, request);
    benchmark::DoNotOptimize(request.headers.data());
    parser.Reset();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK(ParseRequest);

// Collects the same views from Beast's callbacks.
class BeastParser final : public beast::basic_parser<true> {
  using Text = boost::beast::string_view;
  using Failure = boost::beast::error_code;

 public:
  explicit BeastParser(http::Request& request) : request_(request) { request_.headers.clear(); }

 private:
  static std::string_view View(Text text) { return {text.data(), text.size()}; }

  void on_request_impl(beast::verb, Text method, Text target, int, Failure& ec) override {
    request_.method = View(method);
    request_.path = View(target);
    ec = {};
  }
  void on_response_impl(int, Text, int, Failure& ec) override { ec = {}; }
  void on_field_impl(beast::field, Text name, Text value, Failure& ec) override {
    request_.headers.push_back({View(name), View(value)});
    ec = {};
  }
  void on_header_impl(Failure& ec) override { ec = {}; }
  void on_body_init_impl(boost::optional<std::uint64_t> const&, Failure& ec) override { ec = {}; }
  std::size_t on_body_impl(Text body, Failure& ec) override {
    request_.body = View(body);
    ec = {};
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, Text, Failure& ec) override { ec = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, Failure& ec) override {
    ec = {};
    return body.size();
  }
  void on_finish_impl(Failure& ec) override { ec = {}; }

  http::Request& request_;
};

void ParseRequestWithBeast(benchmark::State& state) {
  const std::string bytes = SdkRequest();
  http::Request request;
  for (auto _ : state) {
    BeastParser parser(request);
    parser.eager(true);
    parser.header_limit(64 << 10);
    boost::beast::error_code ec;
    parser.put(boost::asio::buffer(bytes), ec);
    if (ec || !parser.is_done()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(request.headers.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK(ParseRequestWithBeast);

void WriteResponse(benchmark::State& state) {
  http::Response response;
  response.content_type = "text/xml";
  response.headers.emplace_back("x-amzn-RequestId", "01234567-89ab-cdef-0123-456789abcdef");
  response.body.assign(500, 'x');
  std::string out;
  for (auto _ : state) {
    out.clear();
    http::AppendResponse(response, {.date = "Sun, 22 Nov 2026 08:00:00 GMT"}, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(WriteResponse);

}  // namespace
