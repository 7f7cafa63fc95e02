#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/aead.h"
#include "crypto/secret.h"
#include "crypto/sha256.h"

namespace claviger::crypto {
namespace {

std::string Hex(const Digest& digest) { return HexEncode(digest); }

// FIPS 180-4 examples.
TEST(Sha256, MatchesThePublishedExamples) {
  EXPECT_EQ(Hex(Sha256Of("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256Of("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256Of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, IsTheSameInPieces) {
  const std::string text(1000, 'x');
  Sha256 hash;
  for (std::size_t i = 0; i < text.size(); i += 7) hash.Update(std::string_view(text).substr(i, 7));
  EXPECT_EQ(hash.Finish(), Sha256Of(text));
}

// RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
TEST(HmacSha256, MatchesTheRfcVectors) {
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacKey, SignsAnyNumberOfMessages) {
  const HmacKey key("Jefe");
  EXPECT_EQ(key.Sign("a"), HmacSha256("Jefe", "a"));
  EXPECT_EQ(key.Sign("a"), HmacSha256("Jefe", "a"));
}

class AeadTest : public testing::Test {
 protected:
  SeededRandom random_{5};
  Secret key_{std::string(kAeadKeyBytes, 'k')};
};

TEST_F(AeadTest, OpensWhatWasSealed) {
  for (const std::size_t size : {0, 1, 15, 16, 17, 4096}) {
    const std::string plain(size, 'p');
    const std::string box = Seal(key_, "context", plain, random_);
    EXPECT_EQ(box.size(), size + kAeadOverheadBytes);
    EXPECT_EQ(Open(key_, "context", box)->Reveal(), plain);
  }
}

TEST_F(AeadTest, RefusesEveryAlteredByteAndOtherContexts) {
  const std::string box = Seal(key_, "context", "plain", random_);
  for (std::size_t i = 0; i < box.size(); ++i) {
    std::string altered = box;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(Open(key_, "context", altered)) << i;
  }
  EXPECT_FALSE(Open(key_, "other", box));
  EXPECT_FALSE(Open(Secret(std::string(kAeadKeyBytes, 'x')), "context", box));
  for (std::size_t size = 0; size < box.size(); ++size) EXPECT_FALSE(Open(key_, "context", box.substr(0, size)));
}

TEST_F(AeadTest, NeverSealsTheSameTwice) {
  EXPECT_NE(Seal(key_, "context", "plain", random_), Seal(key_, "context", "plain", random_));
}

TEST(Secret, KeepsItsBytesThroughMovesAndCopies) {
  Secret first(std::string("short"));
  const Secret copy = first;
  const Secret moved = std::move(first);
  EXPECT_EQ(copy, moved);
  EXPECT_EQ(moved.Reveal(), "short");
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): what is under test.
}

TEST(ConstantTimeEquals, ComparesContentAndLength) {
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_TRUE(ConstantTimeEquals("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abcd"));
}

}  // namespace
}  // namespace claviger::crypto
