#include "sigv4/authorization.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/time_text.h"
#include "unit/sigv4/request_text.h"

namespace claviger::sigv4 {
namespace {

constexpr std::string_view kHeader =
    "AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, "
    "Signature=abc";

http::Request HeaderRequest() {
  return MakeRequest("POST", "/", "",
                     {{"Host", "sts.amazonaws.com"}, {"X-Amz-Date", "20261122T080000Z"}, {"Authorization", kHeader}});
}

TEST(Parse, GivesViewsIntoTheHeader) {
  const http::Request request = HeaderRequest();
  const auto authorization = Parse(request);
  ASSERT_TRUE(authorization.ok());
  EXPECT_EQ(authorization->form, Form::kHeader);
  EXPECT_EQ(authorization->access_key_id, "AKID");
  EXPECT_EQ(authorization->scope, "20261122/us-east-1/sts/aws4_request");
  EXPECT_EQ(authorization->date, "20261122");
  EXPECT_EQ(authorization->region, "us-east-1");
  EXPECT_EQ(authorization->service, "sts");
  EXPECT_EQ(authorization->terminator, "aws4_request");
  EXPECT_EQ(authorization->signed_headers, "host;x-amz-date");
  EXPECT_EQ(authorization->signature, "abc");
  EXPECT_EQ(authorization->TimestampText(), "20261122T080000Z");
  EXPECT_EQ(authorization->signed_at, ParseIso8601("2026-11-22T08:00:00Z"));
  EXPECT_EQ(authorization->session_token, std::nullopt);
  EXPECT_EQ(authorization->decoded, nullptr);
  EXPECT_EQ(static_cast<const void*>(authorization->signature.data()), kHeader.data() + kHeader.size() - 3);
}

TEST(Parse, ReadsTheSessionTokenFromTheHeader) {
  http::Request request = HeaderRequest();
  request.headers.push_back({"x-amz-security-token", "token"});
  request.query = "X-Amz-Security-Token=other";
  const auto authorization = Parse(request);
  ASSERT_TRUE(authorization.ok());
  EXPECT_EQ(authorization->session_token, "token");
}

TEST(Parse, DecodesQueryParametersAndStaysValidWhenMoved) {
  http::Request request = MakeRequest("GET", "/", "", {{"Host", "sts.amazonaws.com"}, {"A", "b"}});
  request.query =
      "Action=GetCallerIdentity&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261122%2fus-east-1%2Fsts%2F"
      "aws4_request&X-Amz-Date=20261122T080000Z&X-Amz-SignedHeaders=a%3Bhost&X-Amz-Security-Token=a%2Bb%2F%3D&"
      "X-Amz-Signature=abc";
  auto parsed = Parse(request);
  ASSERT_TRUE(parsed.ok());
  const Authorization authorization = std::move(parsed).value();
  EXPECT_EQ(authorization.form, Form::kQuery);
  EXPECT_EQ(authorization.access_key_id, "AKID");
  EXPECT_EQ(authorization.scope, "20261122/us-east-1/sts/aws4_request");
  EXPECT_EQ(authorization.signed_headers, "a;host");
  EXPECT_EQ(authorization.session_token, "a+b/=");
  EXPECT_EQ(authorization.signature, "abc");
}

TEST(Parse, IgnoresTheHeaderTokenOfAPresignedRequest) {
  http::Request request = MakeRequest("GET", "/", "", {{"Host", "h"}, {"X-Amz-Security-Token", "token"}});
  request.query =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/b/c/d/e&X-Amz-Date=20261122T080000Z&"
      "X-Amz-SignedHeaders=host&X-Amz-Signature=abc";
  const auto authorization = Parse(request);
  ASSERT_TRUE(authorization.ok());
  EXPECT_EQ(authorization->session_token, std::nullopt);
}

TEST(Parse, NeverShowsTheAuthorizationHeader) {
  http::Request request = HeaderRequest();
  request.headers[2].value = "AWS4-HMAC-SHA256 my-secret-access-key";
  const auto authorization = Parse(request);
  ASSERT_FALSE(authorization.ok());
  EXPECT_THAT(authorization.error().message, testing::Not(testing::HasSubstr("my-secret")));
}

TEST(Parse, TakesAsManySignedHeadersAsAllowed) {
  for (const std::size_t count : {kSignedHeadersMax, kSignedHeadersMax + 1}) {
    http::Request request = HeaderRequest();
    std::vector<std::string> names;
    std::string list;
    for (std::size_t i = 0; i < count; ++i) names.push_back("x-" + std::to_string(100 + i));
    for (const std::string& name : names) {
      request.headers.push_back({name, "v"});
      list += (list.empty() ? "" : ";") + name;
    }
    const std::string header =
        "AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/sts/aws4_request,Signature=abc,SignedHeaders=" + list;
    request.headers[2].value = header;
    EXPECT_EQ(Parse(request).ok(), count == kSignedHeadersMax);
  }
}

TEST(CheckHostSigned, IgnoresCase) {
  Authorization authorization;
  authorization.signed_headers = "a;Host";
  EXPECT_TRUE(CheckHostSigned(authorization).ok());
  authorization.signed_headers = "hosts;a";
  EXPECT_FALSE(CheckHostSigned(authorization).ok());
  authorization.signed_headers = "";
  EXPECT_FALSE(CheckHostSigned(authorization).ok());
}

}  // namespace
}  // namespace claviger::sigv4
