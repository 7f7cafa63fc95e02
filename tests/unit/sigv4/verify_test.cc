// What the vectors do not tell: edges of the options, and laws on random requests.
#include "sigv4/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/time_text.h"
#include "sigv4/canonical.h"
#include "sigv4/sign.h"
#include "unit/sigv4/request_text.h"

namespace claviger::sigv4 {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const TimePoint kNow = ParseIso8601("2026-11-22T08:00:00Z").value();

Credentials SomeCredentials() {
  return {.access_key_id = "AKIAIOSFODNN7EXAMPLE",
          .secret_access_key = crypto::Secret(std::string("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")),
          .session_token = {}};
}

// A request that owns its texts, so that they can be altered one byte at a time.
struct OwnedRequest {
  std::string method = "POST";
  std::string path = "/";
  std::string query;
  std::vector<std::pair<std::string, std::string>> headers = {{"Host", "sts.amazonaws.com"}};
  std::string body;

  [[nodiscard]] http::Request View() const {
    http::Request request = MakeRequest(method, path, query, {}, body);
    for (const auto& [name, value] : headers) request.headers.push_back({name, value});
    return request;
  }
  void Sign(const Credentials& credentials, TimePoint time = kNow) {
    const http::Request unsigned_request = View();
    for (auto& header :
         SignHeaders(unsigned_request, credentials, {.region = "us-east-1", .service = "sts", .time = time})) {
      headers.push_back(std::move(header));
    }
  }
  void Presign(const Credentials& credentials, TimePoint time = kNow) {
    query = PresignQuery(View(), credentials, {.region = "us-east-1", .service = "sts", .time = time}, seconds(60));
  }
};

Result<> VerifyAll(const OwnedRequest& owned, const Credentials& credentials, const VerifyOptions& options) {
  const http::Request request = owned.View();
  const Authorization authorization = TRY(Parse(request));
  return Verify(
      request, authorization,
      DeriveSigningKey(credentials.secret_access_key, authorization.date, authorization.region, authorization.service),
      options);
}

TEST(Verify, AcceptsRequestAtTheEdgeOfTheSkew) {
  OwnedRequest request;
  request.Sign(SomeCredentials());
  const auto outcome = [&](auto delta) { return VerifyAll(request, SomeCredentials(), {.now = kNow + delta}).ok(); };
  EXPECT_TRUE(outcome(minutes(15)));
  EXPECT_TRUE(outcome(minutes(15) + microseconds(999'999)));  // Still the same second.
  EXPECT_FALSE(outcome(minutes(15) + seconds(1)));
  EXPECT_TRUE(outcome(-minutes(15)));
  EXPECT_FALSE(outcome(-minutes(15) - microseconds(1)));  // The second before.
  EXPECT_FALSE(outcome(-minutes(15) - seconds(1)));
}

TEST(Verify, TakesTheSkewFromTheOptions) {
  OwnedRequest request;
  request.Sign(SomeCredentials());
  const Result<> outcome = VerifyAll(request, SomeCredentials(), {.now = kNow + minutes(6), .skew_max = minutes(5)});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().message,
            "Signature expired: 20261122T080000Z is now earlier than 20261122T080100Z (20261122T080600Z - 5 min.)");
}

TEST(Verify, KeepsItsExplanationToItselfWhenTold) {
  OwnedRequest request;
  request.Sign(SomeCredentials());
  request.body = "altered";
  const Result<> outcome = VerifyAll(request, SomeCredentials(), {.now = kNow, .explain_mismatch = false});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(
      outcome.error().message,
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
      "Key and signing method. Consult the service documentation for details.");
}

TEST(Verify, NeverTellsTheRightSignature) {
  OwnedRequest request;
  request.Sign(SomeCredentials());
  std::string& header = request.headers.back().second;
  const std::string right = header.substr(header.size() - 64);
  header.replace(header.size() - 64, 64, 64, '0');
  const Result<> outcome = VerifyAll(request, SomeCredentials(), {.now = kNow});
  ASSERT_FALSE(outcome.ok());
  EXPECT_THAT(outcome.error().message, testing::Not(testing::HasSubstr(right)));
}

TEST(Verify, RefusesAKeyOfAnotherScope) {
  OwnedRequest request;
  request.Sign(SomeCredentials());
  const http::Request view = request.View();
  const auto authorization = Parse(view);
  ASSERT_TRUE(authorization.ok());
  const crypto::Secret secret = SomeCredentials().secret_access_key;
  EXPECT_FALSE(
      Verify(view, *authorization, DeriveSigningKey(secret, "20261121", "us-east-1", "sts"), {.now = kNow}).ok());
  EXPECT_FALSE(
      Verify(view, *authorization, DeriveSigningKey(secret, "20261122", "us-east-2", "sts"), {.now = kNow}).ok());
  EXPECT_FALSE(
      Verify(view, *authorization, DeriveSigningKey(secret, "20261122", "us-east-1", "iam"), {.now = kNow}).ok());
}

// --- Laws
// --------------------------------------------------------------------------------------------------------------

// Random requests without what canonicalisation evens out: empty and dot segments, runs of white space, escapes.
class RequestMaker {
 public:
  explicit RequestMaker(std::uint64_t seed) : random_(seed) {}

  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(random_.Uint64() % bound); }

  std::string Text(std::string_view alphabet, std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text.push_back(alphabet[Below(alphabet.size())]);
    return text;
  }

  OwnedRequest Make() {
    OwnedRequest request;
    request.method = Below(2) == 0 ? "GET" : "POST";
    request.path = "/" + Text(kPlain, Below(10)) + (Below(2) == 0 ? "/" + Text(kPlain, 1 + Below(5)) : "");
    if (request.path.starts_with("//")) request.path.erase(0, 1);
    for (std::size_t i = Below(5); i > 0; --i) {
      request.query += (request.query.empty() ? "" : "&") + Text(kPlain, 1 + Below(6)) + "=" + Text(kPlain, Below(8));
    }
    for (std::size_t i = Below(6); i > 0; --i) {
      request.headers.emplace_back("X-" + Text(kPlain, 1 + Below(4)), Text(kValue, 1 + Below(20)));
    }
    request.body = Text(kValue, Below(4) == 0 ? 0 : Below(300));
    return request;
  }

  Credentials MakeCredentials() {
    Credentials credentials{.access_key_id = "AKIA" + Text("ABCDEFGH234567", 16),
                            .secret_access_key = crypto::Secret(Text(kValue, 40)),
                            .session_token = {}};
    if (Below(2) == 0) credentials.session_token = Text(kValue, 1 + Below(400)) + "+/=";
    return credentials;
  }

 private:
  static constexpr std::string_view kPlain = "abcxyzABC0129-_~";
  static constexpr std::string_view kValue = "abcxyzABC0129-_~+/=:;,\"'<>&%?";

  SeededRandom random_;
};

TEST(SigningLaws, WhatIsSignedIsAccepted) {
  RequestMaker maker(1);
  for (int i = 0; i < 200; ++i) {
    const Credentials credentials = maker.MakeCredentials();
    OwnedRequest request = maker.Make();
    OwnedRequest presigned = request;
    request.Sign(credentials);
    presigned.Presign(credentials);
    for (const OwnedRequest* one : {&request, &presigned}) {
      const Result<> outcome = VerifyAll(*one, credentials, {.now = kNow});
      ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    }
  }
}

TEST(SigningLaws, AnotherSecretIsRefused) {
  RequestMaker maker(2);
  for (int i = 0; i < 100; ++i) {
    const Credentials credentials = maker.MakeCredentials();
    OwnedRequest request = maker.Make();
    request.Sign(credentials);
    EXPECT_FALSE(VerifyAll(request, maker.MakeCredentials(), {.now = kNow}).ok());
  }
}

// Alters each byte of `text` in turn and expects a refusal each time.
void ExpectEachByteMatters(const OwnedRequest& request, std::string& text, std::size_t begin,
                           const Credentials& credentials, RequestMaker& maker, std::string_view what) {
  for (std::size_t i = begin; i < text.size(); ++i) {
    const char before = text[i];
    text[i] = static_cast<char>(before ^ static_cast<char>(1 + maker.Below(255)));
    EXPECT_FALSE(VerifyAll(request, credentials, {.now = kNow, .explain_mismatch = false}).ok())
        << what << " byte " << i << " from " << static_cast<int>(before) << " to " << static_cast<int>(text[i]);
    text[i] = before;
  }
}

TEST(SigningLaws, EachByteOfAHeaderFormMatters) {
  RequestMaker maker(3);
  for (int i = 0; i < 8; ++i) {
    const Credentials credentials = maker.MakeCredentials();
    OwnedRequest request = maker.Make();
    request.Sign(credentials);
    ASSERT_TRUE(VerifyAll(request, credentials, {.now = kNow}).ok());
    ExpectEachByteMatters(request, request.method, 0, credentials, maker, "method");
    ExpectEachByteMatters(request, request.path, 1, credentials, maker, "path");
    ExpectEachByteMatters(request, request.query, 0, credentials, maker, "query");
    ExpectEachByteMatters(request, request.body, 0, credentials, maker, "body");
    for (std::size_t h = 0; h + 1 < request.headers.size(); ++h) {
      ExpectEachByteMatters(request, request.headers[h].second, 0, credentials, maker, request.headers[h].first);
    }
    std::string& authorization = request.headers.back().second;
    ExpectEachByteMatters(request, authorization, authorization.size() - 64, credentials, maker, "signature");
    ASSERT_TRUE(VerifyAll(request, credentials, {.now = kNow}).ok());
  }
}

TEST(SigningLaws, EachByteOfAPresignedQueryMatters) {
  RequestMaker maker(4);
  for (int i = 0; i < 8; ++i) {
    const Credentials credentials = maker.MakeCredentials();
    OwnedRequest request = maker.Make();
    request.Presign(credentials);
    ASSERT_TRUE(VerifyAll(request, credentials, {.now = kNow}).ok());
    for (std::size_t byte = 0; byte < request.query.size(); ++byte) {
      const std::string before = request.query;
      request.query[byte] = static_cast<char>(before[byte] ^ static_cast<char>(1 + maker.Below(255)));
      // The case of an escape's digits means nothing, nor does '+' instead of a space.
      const bool same_meaning = CanonicalRequest(MakeRequest("", "/", before), "", Form::kHeader) ==
                                CanonicalRequest(MakeRequest("", "/", request.query), "", Form::kHeader);
      if (!same_meaning) {
        EXPECT_FALSE(VerifyAll(request, credentials, {.now = kNow}).ok()) << before << "\n" << request.query;
      }
      request.query = before;
    }
  }
}

TEST(SigningLaws, OrderOfQueryAndOtherHeadersIsIrrelevant) {
  RequestMaker maker(5);
  for (int i = 0; i < 100; ++i) {
    const Credentials credentials = maker.MakeCredentials();
    OwnedRequest request = maker.Make();
    request.query = "b=1&a=2&c=3";
    request.Sign(credentials);
    request.query = "c=3&b=1&a=2";
    std::ranges::stable_sort(request.headers, {}, [](const auto& header) { return header.first; });
    EXPECT_TRUE(VerifyAll(request, credentials, {.now = kNow}).ok());
  }
}

}  // namespace
}  // namespace claviger::sigv4
