#include "federation/web_identity.h"

#include <gtest/gtest.h>

#include <set>

#include "federation/web_keys.h"
#include "unit/federation/vectors.h"

namespace claviger::federation {
namespace {

constexpr TimePoint kNow{std::chrono::seconds(1769860800)};

// What this room alone says about a token.
Result<Outsider> Judge(const std::string& text, const WebKeys& keys) {
  const WebIdentityToken token = TRY(ParseWebIdentityToken(text));
  if (!keys.Verify(token.jwt)) return NotValidated();
  TRY(CheckTime(token.identity, kNow));
  return ToOutsider(token, "arn:aws:iam::123456789012:oidc-provider/issuer.example/tenant", "issuer.example/tenant");
}

TEST(WebIdentity, IsJudgedAsItMustWhereverThisRoomDecides) {
  const codec::JsonDocument vectors = ReadVectors("web_identity/cases.json");
  const auto keys = WebKeys::Parse(TextIn(vectors.root(), "keys"));
  ASSERT_TRUE(keys);
  int judged = 0;
  for (const codec::JsonValue& one : vectors.root().Find("cases")->items) {
    const std::string message = TextIn(one, "message");
    // Who is trusted, the directory and policies know.
    const bool elsewhere = TextIn(one, "code") == "AccessDenied" || message == "Incorrect token audience" ||
                           message.starts_with("No OpenIDConnect provider");
    if (elsewhere) continue;
    SCOPED_TRACE(TextIn(one, "name"));
    const auto outsider = Judge(TextIn(one, "token"), *keys);
    ++judged;
    EXPECT_EQ(outsider.ok(), message.empty());
    if (!outsider.ok()) {
      EXPECT_EQ(outsider.error().message, message);
      EXPECT_EQ(WireCode(outsider.error().code), TextIn(one, "code"));
    }
  }
  EXPECT_GT(judged, 110);
}

TEST(WebIdentity, GivesConditionKeysTheirValues) {
  const codec::JsonDocument vectors = ReadVectors("web_identity/cases.json");
  const auto keys = WebKeys::Parse(TextIn(vectors.root(), "keys"));
  for (const codec::JsonValue& one : vectors.root().Find("cases")->items) {
    if (TextIn(one, "name") != "good with an authorized party") continue;
    const auto outsider = Judge(TextIn(one, "token"), *keys);
    ASSERT_TRUE(outsider.ok());
    const std::vector<IdentityKey> expected = {
        {.name = "issuer.example/tenant:aud", .values = {"my-client"}},
        {.name = "issuer.example/tenant:oaud", .values = {"a", "b"}},
        {.name = "issuer.example/tenant:sub", .values = {"repo:acme/app:ref:refs/heads/main"}}};
    EXPECT_EQ(outsider->keys, expected);
  }
}

}  // namespace
}  // namespace claviger::federation
