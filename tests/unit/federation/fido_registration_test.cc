#include "federation/fido_registration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "codec/cbor.h"
#include "federation/cose_key.h"

namespace claviger::federation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string Hex(std::string_view text) { return HexDecode(text).value(); }

// The base point of P-256 is as good a public key as any other.
constexpr char kX[] = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
constexpr char kY[] = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

std::string Es256(const std::string& x = kX, const std::string& y = kY) {
  return Hex("a5010203262001215820" + x + "225820" + y);
}
// RFC 8037, appendix A.
const std::string kEd25519 =
    Hex("a4010103272006215820d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

const std::string kHash(32, 'h');
const std::string kAaguid(16, 'm');
const std::string kId("credential-1");

// The bytes of an authenticator, each part of which a test may change.
struct Made {
  std::string hash = kHash;
  std::string flags = "\x45";
  std::string count = Hex("00000102");
  std::string aaguid = kAaguid;
  std::string length = Hex("000c");
  std::string id = kId;
  std::string key = Es256();
  std::string more;

  [[nodiscard]] std::string Data() const { return hash + flags + count + aaguid + length + id + key + more; }
  // {"fmt": "none", "attStmt": {}, "authData": ...}
  [[nodiscard]] std::string Object() const {
    const std::string data = Data();
    std::string head = Hex("a363666d74646e6f6e656761747453746d74a068617574684461746159");
    head += static_cast<char>(data.size() >> 8);
    head += static_cast<char>(data.size() & 255);
    return head + data;
  }
};

std::string Url(std::string_view bytes) { return Base64UrlEncode(AsBytes(bytes)); }

constexpr char kClientData[] =
    R"({"type":"webauthn.create","challenge":"Y2hhbGxlbmdl","origin":"https://console.example","crossOrigin":false})";

std::string Json(const Made& made = {}, const std::string& client_data = kClientData,
                 const std::string& more = R"(,"transports":["usb","nfc"])", const std::string& id = kId) {
  return R"({"id":")" + Url(id) + R"(","rawId":")" + Url(id) +
         R"(","type":"public-key","response":{"clientDataJSON":")" + Url(client_data) + R"(","attestationObject":")" +
         Url(made.Object()) + R"(")" + more + "}}";
}

std::string ErrorOf(const Result<FidoRegistration>& result) { return result.ok() ? "" : result.error().message; }

TEST(FidoRegistration, TellsAllThatProvesSignaturesLater) {
  const auto read = ParseFidoRegistration(Json());
  ASSERT_TRUE(read.ok()) << ErrorOf(read);
  EXPECT_EQ(read->credential_id, kId);
  EXPECT_EQ(read->public_key, Es256());
  EXPECT_EQ(read->aaguid, kAaguid);
  EXPECT_EQ(read->rp_id_hash, kHash);
  EXPECT_EQ(read->flags, kFidoUserPresent | kFidoUserVerified | kFidoHasKey);
  EXPECT_EQ(read->sign_count, 258U);
  EXPECT_EQ(read->attestation_format, "none");
  EXPECT_THAT(read->transports, ElementsAre("usb", "nfc"));
  EXPECT_EQ(read->challenge, "Y2hhbGxlbmdl");
  EXPECT_EQ(read->origin, "https://console.example");
}

TEST(FidoRegistration, MayHaveExtensionsAndNoTransports) {
  Made made{.flags = "\xc5", .more = Hex("a16b6372656450726f7465637402")};  // {"credProtect": 2}
  const auto read = ParseFidoRegistration(Json(made, kClientData, ""));
  ASSERT_TRUE(read.ok()) << ErrorOf(read);
  EXPECT_EQ(read->public_key, Es256());
  EXPECT_THAT(read->transports, IsEmpty());
  made.more = Hex("02");
  EXPECT_EQ(ErrorOf(ParseAttestationObject(made.Object())), "the extensions cannot be read");
  made.more.clear();
  EXPECT_EQ(ErrorOf(ParseAttestationObject(made.Object())), "the extensions cannot be read");
}

