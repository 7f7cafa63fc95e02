#include "ops/iam/oidc_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/iam/tags.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using gen::iam::Tag;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kArn[] = "arn:aws:iam::123456789012:oidc-provider/idp.example.com/Tenant/";
constexpr char kUrl[] = "https://idp.example.com/Tenant/";
constexpr char kInvalidUrl[] = "Invalid Open ID Connect Provider URL";

class OidcProviderTest : public testing::Test {
 protected:
  auto Create(const std::string& url = kUrl) { return service.Call<api::CreateOpenIDConnectProvider>({.url = url}); }
  auto Get(const std::string& arn = kArn) {
    return service.Call<api::GetOpenIDConnectProvider>({.open_id_connect_provider_arn = arn});
  }

  Service service{RegisterOidcProviderOperations, RegisterTagOperations};
};

using CreateOpenIDConnectProvider = OidcProviderTest;
using ListOpenIDConnectProviders = OidcProviderTest;
using AddClientIDToOpenIDConnectProvider = OidcProviderTest;
using UpdateOpenIDConnectProviderThumbprint = OidcProviderTest;
using DeleteOpenIDConnectProvider = OidcProviderTest;
using TagOpenIDConnectProvider = OidcProviderTest;

TEST_F(CreateOpenIDConnectProvider, KeepsWhatItIsGiven) {
  const auto made =
      service.Call<api::CreateOpenIDConnectProvider>({.url = kUrl,
                                                      .client_id_list = {{"z", "a", "z"}},
                                                      .thumbprint_list = {{std::string(40, 'A'), std::string(40, 'a')}},
                                                      .tags = {{{"key", "1"}, {"Key", "2"}}}});
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made->open_id_connect_provider_arn, kArn);
  EXPECT_THAT(*made->tags, ElementsAre(Tag{"key", "1"}, Tag{"Key", "2"}));
  const auto got = Get();
  ASSERT_THAT(got, Succeeds());
  EXPECT_EQ(got->url, "idp.example.com/Tenant/");
  EXPECT_THAT(*got->client_id_list, ElementsAre("z", "a"));
  EXPECT_THAT(*got->thumbprint_list, ElementsAre(std::string(40, 'a'), std::string(40, 'a')));
  EXPECT_EQ(got->create_date, kNow);
  EXPECT_THAT(*got->tags, ElementsAre(Tag{"Key", "2"}, Tag{"key", "1"}));
}

TEST_F(CreateOpenIDConnectProvider, FetchesTheThumbprintThatIsLeftOut) {
  std::vector<std::string> asked;
  federation::IssuerKeys keys({
      .fetch = [&](const std::string& url, const auto&,
                   std::size_t) -> Expected<std::string, federation::FetchProblem> {
        asked.push_back(url);
        if (url.starts_with("https://away.example")) return Failure{federation::FetchProblem::kUnreachable};
        return std::string(R"({"issuer":"https://idp.example.com/Tenant/","jwks_uri":"https://keys.example/k"})");
      },
      .certificates = [](const std::string&) -> Expected<std::vector<std::string>, federation::FetchProblem> {
        return std::vector<std::string>{"leaf", "abc"};
      },
  });
  service.issuer_keys = &keys;
  ASSERT_THAT(Create(), Succeeds());
  EXPECT_THAT(*Get()->thumbprint_list, ElementsAre("a9993e364706816aba3e25717850c26c9cd0d89d"));
  EXPECT_THAT(asked, ElementsAre("https://idp.example.com/Tenant/.well-known/openid-configuration"));
  EXPECT_THAT(Create(), FailsWith(ErrorCode::kEntityAlreadyExists,
                                  "Provider with url https://idp.example.com/Tenant/ already exists."));
  EXPECT_THAT(Create("https://away.example:443"),
              FailsWith(ErrorCode::kOpenIdIdpCommunicationError, "Could not connect to https://away.example"));
  EXPECT_EQ(service.Call<api::ListOpenIDConnectProviders>()->open_id_connect_provider_list->size(), 1U);
  ASSERT_THAT(service.Call<api::CreateOpenIDConnectProvider>(
                  {.url = "https://away.example", .thumbprint_list = {{std::string(40, 'a')}}}),
              Succeeds());
  EXPECT_EQ(asked.size(), 2U) << "nobody is asked for what is given, or about one that is there already";
}

TEST_F(CreateOpenIDConnectProvider, NeedsOnlyAUrl) {
  const auto made = Create("https://idp.example.com:443");
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made->open_id_connect_provider_arn, "arn:aws:iam::123456789012:oidc-provider/idp.example.com");
  EXPECT_FALSE(made->tags);
  const auto got = Get("arn:aws:iam::123456789012:oidc-provider/idp.example.com");
  EXPECT_THAT(*got->client_id_list, IsEmpty());
  EXPECT_THAT(*got->thumbprint_list, IsEmpty());
  EXPECT_THAT(*got->tags, IsEmpty());
}

