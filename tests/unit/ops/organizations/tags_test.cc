#include "ops/organizations/tags.h"

#include "organizations_fixture.h"

namespace claviger::ops::organizations {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Tag = gen::organizations::Tag;

class OrganizationTags : public OrganizationsTest {
 protected:
  OrganizationTags() { MakeOrganization(); }
  Result<gen::organizations::TagResourceResponse> Put(const std::string& id, std::vector<Tag> tags) {
    return service.Call<api::TagResource>({.resource_id = id, .tags = std::move(tags)});
  }
  std::vector<Tag> Of(const std::string& id) {
    return *service.Call<api::ListTagsForResource>({.resource_id = id})->tags;
  }
};

TEST_F(OrganizationTags, AreOnEverything) {
  for (const std::string& id : {Root(), MakeUnit(Root(), "prod"), MakeAccount("dev"), MakePolicy("DenyIam")}) {
    EXPECT_THAT(Of(id), IsEmpty());
    ASSERT_THAT(Put(id, {{.key = "b", .value = "1"}, {.key = "a", .value = ""}}), Succeeds());
    ASSERT_THAT(Put(id, {{.key = "b", .value = "2"}}), Succeeds());
    EXPECT_THAT(Of(id), ElementsAre(Tag{.key = "a", .value = ""}, Tag{.key = "b", .value = "2"})) << id;
    ASSERT_THAT(service.Call<api::UntagResource>({.resource_id = id, .tag_keys = {"a", "none"}}), Succeeds());
    EXPECT_THAT(Of(id), ElementsAre(Tag{.key = "b", .value = "2"})) << id;
  }
}

TEST_F(OrganizationTags, AreGivenWhenSomethingIsMade) {
  const std::vector<Tag> tags = {{.key = "k", .value = "v"}};
  const auto unit = service.Call<api::CreateOrganizationalUnit>({.parent_id = Root(), .name = "x", .tags = tags});
  ASSERT_THAT(unit, Succeeds());
  EXPECT_EQ(Of(*unit->organizational_unit->id), tags);
  const auto account =
      service.Call<api::CreateAccount>({.email = "dev@example.com", .account_name = "dev", .tags = tags});
  ASSERT_THAT(account, Succeeds());
  EXPECT_EQ(Of(*account->create_account_status->account_id), tags);
}

TEST_F(OrganizationTags, AreRefused) {
  EXPECT_THAT(Put(Root(), {{.key = "a", .value = "1"}, {.key = "a", .value = "2"}}),
              Violates(ErrorCode::kInvalidInputException, "DUPLICATE_TAG_KEY",
                       "Tag keys must be unique among the tags attached to the same entity."));
  EXPECT_EQ(Put(Root(), {{.key = "aws:a", .value = "1"}}).error().reason, "INVALID_SYSTEM_TAGS_PARAMETER");
  std::vector<Tag> many;
  for (int i = 0; i < 51; ++i) many.push_back({.key = std::to_string(i), .value = ""});
  EXPECT_THAT(Put(Root(), many), Violates(ErrorCode::kConstraintViolationException, "MAX_TAG_LIMIT_EXCEEDED",
                                          "You have exceeded the number of tags allowed on this resource."));
  for (const char* id : {"999999999999", "p-12345678", "p-FullAWSAccess", "ou-abcd-12345678", "rp-1234"}) {
    EXPECT_THAT(Put(id, {{.key = "a", .value = "1"}}),
                FailsWith(ErrorCode::kTargetNotFoundException, "You specified a target that doesn't exist."));
  }
}

}  // namespace
}  // namespace claviger::ops::organizations
