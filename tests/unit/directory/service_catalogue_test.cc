#include "directory/service_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/directory/directory_fixture.h"

namespace claviger::directory {
namespace {

using testing::Contains;

TEST(ServiceCatalogue, KnowsByItselfWhatIsSpokenHere) {
  const ServiceFacts* iam = BuiltinServices().Find("iam");
  ASSERT_NE(iam, nullptr);
  EXPECT_TRUE(iam->tracked);
  EXPECT_THAT(iam->actions, Contains("CreateUser"));
  EXPECT_THAT(iam->actions, Contains("PassRole"));
  EXPECT_TRUE(std::ranges::is_sorted(iam->actions));
  ASSERT_NE(BuiltinServices().Find("sts"), nullptr);
  EXPECT_THAT(BuiltinServices().Find("sts")->actions, Contains("TagSession"));
  EXPECT_EQ(BuiltinServices().Find("s3"), nullptr);
}

TEST(ServiceCatalogue, ReadsAFileBesideWhatIsBuiltIn) {
  const auto catalogue = ServiceCatalogue::Parse(
      R"([{"namespace": "s3", "name": "Amazon S3", "actions": ["GetObject"]},
          {"namespace": "iam", "name": "other", "actions": []},
          {"namespace": "a4b", "name": "Alexa", "actions": []}])");
  ASSERT_THAT(catalogue, Succeeds());
  ASSERT_EQ(catalogue->services().size(), 6U);
  EXPECT_EQ(catalogue->services().front().name_space, "a4b");
  EXPECT_EQ(catalogue->Find("s3")->name, "Amazon S3");
  EXPECT_FALSE(catalogue->Find("s3")->tracked);
  EXPECT_EQ(catalogue->Find("iam")->name, "AWS Identity and Access Management");
}

TEST(ServiceCatalogue, SaysWhatIsWrongAndWhere) {
  const auto fails = [](std::string_view text, std::string_view why) {
    EXPECT_THAT(ServiceCatalogue::Parse(text), FailsWith(ErrorCode::kValidationError, why));
  };
  fails("{}", "line 1: a catalogue is a list of services");
  fails("[\n{}]", "line 2: `namespace` must be a string");
  fails(R"([{"namespace": "s3", "name": ""}])", "line 1: `name` must be a string");
  fails(R"([{"namespace": "s3", "name": "x"}])", "line 1: `actions` must be a list");
  fails(R"([{"namespace": "s3", "name": "x", "actions": [1]}])", "line 1: an action must be a string");
  const std::string twice = R"({"namespace": "s3", "name": "x", "actions": []})";
  fails("[" + twice + ",\n" + twice + "]", "line 2: a service stands here twice");
  EXPECT_FALSE(ServiceCatalogue::Parse("[").ok());
}

}  // namespace
}  // namespace claviger::directory