TEST_F(CreateOpenIDConnectProvider, ChecksTheUrl) {
  EXPECT_THAT(Create("idp.example.com"), FailsWith(ErrorCode::kValidationError, kInvalidUrl));
  EXPECT_THAT(
      Create("http://idp.example.com"),
      FailsWith(ErrorCode::kInvalidInput, "Invalid Open ID Connect Provider URL. The URL must begin with https://."));
  for (const char* url : {"https://idp.example.com/?q=v", "https://idp.example.com/#f"}) {
    EXPECT_THAT(Create(url), FailsWith(ErrorCode::kInvalidInput, "Unknown"));
  }
  for (const char* url : {"https://", "https:///x", "https://idp.example.com:8443", "https://bob@idp.example.com",
                          "https://idp.example.com/*", "https://idp.example.com/a b", "https://\xC3\xA4.example.com"}) {
    EXPECT_THAT(Create(url), FailsWith(ErrorCode::kValidationError, kInvalidUrl)) << url;
  }
}

TEST_F(CreateOpenIDConnectProvider, TellsIssuersApart) {
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_THAT(Create("https://idp.example.com/Tenant"), Succeeds());
  EXPECT_THAT(Create(), FailsWith(ErrorCode::kEntityAlreadyExists,
                                  "Provider with url https://idp.example.com/Tenant/ already exists."));
  service.world.quotas.oidc_providers_per_account = 2;
  EXPECT_THAT(Create("https://third.example.com"),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for OpenIDConnectProvidersPerAccount: 2"));
}

TEST_F(CreateOpenIDConnectProvider, BoundsItsLists) {
  EXPECT_THAT(service.Call<api::CreateOpenIDConnectProvider>(
                  {.url = kUrl, .thumbprint_list = std::vector<std::string>(6, std::string(40, 'b'))}),
              FailsWith(ErrorCode::kInvalidInput, "Thumbprint list must contain fewer than 5 entries."));
  std::vector<std::string> ids;
  for (int i = 0; i < 101; ++i) ids.push_back(std::to_string(i));
  EXPECT_THAT(service.Call<api::CreateOpenIDConnectProvider>({.url = kUrl, .client_id_list = ids}),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"));
}

TEST_F(CreateOpenIDConnectProvider, IsFoundByExactlyItsArn) {
  ASSERT_THAT(Create(), Succeeds());
  for (const char* arn : {"arn:aws:iam::123456789012:oidc-provider/idp.example.com/tenant/",
                          "arn:aws:iam::123456789012:oidc-provider/idp.example.com/Tenant",
                          "arn:aws:iam::210987654321:oidc-provider/idp.example.com/Tenant/", "no ARN whatsoever"}) {
    EXPECT_THAT(Get(arn),
                FailsWith(ErrorCode::kNoSuchEntity, "OpenIDConnect Provider not found for arn " + std::string(arn)));
  }
}

TEST_F(ListOpenIDConnectProviders, ShowsArns) {
  EXPECT_THAT(*service.Call<api::ListOpenIDConnectProviders>()->open_id_connect_provider_list, IsEmpty());
  ASSERT_THAT(Create(), Succeeds());
  EXPECT_THAT(*service.Call<api::ListOpenIDConnectProviders>()->open_id_connect_provider_list,
              ElementsAre(OpenIDConnectProviderListEntry{.arn = kArn}));
}

TEST_F(AddClientIDToOpenIDConnectProvider, AddsAndRemovesWithoutComplaint) {
  ASSERT_THAT(Create(), Succeeds());
  const auto add = [&](const std::string& id) {
    return service.Call<api::AddClientIDToOpenIDConnectProvider>(
        {.open_id_connect_provider_arn = kArn, .client_id = id});
  };
  const auto remove = [&](const std::string& id) {
    return service.Call<api::RemoveClientIDFromOpenIDConnectProvider>(
        {.open_id_connect_provider_arn = kArn, .client_id = id});
  };
  for (const char* id : {"b", "a", "b"}) ASSERT_THAT(add(id), Succeeds());
  EXPECT_THAT(*Get()->client_id_list, ElementsAre("b", "a"));
  for (const char* id : {"b", "b", "none"}) ASSERT_THAT(remove(id), Succeeds());
  EXPECT_THAT(*Get()->client_id_list, ElementsAre("a"));
  service.world.quotas.client_ids_per_oidc_provider = 1;
  EXPECT_THAT(add("a"), Succeeds());
  EXPECT_THAT(add("c"),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 1"));
}

TEST_F(UpdateOpenIDConnectProviderThumbprint, ReplacesAll) {
  ASSERT_THAT(Create(), Succeeds());
  const auto update = [&](std::vector<std::string> list) {
    return service.Call<api::UpdateOpenIDConnectProviderThumbprint>(
        {.open_id_connect_provider_arn = kArn, .thumbprint_list = std::move(list)});
  };
  ASSERT_THAT(update({std::string(40, 'C')}), Succeeds());
  EXPECT_THAT(*Get()->thumbprint_list, ElementsAre(std::string(40, 'c')));
  EXPECT_THAT(update({}), FailsWith(ErrorCode::kInvalidInput, "Thumbprint list must contain at least one entry."));
  EXPECT_THAT(update(std::vector<std::string>(6, std::string(40, 'b'))),
              FailsWith(ErrorCode::kInvalidInput, "Thumbprint list must contain fewer than 5 entries."));
}

TEST_F(DeleteOpenIDConnectProvider, HasWordsOfItsOwn) {
  ASSERT_THAT(Create(), Succeeds());
  const auto remove = [&] {
    return service.Call<api::DeleteOpenIDConnectProvider>({.open_id_connect_provider_arn = kArn});
  };
  ASSERT_THAT(remove(), Succeeds());
  EXPECT_THAT(remove(), FailsWith(ErrorCode::kNoSuchEntity,
                                  "OpenId connect Provider " + std::string(kArn) + " cannot be found."));
  EXPECT_EQ(directory::CountKeys(service.world, "123456789012/oidc"), 0U);
}

TEST_F(TagOpenIDConnectProvider, TagsByArn) {
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_THAT(service.Call<api::TagOpenIDConnectProvider>(
                  {.open_id_connect_provider_arn = kArn, .tags = {{"b", "1"}, {"a", "2"}, {"A", "3"}}}),
              Succeeds());
  const auto first = service.Call<api::ListOpenIDConnectProviderTags>(
      {.open_id_connect_provider_arn = kArn, .marker = {}, .max_items = 2});
  EXPECT_THAT(first->tags, ElementsAre(Tag{"A", "3"}, Tag{"a", "2"}));
  EXPECT_THAT(
      service.Call<api::ListOpenIDConnectProviderTags>({.open_id_connect_provider_arn = kArn, .marker = first->marker})
          ->tags,
      ElementsAre(Tag{"b", "1"}));
  ASSERT_THAT(
      service.Call<api::UntagOpenIDConnectProvider>({.open_id_connect_provider_arn = kArn, .tag_keys = {"A", "none"}}),
      Succeeds());
  EXPECT_THAT(*Get()->tags, ElementsAre(Tag{"a", "2"}, Tag{"b", "1"}));
}

}  // namespace
}  // namespace claviger::ops::iam