TEST(FidoRegistration, IsReadOnlyWhole) {
  const std::string object = Made{}.Object();
  ASSERT_TRUE(ParseAttestationObject(object).ok());
  for (std::size_t size = 0; size < object.size(); ++size) {
    EXPECT_FALSE(ParseAttestationObject(object.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(ParseAttestationObject(object + '\0').ok());
  EXPECT_EQ(ErrorOf(ParseAttestationObject(Made{.more = "x"}.Object())), "something follows the authenticator data");
}

TEST(FidoRegistration, NeedsSomebodyPresentAndAKey) {
  EXPECT_THAT(ErrorOf(ParseAttestationObject(Made{.flags = "\x44"}.Object())), HasSubstr("nobody was present"));
  EXPECT_THAT(ErrorOf(ParseAttestationObject(Made{.flags = "\x05"}.Object())), HasSubstr("no public key"));
  EXPECT_THAT(ErrorOf(ParseAttestationObject(Made{.flags = "\x55"}.Object())), HasSubstr("backed up"));
  EXPECT_TRUE(ParseAttestationObject(Made{.flags = "\x5d"}.Object()).ok());
  EXPECT_THAT(ErrorOf(ParseAttestationObject(Made{.length = Hex("0000"), .id = ""}.Object())), HasSubstr("id has no"));
  EXPECT_THAT(ErrorOf(ParseAttestationObject(Made{.length = Hex("ffff")}.Object())), HasSubstr("cut off"));
}

TEST(FidoRegistration, TakesKeysOfKnownAlgorithmsOnly) {
  const auto error_with = [](const std::string& key) {
    return ErrorOf(ParseAttestationObject(Made{.key = key}.Object()));
  };
  EXPECT_EQ(error_with(kEd25519), "");
  EXPECT_EQ(error_with(Hex("a401030339010020590100" + std::string(510, 'f') + "fd2143010001")), "");  // RSA, 2048 bits.
  constexpr char kNone[] = "the public key is none, or of an algorithm that is not taken";
  const std::string x(kX);
  const std::string y(kY);
  for (const std::string& wrong :
       {Hex("a401030339010020588000" + std::string(252, 'f') + "fd2143010001"),  // Of 1016 bits.
        Es256(x, std::string(kX)),                                               // No point of the curve.
        Hex("a501020338222001215820" + x + "225820" + y),                        // ES384 with a key of P-256.
        Hex("a5010203262002215820" + x + "225820" + y),                          // Another curve.
        Hex("a6010203262001215820" + x + "225820" + y + "0401"),                 // Something more.
        Hex("a5010203260102215820" + x + "225820" + y),                          // A parameter twice.
        Hex("a40102032620012158") + Hex("20") + Hex(x),                          // No y.
        Hex("a501020326200121f5225820" + y),                                     // A coordinate that is no bytes.
        Hex("a0"), Hex("80"), Hex("01"), Hex("")}) {
    EXPECT_EQ(error_with(wrong), kNone) << HexEncode(AsBytes(wrong));
  }
}

TEST(FidoRegistration, MustBeOfARegistration) {
  EXPECT_THAT(ErrorOf(ParseFidoRegistration("[]")), HasSubstr("no registration"));
  EXPECT_THAT(ErrorOf(ParseFidoRegistration("{")), HasSubstr("no JSON"));
  EXPECT_THAT(ErrorOf(ParseFidoRegistration(R"({"type":"public-key","response":{}})")),
              HasSubstr("attestation object"));
  EXPECT_EQ(ErrorOf(ParseFidoRegistration(Json({}, kClientData, "", "another"))), "`id` is not that of the credential");
  EXPECT_EQ(ErrorOf(ParseFidoRegistration(Json({}, R"({"type":"webauthn.get","challenge":"a","origin":"b"})"))),
            "clientDataJSON is not of a registration");
  EXPECT_EQ(ErrorOf(ParseFidoRegistration(Json({}, R"({"type":"webauthn.create","challenge":"a"})"))),
            "clientDataJSON has no challenge or no origin");
  EXPECT_EQ(ErrorOf(ParseFidoRegistration(Json({}, "[]"))), "clientDataJSON is no JSON object");
  EXPECT_EQ(ErrorOf(ParseFidoRegistration(Json({}, kClientData, R"(,"transports":["USB!"])"))),
            "`transports` has something that is no word");
  EXPECT_EQ(ErrorOf(ParseFidoRegistration(Json({}, kClientData, R"(,"transports":"usb")"))),
            "`transports` is no list, or too long");
  EXPECT_THAT(ErrorOf(ParseFidoRegistration(std::string(kFidoRegistrationBytesMax + 1, ' '))), HasSubstr("no JSON"));
}

TEST(CoseKey, SaysWhichAlgorithmItIsFor) {
  const std::string bytes = Es256() + "rest";
  codec::CborReader reader(bytes);
  const auto key = ReadCoseKey(reader);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->algorithm, crypto::SignatureAlgorithm::kEs256);
  EXPECT_TRUE(key->key.Fits(crypto::SignatureAlgorithm::kEs256));
  EXPECT_EQ(reader.rest(), "rest");
}

}  // namespace
}  // namespace claviger::federation
