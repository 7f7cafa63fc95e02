#include "sigv4/canonical.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "unit/sigv4/request_text.h"

namespace claviger::sigv4 {
namespace {

std::string PathOf(std::string_view path, bool normalize = true) {
  const http::Request request = MakeRequest("GET", path, "");
  const std::string text = CanonicalRequest(request, "", Form::kHeader, {.normalize_path = normalize});
  return text.substr(4, text.find('\n', 4) - 4);
}

std::string QueryOf(std::string_view query, Form form = Form::kHeader) {
  const http::Request request = MakeRequest("GET", "/", query);
  const std::string text = CanonicalRequest(request, "", form);
  return text.substr(6, text.find('\n', 6) - 6);
}

TEST(CanonicalRequest, NormalizesThePath) {
  EXPECT_EQ(PathOf(""), "/");
  EXPECT_EQ(PathOf("/"), "/");
  EXPECT_EQ(PathOf("/a//b/./c/../"), "/a/b/");
  EXPECT_EQ(PathOf("/../.."), "/");
  EXPECT_EQ(PathOf("/a%20b"), "/a%2520b");
  EXPECT_EQ(PathOf("*"), "/%2A");
}

TEST(CanonicalRequest, LeavesThePathAsItIsWhenTold) { EXPECT_EQ(PathOf("/a//b/./c/../", false), "/a//b/./c/../"); }

TEST(CanonicalRequest, SortsTheQueryByEncodedNameThenValue) {
  EXPECT_EQ(QueryOf("b=1&a-b=2&a=3&a=20&a=%7E&A=4"), "A=4&a=20&a=3&a=~&a-b=2&b=1");
  EXPECT_EQ(QueryOf("&&=&a&b="), "=&a=&b=");
}

TEST(CanonicalRequest, LeavesOutTheSignatureOfTheQueryFormOnly) {
  EXPECT_EQ(QueryOf("X-Amz-Signature=1&X%2DAmz-Signature=2&a=1", Form::kQuery), "a=1");
  EXPECT_EQ(QueryOf("X-Amz-Signature=1&a=1", Form::kHeader), "X-Amz-Signature=1&a=1");
  EXPECT_EQ(QueryOf("x-amz-signature=1&a=1", Form::kQuery), "a=1&x-amz-signature=1");
}

TEST(CanonicalRequest, SortsAndLowersHeaderNames) {
  const http::Request request = MakeRequest("GET", "/", "", {{"B", "1"}, {"a", " 2  3 "}, {"b", "4"}});
  EXPECT_TRUE(CanonicalRequest(request, "B;A", Form::kHeader).starts_with("GET\n/\n\na:2 3\nb:1,4\n\na;b\n"));
}

// Whatever its size, the hash is that of the text: pieces smaller than, as large as, and larger than the buffer.
TEST(HashCanonicalRequest, IsTheHashOfTheText) {
  for (const std::size_t size : {0, 1, 900, 1000, 1023, 1024, 1025, 2047, 2048, 5000, 100000}) {
    const std::string filler(size, 'x');
    const http::Request request =
        MakeRequest("GET", filler, filler, {{"a", filler}, {"b", "short"}, {"c", filler}}, filler);
    EXPECT_EQ(HexEncode(HashCanonicalRequest(request, "a;b;c", Form::kHeader)),
              HexEncode(crypto::Sha256Of(CanonicalRequest(request, "a;b;c", Form::kHeader))));
  }
}

TEST(StringToSign, JoinsItsParts) {
  EXPECT_EQ(StringToSign("20261122T080000Z", "20261122/r/s/aws4_request", crypto::Digest{}),
            "AWS4-HMAC-SHA256\n20261122T080000Z\n20261122/r/s/aws4_request\n" + std::string(64, '0'));
}

}  // namespace
}  // namespace claviger::sigv4
