#include "directory/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "aws/unique_id.h"
#include "policy/parse.h"
#include "unit/directory/directory_fixture.h"

namespace claviger::directory {
namespace {

// A catalogue of one policy, with one thing replaced.
std::string CatalogueText(const std::string& what = "", const std::string& with = "") {
  std::string text =
      R"([{"arn": "arn:aws:iam::aws:policy/x/P", "created": "2015-02-06T18:39:46Z", "updated": "2016-01-01T00:00:00Z",)"
      "\n"
      R"( "default": "v2", "versions": [{"version": "v2", "created": "2016-01-01T00:00:00Z",)"
      "\n"
      R"( "document": "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}"}]}])";
  if (!what.empty()) text.replace(text.find(what), what.size(), with);
  return text;
}

TEST(Catalogue, HasTheBuiltInPolicies) {
  const Catalogue& catalogue = BuiltinCatalogue();
  const AwsManagedPolicy* administrator = catalogue.Find("arn:aws:iam::aws:policy/AdministratorAccess");
  ASSERT_NE(administrator, nullptr);
  EXPECT_EQ(catalogue.FindById(administrator->id), administrator);
  EXPECT_EQ(catalogue.Find("arn:aws:iam::aws:policy/administratoraccess"), nullptr);
  EXPECT_EQ(catalogue.FindById("ANPANOBODY"), nullptr);
  EXPECT_EQ(catalogue.Find(""), nullptr);
}

TEST(Catalogue, IsSortedAndMadeOfPolicies) {
  const Catalogue& catalogue = BuiltinCatalogue();
  EXPECT_TRUE(std::ranges::is_sorted(catalogue.policies(), {}, &AwsManagedPolicy::arn));
  for (const AwsManagedPolicy& known : catalogue.policies()) {
    EXPECT_EQ(catalogue.FindById(known.id), &known) << known.arn;
    EXPECT_EQ(known.id, AwsManagedPolicyId(known.arn)) << "the generator and this program agree";
    EXPECT_EQ(known.id.size(), 21U);
    EXPECT_EQ(AccountInId(known.id), std::nullopt);
    for (const AwsManagedPolicyVersion& version : known.versions) {
      EXPECT_TRUE(policy::Parse(version.document, policy::Kind::kAny).ok()) << known.arn;
    }
    EXPECT_NE(std::ranges::find(known.versions, known.default_version, &AwsManagedPolicyVersion::number),
              known.versions.end());
  }
}

TEST(LoadedCatalogue, ShowsWhatTheFileHolds) {
  const auto loaded = LoadedCatalogue::Parse(CatalogueText());
  ASSERT_THAT(loaded, Succeeds());
  const AwsManagedPolicy* known = (*loaded)->catalogue().Find("arn:aws:iam::aws:policy/x/P");
  ASSERT_NE(known, nullptr);
  EXPECT_EQ((*loaded)->catalogue().FindById(AwsManagedPolicyId(known->arn)), known);
  EXPECT_EQ(known->created, 1423247986);
  ASSERT_EQ(known->versions.size(), 1U);
  EXPECT_EQ(known->versions[0].number, 2U);
}

TEST(LoadedCatalogue, SaysWhatIsWrongAndWhere) {
  const auto refused = [](const std::string& text, std::string_view message) {
    EXPECT_THAT(LoadedCatalogue::Parse(text), FailsWith(ErrorCode::kValidationError, message)) << text;
  };
  refused("{}", "line 1: a catalogue is a list of policies");
  refused(CatalogueText("iam::aws:policy", "iam::123456789012:policy"),
          "line 1: `arn:aws:iam::123456789012:policy/x/P` is no policy of AWS");
  refused(CatalogueText("\"default\": \"v2\"", "\"default\": \"v1\""), "line 1: the default version is missing");
  refused(CatalogueText("\"default\": \"v2\"", "\"default\": \"2\""), "line 1: `default` must be a version like v1");
  refused(CatalogueText("2015-02-06T18:39:46Z", "long ago"),
          "line 1: `created` must be a time like 2026-01-31T12:00:00Z");
  refused(CatalogueText("Deny", "Perhaps"), "line 2: the document is no policy: Effect must be Allow or Deny");
  const std::string one = CatalogueText();
  refused("[" + one.substr(1, one.size() - 2) + "," + one.substr(1), "line 1: a policy stands here twice");
}

}  // namespace
}  // namespace claviger::directory
