#include "service/permissions.h"

#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the vocabulary of these tests.

constexpr std::string_view kDocument =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]})";

TEST(PolicyCache, CompilesEachContentOnce) {
  PolicyCache cache;
  const auto first = cache.Compile(kDocument, policy::Kind::kInline, {"user_bob_p", ""});
  EXPECT_EQ(cache.Compile(kDocument, policy::Kind::kInline, {"user_bob_p", ""}), first);
  const auto renamed = cache.Compile(kDocument, policy::Kind::kInline, {"user_bob_q", ""});
  EXPECT_NE(renamed, first);
  EXPECT_EQ(&renamed->document(), &first->document());
  EXPECT_EQ(renamed->source().id, "user_bob_q");
}

TEST(PolicyCache, HoldsADocumentAgainstTheRulesOfItsKind) {
  PolicyCache cache;
  EXPECT_NE(cache.Compile(kDocument, policy::Kind::kInline, {}), nullptr);
  EXPECT_EQ(cache.Compile(kDocument, policy::Kind::kTrust, {}), nullptr);
  EXPECT_EQ(cache.Compile("{", policy::Kind::kInline, {}), nullptr);
}

class PermissionCacheTest : public ::testing::Test {
 protected:
  PermissionsPointer Find(const std::string& user) {
    const std::string id = service.IdOf(user);
    EXPECT_TRUE(reader->Refresh().ok());
    return std::move(cache.Find(kAccount, PrincipalType::kUser, id)).value();
  }

  Service service;
  Credentials bob = service.AddUser("bob");
  SeededRandom random{3};
  std::unique_ptr<store::Reader> reader = std::move(service.store.NewReader()).value();
  PolicyCache policies;
  PermissionCache cache{
      *reader,
      {.keys = service.keys, .quotas = service.quotas, .catalogue = directory::BuiltinCatalogue(), .random = random},
      policies};
};

TEST_F(PermissionCacheTest, KeepsThemWhileNothingTheyCameFromChanges) {
  service.Allow("bob", "iam:GetUser");
  const auto before = Find("bob");
  service.AddUser("eve");
  service.Allow("eve", "iam:GetUser");
  EXPECT_EQ(Find("bob"), before);
  service.Allow("bob", "iam:ListUsers");
  EXPECT_NE(Find("bob"), before);
  EXPECT_EQ(Find("bob")->identity->policies().size(), 2U);
}

TEST_F(PermissionCacheTest, SeesChangesOfGroupsAndManagedPolicies) {
  const auto policy = service.AddManagedPolicy("p", Service::Statement("Allow", "iam:GetUser"));
  service.Change([&](directory::Directory& directory) -> Result<> {
    const directory::Group group{.id = "AGPAEXAMPLEEXAMPLE123", .path = "/", .name = "devs"};
    TRY(directory.groups.Insert(group));
    return directory.groups.AddMember(group, TRY(directory.users.Get("bob")));
  });
  EXPECT_EQ(Find("bob")->identity->policies().size(), 0U);
  service.Change([&](directory::Directory& directory) {
    return directory.holdings.Attach({directory::EntityKind::kGroup, "AGPAEXAMPLEEXAMPLE123", "devs"}, policy.id);
  });
  const auto attached = Find("bob");
  ASSERT_EQ(attached->identity->policies().size(), 1U);
  EXPECT_EQ(attached->identity->policies().front()->source().arn, "arn:aws:iam::111122223333:policy/p");
  service.Change([&](directory::Directory& directory) -> Result<> {
    auto changed = *TRY(directory.policies.FindById(policy.id));
    TRY(directory.policies.AddVersion(changed, Service::Statement("Allow", "iam:ListUsers"), true, service.clock.now));
    return {};
  });
  EXPECT_NE(Find("bob"), attached);
}

TEST_F(PermissionCacheTest, KnowsWhetherAnyPolicyReadsKeys) {
  service.Allow("bob", "iam:GetUser");
  EXPECT_FALSE(Find("bob")->read_keys);
  service.Allow("bob", "iam:GetUser", "arn:aws:iam::*:user/${aws:username}");
  EXPECT_TRUE(Find("bob")->read_keys);
}

TEST_F(PermissionCacheTest, KnowsWhichLayerCannotBeRead) {
  EXPECT_EQ(Find("bob")->unreadable, std::nullopt);
  service.PutPolicy("bob", "broken", "{");
  EXPECT_EQ(Find("bob")->unreadable, authz::Layer::kIdentity);
  service.RemovePolicy("bob", "broken");
  service.SetBoundary("bob", service.AddManagedPolicy("limit", "{"));
  EXPECT_EQ(Find("bob")->unreadable, authz::Layer::kBoundary);
}

}  // namespace
}  // namespace claviger::service
