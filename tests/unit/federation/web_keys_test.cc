#include "federation/web_keys.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace claviger::federation {
namespace {

using crypto::SignatureAlgorithm;
using crypto::SignatureKey;

const SignatureKey& Key() {
  static const SignatureKey key = SignatureKey::New(SignatureAlgorithm::kEs384);
  return key;
}

std::string Base64Url(std::string_view text) { return Base64UrlEncode(AsBytes(text)); }

std::string KeyJson(const std::string& more) {
  const SignatureKey::Numbers numbers = Key().PublicNumbers();
  return R"({"kty":"EC","crv":"P-384","x":")" + Base64Url(numbers.first) + R"(","y":")" + Base64Url(numbers.second) +
         "\"" + more + "}";
}

std::string SetOf(const std::vector<std::string>& keys) {
  std::string json = R"({"keys":[)";
  for (const std::string& key : keys) json += (json.back() == '[' ? "" : ",") + key;
  return json + "]}";
}

std::string Token(const std::string& header) {
  const std::string signed_part = Base64Url(header) + "." + Base64Url(R"({"sub":"dana"})");
  return signed_part + "." + Base64Url(Key().Sign(signed_part));
}

bool Verifies(const std::string& set, const std::string& header) {
  const std::string token = Token(header);
  const auto keys = WebKeys::Parse(set);
  const auto jwt = ParseJwt(token);
  return keys && jwt.ok() && keys->Verify(*jwt);
}

constexpr char kNamed[] = R"({"alg":"ES384","kid":"a"})";
constexpr char kNameless[] = R"({"alg":"ES384"})";

TEST(WebKeys, VerifyByTheKeyThatTheTokenNames) {
  EXPECT_TRUE(Verifies(SetOf({KeyJson(R"(,"kid":"a")")}), kNamed));
  EXPECT_TRUE(Verifies(SetOf({KeyJson(R"(,"kid":"a","use":"sig","alg":"ES384","key_ops":["verify"])")}), kNamed));
  EXPECT_FALSE(Verifies(SetOf({KeyJson(R"(,"kid":"b")")}), kNamed));
  EXPECT_FALSE(Verifies(SetOf({KeyJson("")}), kNamed));
}

TEST(WebKeys, NeedOneKeyThatFitsForTokensThatNameNone) {
  EXPECT_TRUE(Verifies(SetOf({KeyJson(R"(,"kid":"a")")}), kNameless));
  EXPECT_FALSE(Verifies(SetOf({KeyJson(R"(,"kid":"a")"), KeyJson(R"(,"kid":"b")")}), kNameless));
}

TEST(WebKeys, PassOverKeysForOtherPurposes) {
  for (const char* more : {R"(,"kid":"a","use":"enc")", R"(,"kid":"a","alg":"ES256")", R"(,"kid":"a","alg":"HS256")",
                           R"(,"kid":"a","alg":1)", R"(,"kid":"a","key_ops":["sign"])", R"(,"kid":"a","use":1)"}) {
    EXPECT_FALSE(Verifies(SetOf({KeyJson(more)}), kNamed)) << more;
  }
  EXPECT_TRUE(Verifies(SetOf({R"({"kty":"oct","kid":"a","k":"AAAA"})", "1", "{}", KeyJson(R"(,"kid":"a")")}), kNamed));
}

TEST(WebKeys, AreAtMostAHundredOfEitherKind) {
  const std::string rsa = R"({"kty":"RSA"})";
  const std::string other = R"({"kty":"EC"})";
  std::vector<std::string> keys(100, rsa);
  keys.insert(keys.end(), 100, other);
  EXPECT_TRUE(WebKeys::Parse(SetOf(keys)));
  keys.push_back(other);
  EXPECT_FALSE(WebKeys::Parse(SetOf(keys)));
  keys.back() = rsa;
  EXPECT_FALSE(WebKeys::Parse(SetOf(keys)));
}

TEST(WebKeys, AreAnObjectWithAList) {
  for (const char* json : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[)", R"({"keys":1})"}) {
    EXPECT_FALSE(WebKeys::Parse(json)) << json;
  }
  EXPECT_EQ(WebKeys::Parse(R"({"keys":[]})")->size(), 0U);
}

TEST(Discovery, NamesThePlaceOfTheKeysOfThisIssuer) {
  constexpr char kIssuer[] = "https://issuer.example/t";
  EXPECT_EQ(ParseDiscovery(R"({"issuer":"https://issuer.example/t","jwks_uri":"https://keys.example/k"})", kIssuer),
            "https://keys.example/k");
  for (const char* json : {"", "[]", "{}", R"({"issuer":"https://issuer.example/t"})",
                           R"({"issuer":"https://issuer.example/t/","jwks_uri":"https://keys.example/k"})",
                           R"({"issuer":"https://issuer.example/t","jwks_uri":"http://keys.example/k"})",
                           R"({"issuer":"https://issuer.example/t","jwks_uri":"file:///etc/passwd"})",
                           R"({"issuer":"https://issuer.example/t","jwks_uri":["https://keys.example/k"]})"}) {
    EXPECT_FALSE(ParseDiscovery(json, kIssuer)) << json;
  }
}

}  // namespace
}  // namespace claviger::federation
