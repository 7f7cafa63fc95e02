#include "sigv4/sign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time_text.h"
#include "unit/sigv4/request_text.h"

namespace claviger::sigv4 {
namespace {

using testing::HasSubstr;
using testing::Not;

Credentials SomeCredentials() {
  return {.access_key_id = "AKID", .secret_access_key = crypto::Secret(std::string("secret")), .session_token = {}};
}

SignOptions SomeOptions() {
  return {.region = "us-east-1", .service = "sts", .time = ParseIso8601("2026-11-22T08:00:00Z").value()};
}

TEST(SignHeaders, AddsDateAndAuthorization) {
  const http::Request request = MakeRequest("GET", "/", "", {{"Host", "h"}});
  const auto added = SignHeaders(request, SomeCredentials(), SomeOptions());
  ASSERT_EQ(added.size(), 2U);
  EXPECT_EQ(added[0], std::pair(std::string("X-Amz-Date"), std::string("20261122T080000Z")));
  EXPECT_EQ(added[1].first, "Authorization");
  EXPECT_THAT(added[1].second, HasSubstr("Credential=AKID/20261122/us-east-1/sts/aws4_request, "));
}

TEST(SignHeaders, SignsTheSessionToken) {
  const http::Request request = MakeRequest("GET", "/", "", {{"Host", "h"}});
  Credentials credentials = SomeCredentials();
  credentials.session_token = "token";
  const auto added = SignHeaders(request, credentials, SomeOptions());
  ASSERT_EQ(added.size(), 3U);
  EXPECT_EQ(added[1], std::pair(std::string("X-Amz-Security-Token"), std::string("token")));
  EXPECT_THAT(added[2].second, HasSubstr("SignedHeaders=host;x-amz-date;x-amz-security-token, "));
}

TEST(SignHeaders, LeavesOutWhatChangesOnTheWay) {
  const http::Request request =
      MakeRequest("GET", "/", "", {{"User-Agent", "a"}, {"Host", "h"}, {"Accept", "b"}, {"Connection", "c"}});
  const auto added = SignHeaders(request, SomeCredentials(), SomeOptions());
  EXPECT_THAT(added.back().second, HasSubstr("SignedHeaders=accept;host;x-amz-date, "));
}

TEST(PresignQuery, FollowsTheRequestsOwnQuery) {
  const http::Request request = MakeRequest("GET", "/", "Action=A", {{"Host", "h"}});
  const std::string query = PresignQuery(request, SomeCredentials(), SomeOptions(), std::chrono::minutes(1));
  EXPECT_TRUE(
      query.starts_with("Action=A&X-Amz-Algorithm=AWS4-HMAC-SHA256&"
                        "X-Amz-Credential=AKID%2F20261122%2Fus-east-1%2Fsts%2Faws4_request&"
                        "X-Amz-Date=20261122T080000Z&X-Amz-SignedHeaders=host&X-Amz-Expires=60&X-Amz-Signature="));
  EXPECT_THAT(query, Not(HasSubstr("Security-Token")));
}

}  // namespace
}  // namespace claviger::sigv4
