// What it costs to prove who signed a request: the GetCallerIdentity POST that boto3 sends.
// Every benchmark reports the allocations of one iteration. "Naive" is the algorithm as one would write it first, on
// OpenSSL's EVP layer and with a string for each step; it is here to be measured against and used by nobody.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <new>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/text.h"
#include "base/time_text.h"
#include "sigv4/canonical.h"
#include "sigv4/sign.h"
#include "sigv4/signing_key_cache.h"
#include "sigv4/verify.h"

namespace {
std::uint64_t allocations = 0;  // The benchmarks run on one thread.
}

// Not inlined: GCC would see malloc and free, and take their pairing for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace claviger::sigv4 {
namespace {

const TimePoint kNow = ParseIso8601("2026-11-22T08:00:00Z").value();
constexpr std::string_view kBody = "Action=GetCallerIdentity&Version=2011-06-15";

Credentials SomeCredentials(std::size_t token_bytes) {
  Credentials credentials{.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                          .secret_access_key = crypto::Secret(std::string("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")),
                          .session_token = {}};
  if (token_bytes > 0) credentials.session_token = std::string(token_bytes, 'x');
  return credentials;
}

// A signed request and what it points to.
class Sample {
 public:
  explicit Sample(Form form, std::size_t token_bytes = 0) : credentials(SomeCredentials(token_bytes)) {
    const SignOptions options{.region = "us-east-1", .service = "sts", .time = kNow};
    request.path = "/";
    if (form == Form::kHeader) {
      request.method = "POST";
      request.body = kBody;
      request.headers = {{"Host", "sts.us-east-1.amazonaws.com"},
                         {"Accept-Encoding", "identity"},
                         {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                         {"User-Agent", "Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6.1 lang/python#3.11.7"},
                         {"Content-Length", "43"}};
      // As botocore does: what the connection adds is not signed.
      http::Request to_sign = request;
      std::erase_if(to_sign.headers, [](const http::Header& header) { return header.name == "Content-Length"; });
      added_ = SignHeaders(to_sign, credentials, options);
      for (const auto& [name, value] : added_) request.headers.push_back({name, value});
    } else {
      request.method = "GET";
      request.headers = {{"Host", "sts.us-east-1.amazonaws.com"}, {"Accept-Encoding", "gzip"}};
      request.query = kBody;
      query_ = PresignQuery(request, credentials, options, std::chrono::minutes(1));
      request.query = query_;
    }
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

  http::Request request;
  Credentials credentials;

 private:
  std::vector<std::pair<std::string, std::string>> added_;
  std::string query_;
};

void Report(benchmark::State& state, std::uint64_t before) {
  state.counters["allocations"] =
      static_cast<double>(allocations - before) / static_cast<double>(std::max<std::int64_t>(1, state.iterations()));
}

void RunCached(benchmark::State& state, const Sample& sample) {
  SigningKeyCache cache(1024);
  const auto id = [](const Authorization& a) {
    return SigningKeyCache::Id{a.access_key_id, 1, a.date, a.region, a.service};
  };
  {
    const auto authorization = Parse(sample.request);
    cache.Insert(id(*authorization), DeriveSigningKey(sample.credentials.secret_access_key, authorization->date,
                                                      authorization->region, authorization->service));
  }
  const std::uint64_t before = allocations;
  for (auto _ : state) {
    const auto authorization = Parse(sample.request);
    const SigningKey* const key = cache.Find(id(*authorization));
    const Result<> outcome = Verify(sample.request, *authorization, *key, {.now = kNow});
    if (!outcome.ok()) state.SkipWithError(outcome.error().message.c_str());
  }
  Report(state, before);
}

void BM_VerifyCachedKey(benchmark::State& state) { RunCached(state, Sample(Form::kHeader)); }
BENCHMARK(BM_VerifyCachedKey);

void BM_VerifyCachedKeySessionToken(benchmark::State& state) { RunCached(state, Sample(Form::kHeader, 700)); }
BENCHMARK(BM_VerifyCachedKeySessionToken);

void BM_VerifyCachedKeyPresigned(benchmark::State& state) { RunCached(state, Sample(Form::kQuery)); }
BENCHMARK(BM_VerifyCachedKeyPresigned);

void BM_VerifyColdKey(benchmark::State& state) {
  const Sample sample(Form::kHeader);
  const std::uint64_t before = allocations;
  for (auto _ : state) {
    const auto authorization = Parse(sample.request);
    const SigningKey key = DeriveSigningKey(sample.credentials.secret_access_key, authorization->date,
                                            authorization->region, authorization->service);
    const Result<> outcome = Verify(sample.request, *authorization, key, {.now = kNow});
    if (!outcome.ok()) state.SkipWithError(outcome.error().message.c_str());
  }
  Report(state, before);
}
BENCHMARK(BM_VerifyColdKey);

void BM_ParseOnly(benchmark::State& state) {
  const Sample sample(Form::kHeader);
  const std::uint64_t before = allocations;
  for (auto _ : state) benchmark::DoNotOptimize(Parse(sample.request));
  Report(state, before);
}
BENCHMARK(BM_ParseOnly);

// The hashing alone that a cached verification cannot do without: body, canonical request, HMAC of the string to sign.
void BM_HashingFloor(benchmark::State& state) {
  const Sample sample(Form::kHeader);
  const auto authorization = Parse(sample.request);
  const std::string canonical = CanonicalRequest(sample.request, authorization->signed_headers, Form::kHeader);
  const SigningKey key = DeriveSigningKey(sample.credentials.secret_access_key, authorization->date,
                                          authorization->region, authorization->service);
  const std::string to_sign =
      StringToSign(authorization->TimestampText(), authorization->scope, crypto::Sha256Of(canonical));
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto::Sha256Of(sample.request.body));
    benchmark::DoNotOptimize(crypto::Sha256Of(canonical));
    benchmark::DoNotOptimize(key.Sign(to_sign));
  }
}
BENCHMARK(BM_HashingFloor);

void BM_RefuseWrongSignature(benchmark::State& state) {
  Sample sample(Form::kHeader);
  sample.request.body = "Action=GetSessionToken&Version=2011-06-15";
  const auto parsed = Parse(sample.request);
  const SigningKey key =
      DeriveSigningKey(sample.credentials.secret_access_key, parsed->date, parsed->region, parsed->service);
  const std::uint64_t before = allocations;
  for (auto _ : state) {
    const auto authorization = Parse(sample.request);
    benchmark::DoNotOptimize(Verify(sample.request, *authorization, key, {.now = kNow}));
  }
  Report(state, before);
}
BENCHMARK(BM_RefuseWrongSignature);

// --- The naive way
// ------------------------------------------------------------------------------------------------------

std::string EvpSha256(const std::string& text) {
  std::string digest(32, '\0');
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
  EVP_DigestUpdate(context, text.data(), text.size());
  EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  EVP_MD_CTX_free(context);
  return digest;
}

std::string EvpHmac(const std::string& key, const std::string& text) {
  std::string digest(32, '\0');
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return digest;
}

std::string Hex(const std::string& bytes) { return HexEncode(AsBytes(bytes)); }

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> pieces;
  std::istringstream stream(text);
  for (std::string piece; std::getline(stream, piece, separator);) pieces.push_back(piece);
  return pieces;
}

