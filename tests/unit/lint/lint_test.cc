#include "lint/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policy/parse.h"

namespace claviger::lint {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Finding> Findings(const std::string& statements, const Options& options = {},
                              const std::string& version = "2012-10-17") {
  const auto document =
      policy::Parse(R"({"Version": ")" + version + R"(", "Statement": [)" + statements + "]}", policy::Kind::kAny);
  EXPECT_TRUE(document.ok()) << statements;
  return document.ok() ? Lint(**document, options) : std::vector<Finding>();
}

std::vector<std::string> Ids(const std::string& statements, const Options& options = {},
                             const std::string& version = "2012-10-17") {
  std::vector<std::string> ids;
  for (const Finding& finding : Findings(statements, options, version)) ids.emplace_back(finding.id);
  return ids;
}

// A statement of these members, with Allow.
std::string Allow(const std::string& members) { return R"({"Effect": "Allow", )" + members + "}"; }
std::string Deny(const std::string& members) { return R"({"Effect": "Deny", )" + members + "}"; }

TEST(Lint, IsSilentAboutACarefulPolicy) {
  EXPECT_THAT(
      Ids(Allow(
              R"("Action": ["s3:GetObject", "iam:GetUser"], "Resource": ["arn:aws:s3:::b/*", "arn:aws:iam::*:user/a"])") +
          "," + Allow(R"("Action": "iam:ListUsers", "Resource": "*")") + "," +
          Allow(R"("Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/app")")),
      IsEmpty());
}

TEST(Lint, SeesWhatIsAllowedTooWidely) {
  EXPECT_THAT(Ids(Allow(R"("Action": "*", "Resource": "*")")), ElementsAre("allow-everything"));
  EXPECT_THAT(Ids(Allow(R"("Action": "*", "Resource": "*")"), {.use = Use::kServiceControl}), IsEmpty());
  EXPECT_THAT(Ids(Deny(R"("Action": "*", "Resource": "*")")), IsEmpty());
  EXPECT_THAT(Ids(Allow(R"("Action": "iam:*", "Resource": "*")")), ElementsAre("allow-all-of-iam", "pass-any-role"));
  EXPECT_THAT(Ids(Allow(R"("NotAction": "iam:*", "Resource": "*")")), ElementsAre("not-action-with-allow"));
  EXPECT_THAT(Ids(Allow(R"("Action": "s3:*", "NotResource": "arn:aws:s3:::b")")),
              ElementsAre("not-resource-with-allow"));
  EXPECT_THAT(Ids(Allow(R"("Action": ["iam:AttachUserPolicy", "iam:Put*Policy"], "Resource": "*")")),
              ElementsAre("privilege-escalation"));
}

TEST(Lint, SeesRolesThatAreHandedOn) {
  EXPECT_THAT(Ids(Allow(R"("Action": "iam:PassRole", "Resource": "*")")), ElementsAre("pass-any-role"));
  EXPECT_THAT(Ids(Allow(R"("Action": "iam:Pass*", "Resource": "arn:aws:iam::111122223333:role/*")")),
              ElementsAre("pass-any-role"));
  EXPECT_THAT(Ids(Allow(R"("Action": "iam:PassRole", "Resource": "*", "Condition":
                           {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})")),
              IsEmpty());
}

TEST(Lint, SeesWhomATrustPolicyLetsIn) {
  const Options trust{.use = Use::kTrust, .account = "111122223333"};
  const auto trusting = [&](const std::string& principal, const std::string& condition = "{}") {
    return Ids(Allow(R"("Action": "sts:AssumeRole", "Principal": )" + principal + R"(, "Condition": )" + condition),
               trust);
  };
  EXPECT_THAT(trusting(R"({"AWS": "*"})"), ElementsAre("allow-everybody"));
  EXPECT_THAT(trusting(R"({"AWS": "*"})", R"({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})"), IsEmpty());
  EXPECT_THAT(trusting(R"({"AWS": "444455556666"})"), ElementsAre("account-without-external-id"));
  EXPECT_THAT(trusting(R"({"AWS": "arn:aws:iam::444455556666:root"})"), ElementsAre("account-without-external-id"));
  EXPECT_THAT(trusting(R"({"AWS": "444455556666"})", R"({"StringEquals": {"sts:ExternalId": "x"}})"), IsEmpty());
  EXPECT_THAT(trusting(R"({"AWS": "111122223333"})"), IsEmpty());
  EXPECT_THAT(trusting(R"({"AWS": "arn:aws:iam::444455556666:role/r"})"), IsEmpty());
  EXPECT_THAT(trusting(R"({"Service": "ec2.amazonaws.com"})"), IsEmpty());
  EXPECT_THAT(trusting(R"({"Federated": "token.actions.githubusercontent.com"})"),
              ElementsAre("provider-without-audience", "provider-without-subject"));
  EXPECT_THAT(trusting(R"({"Federated": "arn:aws:iam::111122223333:saml-provider/p"})"),
              ElementsAre("provider-without-audience"));
}

TEST(Lint, SeesWhomAResourcePolicyLetsIn) {
  const Options resource{.use = Use::kResource};
  const std::string about = R"("Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*")";
  EXPECT_THAT(Ids(Allow(about + R"(, "Principal": "*")"), resource), ElementsAre("allow-everybody"));
  EXPECT_THAT(Ids(Allow(about + R"(, "NotPrincipal": {"AWS": "111122223333"})"), resource),
              ElementsAre("not-principal-with-allow"));
  EXPECT_THAT(Ids(Allow(about + R"(, "Principal": {"Service": "sns.amazonaws.com"})"), resource),
              ElementsAre("service-without-source"));
  EXPECT_THAT(Ids(Allow(about + R"(, "Principal": {"Service": "sns.amazonaws.com"}, "Condition":
                                   {"StringEquals": {"aws:SourceAccount": "111122223333"}})"),
                  resource),
              IsEmpty());
}

TEST(Lint, KnowsTheActionsOfIamAndSts) {
  const auto findings = Findings(Allow(R"("Action": "iam:CreteUser", "Resource": "*")"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "unknown-action");
  EXPECT_EQ(findings[0].reason, "there is no action `iam:CreteUser`, did you mean `iam:CreateUser`?");
  EXPECT_THAT(Ids(Allow(R"("Action": "sts:Assemble*", "Resource": "*")")), ElementsAre("unknown-action"));
  EXPECT_THAT(Ids(Allow(R"("Action": ["IAM:getuser", "sts:TagSession", "x:Anything"], "Resource": "*")")), IsEmpty());
}

TEST(Lint, KnowsWhatActionsAreAbout) {
  const auto findings = Findings(Allow(R"("Action": "iam:GetUser", "Resource": "arn:aws:iam::*:role/*")"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "action-without-resource");
  EXPECT_THAT(findings[0].reason, HasSubstr("`arn:*:iam::*:user/*`"));
  EXPECT_THAT(Ids(Allow(R"("Action": "iam:GetAccountSummary", "Resource": "arn:aws:iam::*:user/*")")),
              ElementsAre("action-without-resource"));
  EXPECT_THAT(Ids(Allow(R"("Action": "iam:*User", "Resource": "arn:aws:iam::*:user/${aws:username}")")), IsEmpty());
}

TEST(Lint, KnowsTheConditionKeys) {
  const auto with = [](const std::string& condition) {
    return Findings(Allow(R"("Action": "s3:GetObject", "Resource": "*", "Condition": )" + condition));
  };
  const auto findings = with(R"({"StringEquals": {"aws:PrincipalOrgId": "o-1", "aws:SourceIpp": "x"}})");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].reason, "there is no condition key `aws:SourceIpp`, did you mean `aws:SourceIp`?");
  EXPECT_THAT(with(R"({"StringEquals": {"aws:PrincipalTag/any": "x", "s3:prefix": "y"}})"), IsEmpty());
}

TEST(Lint, SeesValuesThatCannotMatch) {
  const auto with = [](const std::string& condition, const std::string& version = "2012-10-17") {
    return Ids(Allow(R"("Action": "s3:GetObject", "Resource": "*", "Condition": )" + condition), {}, version);
  };
  EXPECT_THAT(with(R"({"NumericLessThan": {"s3:max-keys": "ten"}})"), ElementsAre("value-of-another-type"));
  EXPECT_THAT(with(R"({"Bool": {"aws:SecureTransport": "yes"}})"), ElementsAre("value-of-another-type"));
  EXPECT_THAT(with(R"({"IpAddress": {"aws:SourceIp": "10.0.0"}})"), ElementsAre("value-of-another-type"));
  EXPECT_THAT(with(R"({"ArnLike": {"aws:PrincipalArn": "bob"}})"), ElementsAre("value-of-another-type"));
  EXPECT_THAT(with(R"({"StringEquals": {"s3:prefix": "home/*"}})"), ElementsAre("literal-wildcard"));
  EXPECT_THAT(with(R"({"StringLike": {"s3:prefix": "home/*"}})"), IsEmpty());
  EXPECT_THAT(with(R"({"StringLike": {"s3:prefix": "${aws:username}"}})", "2008-10-17"),
              ElementsAre("variable-without-version"));
  EXPECT_THAT(with(R"({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}})"), ElementsAre("for-all-values-with-allow"));
  EXPECT_THAT(with(R"({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}})"),
              IsEmpty());
}

TEST(Lint, SeesStatementsThatChangeNothing) {
  const std::string read = R"("Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*")";
  EXPECT_THAT(Ids(Allow(read) + "," + Allow(read)), ElementsAre("duplicate-statement"));
  EXPECT_THAT(Ids(Allow(read) + "," + Allow(R"("Action": "s3:*", "Resource": "*")")),
              ElementsAre("redundant-statement"));
  EXPECT_THAT(Ids(Allow(read) + "," + Deny(R"("Action": "s3:Get*", "Resource": "*")")),
              ElementsAre("unreachable-allow"));
  EXPECT_THAT(Ids(Allow(read) + "," + Deny(R"("Action": "s3:Get*", "Resource": "*", "Condition":
                                              {"Bool": {"aws:SecureTransport": "false"}})")),
              IsEmpty());
  EXPECT_THAT(Ids(Allow(read) + "," + Allow(R"("Action": "s3:PutObject", "Resource": "*")")), IsEmpty());
  const auto findings = Findings(Allow(read) + R"(,{"Sid": "No", "Effect": "Deny", "Action": "*", "Resource": "*"})");
  EXPECT_EQ(findings[0].statement, 0U);
  EXPECT_EQ(findings[0].reason, "statement 2 `No` denies all that this allows");
}

}  // namespace
}  // namespace claviger::lint
