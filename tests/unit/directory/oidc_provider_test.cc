#include "directory/oidc_provider.h"

#include "directory_fixture.h"

namespace claviger::directory {
namespace {

TEST(OidcProviderName, LeavesOutSchemeAndUsualPort) {
  EXPECT_EQ(OidcProviderName("https://idp.example.com"), "idp.example.com");
  EXPECT_EQ(OidcProviderName("https://idp.example.com:443"), "idp.example.com");
  EXPECT_EQ(OidcProviderName("https://idp.example.com:443/a:443/"), "idp.example.com/a:443/");
  EXPECT_EQ(OidcProviderName("https://idp.example.com:8443/a"), "idp.example.com:8443/a");
  EXPECT_EQ(OidcProviderName("http://idp.example.com"), "http://idp.example.com");
  EXPECT_EQ(OidcProviderName(""), "");
}

}  // namespace
}  // namespace claviger::directory