bool NaiveVerify(const http::Request& request, const std::string& secret, const std::string* cached_key) {
  std::map<std::string, std::string> headers;
  for (const http::Header& header : request.headers) headers[AsciiLower(header.name)] = std::string(header.value);
  std::map<std::string, std::string> parts;
  for (const std::string& piece : Split(headers["authorization"].substr(kAlgorithm.size() + 1), ',')) {
    const std::string trimmed = piece.substr(piece.find_first_not_of(' '));
    parts[trimmed.substr(0, trimmed.find('='))] = trimmed.substr(trimmed.find('=') + 1);
  }
  const std::vector<std::string> credential = Split(parts["Credential"], '/');
  std::ostringstream canonical;
  canonical << request.method << "\n" << request.path << "\n\n";
  for (const std::string& name : Split(parts["SignedHeaders"], ';')) canonical << name << ":" << headers[name] << "\n";
  canonical << "\n" << parts["SignedHeaders"] << "\n" << Hex(EvpSha256(std::string(request.body)));
  const std::string scope = credential[1] + "/" + credential[2] + "/" + credential[3] + "/" + credential[4];
  const std::string to_sign =
      std::string(kAlgorithm) + "\n" + headers["x-amz-date"] + "\n" + scope + "\n" + Hex(EvpSha256(canonical.str()));
  std::string key = cached_key != nullptr ? *cached_key : "AWS4" + secret;
  if (cached_key == nullptr) {
    for (const std::string& step : Split(scope, '/')) key = EvpHmac(key, step);
  }
  return Hex(EvpHmac(key, to_sign)) == parts["Signature"];
}

void RunNaive(benchmark::State& state, bool cached) {
  const Sample sample(Form::kHeader);
  const std::string secret(sample.credentials.secret_access_key.Reveal());
  std::string key = "AWS4" + secret;
  for (const char* step : {"20261122", "us-east-1", "sts", "aws4_request"}) key = EvpHmac(key, step);
  const std::uint64_t before = allocations;
  for (auto _ : state) {
    if (!NaiveVerify(sample.request, secret, cached ? &key : nullptr)) state.SkipWithError("refused");
  }
  Report(state, before);
}

void BM_NaiveCachedKey(benchmark::State& state) { RunNaive(state, true); }
BENCHMARK(BM_NaiveCachedKey);

void BM_NaiveColdKey(benchmark::State& state) { RunNaive(state, false); }
BENCHMARK(BM_NaiveColdKey);

}  // namespace
}  // namespace claviger::sigv4
