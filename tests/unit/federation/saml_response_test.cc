#include "federation/saml_response.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "federation/saml_identity.h"
#include "unit/federation/vectors.h"

namespace claviger::federation {
namespace {

constexpr TimePoint kNow{std::chrono::seconds(1769860800)};

const codec::JsonValue& Vectors() {
  static const codec::JsonDocument document = ReadVectors("saml/cases.json");
  return document.root();
}

SamlTrust Trust() {
  return {.issuers = {{.entity_id = TextIn(Vectors(), "issuer"),
                       .certificates = {Base64Decode(TextIn(Vectors(), "certificate")).value()}}},
          .private_keys = {crypto::Secret(TextIn(Vectors(), "private_key"))}};
}

// What this room alone says about a response.
Result<SamlIdentity> Judge(const std::string& response) {
  const SamlAssertion assertion = TRY(VerifySamlResponse(response, Trust(), kNow));
  const std::string provider = TextIn(Vectors(), "provider");
  if (!NamesRole(assertion, TextIn(Vectors(), "role"), provider)) {
    return Fail(ErrorCode::kAccessDenied, "Not authorized to perform sts:AssumeRoleWithSAML");
  }
  return ToSamlIdentity(assertion, *AccountId::Parse("111122223333"), provider, "corp");
}

TEST(SamlResponse, IsJudgedAsItMustWhereverThisRoomDecides) {
  int judged = 0;
  for (const codec::JsonValue& one : Vectors().Find("cases")->items) {
    const std::string message = TextIn(one, "message");
    // What a role allows, policies know; when its session would end, the operation.
    if (message == "Not authorized to perform sts:TagSession" || TextIn(one, "name") == "session that is over")
      continue;
    SCOPED_TRACE(TextIn(one, "name"));
    const auto identity = Judge(TextIn(one, "response"));
    ++judged;
    EXPECT_EQ(identity.ok(), message.empty());
    if (identity.ok()) {
      EXPECT_EQ(identity->outsider.subject, "dana");
      EXPECT_TRUE(identity->outsider.assertion_id.starts_with("_a")) << identity->outsider.assertion_id;
    } else {
      EXPECT_EQ(identity.error().message, message);
      EXPECT_EQ(WireCode(identity.error().code), TextIn(one, "code"));
    }
  }
  EXPECT_GT(judged, 90);
}

}  // namespace
}  // namespace claviger::federation
