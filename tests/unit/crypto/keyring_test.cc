#include "crypto/keyring.h"

#include <gtest/gtest.h>

#include "crypto/aead.h"

namespace claviger::crypto {
namespace {

Secret Key(char byte) { return Secret(std::string(kAeadKeyBytes, byte)); }

TEST(Keyring, OpensWhatAnyOfItsKeysSealed) {
  SeededRandom random(1);
  Keyring ring;
  ring.Add(1, Key('a'));
  const std::string old_box = ring.Seal("c", "old", random);
  ring.Add(2, Key('b'));
  const std::string new_box = ring.Seal("c", "new", random);
  EXPECT_EQ(ring.Open("c", old_box)->Reveal(), "old");
  EXPECT_EQ(ring.Open("c", new_box)->Reveal(), "new");
  EXPECT_EQ(new_box.substr(0, 4), std::string("\0\0\0\2", 4));  // The newest key seals.
}

TEST(Keyring, OpensNothingOfOthers) {
  SeededRandom random(1);
  Keyring ring;
  ring.Add(1, Key('a'));
  Keyring other;
  other.Add(1, Key('b'));
  const std::string box = ring.Seal("c", "text", random);
  EXPECT_FALSE(other.Open("c", box));
  EXPECT_FALSE(ring.Open("d", box));
  EXPECT_FALSE(ring.Open("c", std::string("\0\0\0\7", 4) + box.substr(4)));
  EXPECT_FALSE(ring.Open("c", "abc"));
  EXPECT_FALSE(Keyring().Open("c", box));
}

}  // namespace
}  // namespace claviger::crypto
