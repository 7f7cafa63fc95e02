#include "net/https_client.h"

#include <gtest/gtest.h>

namespace claviger::net {
namespace {

TEST(PublicAddress, IsNoneOfOnesOwnNetwork) {
  for (const char* address : {"127.0.0.1",
                              "127.255.255.254",
                              "0.0.0.0",
                              "10.1.2.3",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.0.1",
                              "169.254.169.254",
                              "100.64.0.1",
                              "100.127.255.255",
                              "192.0.0.8",
                              "192.0.2.1",
                              "198.18.0.1",
                              "198.51.100.1",
                              "203.0.113.9",
                              "224.0.0.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::127.0.0.1",
                              "::ffff:127.0.0.1",
                              "::ffff:169.254.169.254",
                              "::ffff:10.0.0.1",
                              "fe80::1",
                              "febf::1",
                              "fc00::1",
                              "fd12:3456::1",
                              "ff02::1",
                              "64:ff9b::7f00:1",
                              "2002:7f00:1::1",
                              "2001:db8::1",
                              "2001::1",
                              "100::1",
                              "localhost",
                              "",
                              "1.2.3"}) {
    EXPECT_FALSE(IsPublicAddress(address)) << address;
  }
}

TEST(PublicAddress, IsAnyOther) {
  for (const char* address :
       {"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
        "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(IsPublicAddress(address)) << address;
  }
}

TEST(GetHttps, AsksNobodyWithinTheMachine) {
  for (const char* url : {"https://127.0.0.1:1/", "https://[::1]:1/", "https://localhost:1/", "https://2130706433/",
                          "https://0x7f.1/", "https://[::ffff:127.0.0.1]/"}) {
    const auto answer = GetHttps(url, {}, 1000, {});
    ASSERT_FALSE(answer.ok()) << url;
    EXPECT_EQ(answer.error(), HttpsProblem::kUnreachable) << url;
  }
}

TEST(GetHttps, TakesNoOtherAddresses) {
  for (const char* url : {"http://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "",
                          "https://", "HTTPS://127.0.0.1/", "https://user:password@127.0.0.1/"}) {
    const auto answer = GetHttps(url, {}, 1000, {.private_addresses = true});
    ASSERT_FALSE(answer.ok()) << url;
    EXPECT_EQ(answer.error(), HttpsProblem::kUnusable) << url;
  }
}

TEST(GetCertificates, AsksNobodyThatGetHttpsDoesNot) {
  for (const char* url : {"https://127.0.0.1:1/", "https://[::1]:1/", "https://169.254.169.254/"}) {
    const auto chain = GetCertificates(url, {});
    ASSERT_FALSE(chain.ok()) << url;
    EXPECT_EQ(chain.error(), HttpsProblem::kUnreachable) << url;
  }
  for (const char* url : {"http://127.0.0.1/", "file:///etc/passwd", ""}) {
    const auto chain = GetCertificates(url, {.private_addresses = true});
    ASSERT_FALSE(chain.ok()) << url;
    EXPECT_EQ(chain.error(), HttpsProblem::kUnusable) << url;
  }
}

}  // namespace
}  // namespace claviger::net
