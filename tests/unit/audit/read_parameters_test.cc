#include <gtest/gtest.h>

#include "audit/parameters.h"
#include "codec/json.h"
#include "gen/iam/operations.h"
#include "gen/sts/operations.h"

namespace claviger::audit {
namespace {

using namespace gen;  // NOLINT(google-build-using-namespace)

template <class Operation>
bool Read(std::string_view json, typename Operation::Request& request) {
  const auto document = codec::ParseJson(json);
  return document.ok() && ReadParameters(*Operation::Info().request, document->root(), &request);
}

// What is written of a request, read and written once more.
template <class Operation>
void ExpectReadBack(const typename Operation::Request& request) {
  const Shape& shape = *Operation::Info().request;
  std::vector<ResourceName> names;
  std::string written;
  WriteParameters(shape, &request, DateForm::kWords, written, names);
  typename Operation::Request read;
  ASSERT_TRUE(Read<Operation>(written, read)) << written;
  std::string again;
  WriteParameters(shape, &read, DateForm::kWords, again, names);
  EXPECT_EQ(again, written);
}

TEST(ReadParameters, ReadsWhatWasWritten) {
  ExpectReadBack<iam::api::GetUser>({});
  ExpectReadBack<iam::api::CreateRole>(
      {.role_name = "r", .assume_role_policy_document = "{}", .max_session_duration = 3600});
  ExpectReadBack<iam::api::CreateLoginProfile>({.user_name = "bob", .password_reset_required = true});
  ExpectReadBack<iam::api::UploadSSHPublicKey>({.user_name = "bob", .ssh_public_key_body = "ssh-rsa AAAA"});
  ExpectReadBack<sts::api::AssumeRole>({.role_arn = "arn:aws:iam::123456789012:role/r",
                                        .role_session_name = "s",
                                        .tags = {{{.key = "team", .value = "red"}, {.key = "a", .value = ""}}},
                                        .transitive_tag_keys = {{"team"}}});
}

TEST(ReadParameters, LeavesWhatWasHidden) {
  sts::api::AssumeRole::Request request;
  ASSERT_TRUE(Read<sts::api::AssumeRole>(R"({"roleArn":"x","serialNumber":"y"})", request));
  EXPECT_EQ(request.role_arn, "x");
  EXPECT_EQ(request.serial_number, "y");
  EXPECT_FALSE(request.token_code);
}

TEST(ReadParameters, RefusesTheRest) {
  for (const char* json : {R"([])", R"("x")", R"({"omitted":true,"originalSize":200000})", R"({"RoleArn":"x"})",
                           R"({"roleArn":1})", R"({"durationSeconds":"x"})", R"({"durationSeconds":1e99})",
                           R"({"tags":{}})", R"({"tags":[1]})", R"({"tags":[{"colour":"red"}]})", R"({"":1})"}) {
    sts::api::AssumeRole::Request request;
    EXPECT_FALSE(Read<sts::api::AssumeRole>(json, request)) << json;
  }
}

}  // namespace
}  // namespace claviger::audit
