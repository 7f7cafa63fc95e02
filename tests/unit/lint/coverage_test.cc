#include "lint/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

#include "policy/parse.h"

namespace claviger::lint {
namespace {

// Statements whose quotation marks may be single ones.
std::shared_ptr<const policy::Document> Policy(std::string statements) {
  std::ranges::replace(statements, '\'', '"');
  auto document = policy::Parse(R"({"Version":"2012-10-17","Statement":[)" + statements + "]}", policy::Kind::kAny);
  EXPECT_TRUE(document.ok()) << document.error().reason;
  return *std::move(document);
}

std::string Statement(const std::string& effect, const std::string& action, const std::string& resource,
                      const std::string& more = "") {
  return "{'Effect':'" + effect + "','Action':" + action + ",'Resource':" + resource + more + "}";
}
std::string Allow(const std::string& action, const std::string& resource = "'*'", const std::string& more = "") {
  return Statement("Allow", action, resource, more);
}
std::string Deny(const std::string& action, const std::string& resource = "'*'", const std::string& more = "") {
  return Statement("Deny", action, resource, more);
}

Coverage Of(const std::string& wanted, std::initializer_list<std::string> layers) {
  std::vector<PolicyLayer> all;
  for (const std::string& layer : layers) all.push_back({Policy(layer)});
  return CoverageOf(*Policy(wanted), all);
}

constexpr char kIf[] = ",'Condition':{'Bool':{'aws:SecureTransport':'true'}}";

TEST(CoverageOf, IsAllWhereEachIsAllowed) {
  EXPECT_EQ(Of(Allow("['s3:GetObject','s3:PutObject']"), {Allow("'s3:*'")}), Coverage::kAll);
  EXPECT_EQ(Of(Allow("'s3:Get*'"), {Allow("'S3:*'")}), Coverage::kAll);
  EXPECT_EQ(Of(Allow("'s3:GetObject'", "'arn:aws:s3:::b/*'"), {Allow("'*'", "'arn:aws:s3:::*'")}), Coverage::kAll);
  EXPECT_EQ(Of(Allow("'s3:GetObject'"), {}), Coverage::kAll);
  EXPECT_EQ(Of(Deny("'s3:GetObject'"), {Deny("'*'")}), Coverage::kAll);  // Nothing is wanted.
}

TEST(CoverageOf, IsNotAllWhereSomethingIsNotAllowed) {
  EXPECT_EQ(Of(Allow("'s3:GetObject'"), {Allow("'ec2:*'")}), Coverage::kNotAll);
  EXPECT_EQ(Of(Allow("['s3:GetObject','ec2:RunInstances']"), {Allow("'s3:*'")}), Coverage::kNotAll);
  EXPECT_EQ(Of(Allow("'s3:GetObject'", "'arn:aws:s3:::b/x'"), {Allow("'s3:*'", "'arn:aws:s3:::other/*'")}),
            Coverage::kNotAll);
}

TEST(CoverageOf, IsNotAllWhereSomethingIsDenied) {
  EXPECT_EQ(Of(Allow("'s3:*'"), {Allow("'*'") + "," + Deny("'s3:DeleteBucket'")}), Coverage::kNotAll);
  EXPECT_EQ(Of(Allow("'s3:GetObject'"), {Allow("'*'") + "," + Deny("'ec2:*'")}), Coverage::kAll);
  EXPECT_EQ(Of(Allow("'s3:*'"), {Allow("'*'") + "," + Deny("'s3:*'", "'*'", kIf)}), Coverage::kUnsure);
  // What is wanted only sometimes may never be what is denied.
  EXPECT_EQ(Of(Allow("'s3:*'", "'*'", kIf), {Allow("'*'") + "," + Deny("'s3:DeleteBucket'")}), Coverage::kUnsure);
  EXPECT_EQ(Of(Allow("'s3:*'", "'*'", kIf), {Allow("'*'") + "," + Deny("'s3:*'")}), Coverage::kNotAll);
}

TEST(CoverageOf, IsUnsureWherePatternsFitInPart) {
  EXPECT_EQ(Of(Allow("'s3:*'"), {Allow("'s3:Get*'")}), Coverage::kUnsure);
  EXPECT_EQ(Of(Allow("'s3:GetObject'"), {Allow("'s3:GetObject'", "'arn:aws:s3:::b/*'")}), Coverage::kUnsure);
  EXPECT_EQ(Of(Allow("'s3:GetObject'"), {Allow("'*'", "'*'", kIf)}), Coverage::kUnsure);
}

TEST(CoverageOf, IsUnsureOfVariables) {
  const std::string home = "'arn:aws:s3:::homes/${aws:username}/*'";
  EXPECT_EQ(Of(Allow("'s3:GetObject'", "'arn:aws:s3:::homes/bob/x'"), {Allow("'s3:*'", home)}), Coverage::kUnsure);
  EXPECT_EQ(Of(Allow("'s3:GetObject'", home), {Allow("'s3:*'", "'arn:aws:s3:::homes/*'")}), Coverage::kAll);
  EXPECT_EQ(Of(Allow("'s3:GetObject'", "'arn:aws:s3:::homes/bob/x'"), {Allow("'*'") + "," + Deny("'s3:*'", home)}),
            Coverage::kUnsure);
}

TEST(CoverageOf, ReadsWhatStatementsLeaveOut) {
  const std::string others = "{'Effect':'Allow','NotAction':'iam:*','Resource':'*'}";
  EXPECT_EQ(Of(Allow("'s3:GetObject'"), {others}), Coverage::kAll);
  EXPECT_EQ(Of(Allow("'iam:GetUser'"), {others}), Coverage::kNotAll);
  EXPECT_EQ(Of(Allow("'*'"), {others}), Coverage::kUnsure);
  const std::string elsewhere = "{'Effect':'Allow','Action':'*','NotResource':'arn:aws:s3:::secret/*'}";
  EXPECT_EQ(Of(Allow("'s3:GetObject'", "'arn:aws:s3:::open/x'"), {elsewhere}), Coverage::kAll);
  EXPECT_EQ(Of(Allow("'s3:GetObject'", "'arn:aws:s3:::secret/x'"), {elsewhere}), Coverage::kNotAll);
  EXPECT_EQ(Of(others, {Allow("'*'")}), Coverage::kAll);
  EXPECT_EQ(Of(others, {Allow("'s3:*'")}), Coverage::kUnsure);
}

TEST(CoverageOf, NeedsEveryLayer) {
  EXPECT_EQ(Of(Allow("'s3:GetObject'"), {Allow("'*'"), Allow("'s3:*'")}), Coverage::kAll);
  EXPECT_EQ(Of(Allow("'s3:GetObject'"), {Allow("'*'"), Allow("'ec2:*'")}), Coverage::kNotAll);
  EXPECT_EQ(Of(Allow("'s3:*'"), {Allow("'*'"), Allow("'s3:Get*'")}), Coverage::kUnsure);
}

}  // namespace
}  // namespace claviger::lint
