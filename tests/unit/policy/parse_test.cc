#include "policy/parse.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "policy/limits.h"
#include "policy/print.h"

namespace claviger::policy {
namespace {

PolicyError Refused(std::string_view text, Kind kind = Kind::kManaged) {
  const auto document = Parse(text, kind);
  EXPECT_FALSE(document.ok()) << text;
  return document.ok() ? PolicyError{} : document.error();
}

Document Taken(std::string_view text, Kind kind = Kind::kManaged) {
  const auto document = Parse(text, kind);
  EXPECT_TRUE(document.ok()) << text << "\n"
                             << (document.ok() ? "" : document.error().message + document.error().reason);
  return document.ok() ? **document : Document{};
}

// A 2012 policy of one statement with these members behind its Effect.
std::string Allowing(std::string_view members) {
  return R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", )" + std::string(members) + "}}";
}
std::string WithResource(std::string_view resource) {
  return Allowing(R"("Action": "s3:ListBucket", "Resource": ")" + std::string(resource) + '"');
}
std::string WithAction(std::string_view action) {
  return Allowing(R"("Action": ")" + std::string(action) + R"(", "Resource": "*")");
}
std::string WithCondition(std::string_view condition) {
  return Allowing(R"("Action": "s3:*", "Resource": "*", "Condition": )" + std::string(condition));
}

constexpr std::string_view kSyntax = "Syntax errors in policy.";
constexpr std::string_view kVersion = "Policy document must be version 2012-10-17 or greater.";
constexpr std::string_view kLegacy = "The policy failed legacy parsing";
constexpr std::string_view kSid = "Statement IDs (SID) in a single policy must be unique.";
constexpr std::string_view kNoActions = "Policy statement must contain actions.";
constexpr std::string_view kNoResources = "Policy statement must contain resources.";
constexpr std::string_view kIamPath =
    "IAM resource path must either be \"*\", root, or start with user/, federated-user/, role/, group/, "
    "instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, "
    "access-report/.";

TEST(ParsePolicy, ReadsEveryElement) {
  const Document document = Taken(R"({"Version": "2012-10-17", "Id": "x", "Statement": [
      {"Sid": "One", "Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::a/*", "*"],
       "Condition": {"StringEquals": {"aws:username": "bob"}, "Bool": {"aws:SecureTransport": true},
                     "NumericLessThan": {"s3:max-keys": [10, "20"]}}},
      {"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "NotResource": "*"}]})");
  EXPECT_EQ(document.version, Version::k20121017);
  EXPECT_EQ(document.id, "x");
  ASSERT_EQ(document.statements.size(), 2U);
  const Statement& one = document.statements[0];
  EXPECT_EQ(one.sid, "One");
  EXPECT_EQ(one.effect, Effect::kAllow);
  EXPECT_EQ(one.action, (PatternElement{false, {"s3:GetObject"}}));
  EXPECT_EQ(one.resource, (PatternElement{false, {"arn:aws:s3:::a/*", "*"}}));
  ASSERT_EQ(one.conditions.size(), 3U);
  EXPECT_EQ(one.conditions[1].values, (std::vector<std::string>{"true"}));
  EXPECT_EQ(one.conditions[2].values, (std::vector<std::string>{"10", "20"}));
  EXPECT_EQ(document.statements[1].action, (PatternElement{true, {"iam:*", "sts:*"}}));
  EXPECT_EQ(document.statements[1].resource, (PatternElement{true, {"*"}}));
}

TEST(ParsePolicy, RefusesBrokenStructureAsSyntaxError) {
  for (
      const std::string& text : {
          std::string("no json"),
          std::string("[]"),
          std::string(R"({"Version": "2012-10-17"})"),
          std::string(R"({"Version": "2012-10-17", "Statement": []})"),
          std::string(R"({"Version": "2012-10-17", "Statement": ["afd"]})"),
          std::string(R"({"Version": "2012-10-17", "Statement": "x"})"),
          std::string(R"({"Version": "2013-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})"),
          std::string(R"({"Version": 2012, "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})"),
          std::string(
              R"({"Version": "2012-10-17", "Extra": 1, "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})"),
          std::string(
              R"({"Version": "2012-10-17", "Id": ["x"], "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})"),
          std::string(
              R"({"Version": "2012-10-17", "Id": {}, "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})"),
          std::string(R"({"Version": "2012-10-17", "Statement": {"Action": "*", "Resource": "*"}})"),
          std::string(R"({"Version": "2012-10-17", "Statement": {"Effect": "Maybe", "Action": "*", "Resource": "*"}})"),
          std::string(R"({"Version": "2012-10-17", "Statement": {"Effect": 1, "Action": "*", "Resource": "*"}})"),
          Allowing(R"("Action": "*", "Resource": "*", "Extra": "x")"),
          Allowing(R"("Action": "*", "Resource": "*", "action": "x")"),
          Allowing(R"("Action": "*", "Resource": "*", "Sid": {})"),
          Allowing(R"("Action": "*", "Resource": "*", "Sid": [])"),
          Allowing(R"("Action": "*", "NotAction": [], "Resource": "*")"),
          Allowing(R"("NotAction": "s3:x", "Action": "iam:y", "Resource": "*")"),
          Allowing(R"("Action": "*", "Resource": "*", "NotResource": [])"),
          Allowing(R"("Action": {}, "Resource": "*")"),
          Allowing(R"("Action": [[]], "Resource": "*")"),
          Allowing(R"("Action": 1, "Resource": "*")"),
          Allowing(R"("Action": "*", "Resource": {"a": "b"})"),
          Allowing(R"("Action": "*", "Resource": ["*", {}])"),
          Allowing(R"("Action": "*", "Action": "s3:*", "Resource": "*")"),
          Allowing(R"("Action": "*", "Resource": "*", "Principal": "arn:aws:iam::123456789012:root")"),
          Allowing(R"("Action": "*", "Resource": "*", "Principal": {"aws": "*"})"),
          Allowing(R"("Action": "*", "Resource": "*", "Principal": {"AWS": {}})"),
          WithCondition("[]"),
          WithCondition(R"("a")"),
          WithCondition(R"({"a": "b"})"),
          WithCondition(R"({"DateGreaterThan": "b"})"),
          WithCondition(R"({"DateGreaterThan": []})"),
          WithCondition(R"({"DateGreaterThan": {"a": {}}})"),
          WithCondition(R"({"StringEquals": {"a": [["b"]]}})"),
          WithCondition(R"({"StringEquals": {"a": null}})"),
          WithCondition(R"({"x": {"a": "1"}})"),
          WithCondition(R"({"stringequals": {"a": "1"}})"),
          WithCondition(R"({"ForAnyValue::StringEqualsIfExists": {"a": "asf"}})"),
          WithCondition(R"({"NullIfExists": {"a": "true"}})"),
          WithCondition(R"([{"ForAllValues:StringEquals": {"aws:TagKeys": "Department"}}])"),
      }) {
    EXPECT_EQ(Refused(text).message, kSyntax) << text;
  }
}

TEST(ParsePolicy, TakesWhatAwsTakes) {
  for (
      const std::string& text : {
          WithAction("*"),
          WithAction("*:*"),
          WithAction("iam: asdf safdsf af "),
          WithAction("aaaaaadsfd:ListBucket"),
          WithAction("s3-s:ListBucket"),
          WithAction("s3.s:X"),
          WithAction("s3:*Object"),
          WithAction("fsx:?"),
          WithResource("arn:aws:s3:::b"),
          WithResource("arn:aws:iam:::user/b"),
          WithResource("arn:aws:s33:::b"),
          WithResource("arn:aws:fdsasf"),
          WithResource("arn:aws:cloudwatch:us-east-1::b"),
          WithResource("arn:aws:iam::123456789012:root"),
          WithResource("arn:aws:iam::*:*"),
          WithResource("arn:aws:iam::*:user/${aws:username}"),
          WithResource("arn:*:s3:::b"),
          WithResource("arn:aws-us-gov:s3:::b"),
          WithResource("arn:aws:s3:us-west-2:123456789012:accesspoint/x"),
          WithResource("x:aws:sqs:us-east-1:123456789012:q"),
          WithCondition("{}"),
          WithCondition(R"({"a": {}})"),
          WithCondition(R"({"x": {}, "y": {}})"),
          WithCondition(R"({"DateGreaterThan": {}})"),
          WithCondition(R"({"DateGreaterThan": {"a": []}})"),
          WithCondition(R"({"DateGreaterThan": {"a": "01T"}})"),
          WithCondition(R"({"DateLessThanEquals": {"a": "2016-12-13T21:20:37.593194+00:00"}})"),
          WithCondition(R"({"DateLessThanEquals": {"a": "2016-12-13t2:00:00.593194+23"}})"),
          WithCondition(R"({"DateLessThan": {"a": "-292275054"}})"),
          WithCondition(R"({"DateLessThan": {"a": 1500000000}})"),
          WithCondition(R"({"ForAnyValue:StringEqualsIfExists": {"a": "asf"}})"),
          WithCondition(R"({"NumericEquals": {"a": "not a number"}})"),
          std::string(
              R"({"Version": "2012-10-17", "Id": "any", "Statement": {"Sid": "", "Effect": "Allow", "Action": "*", "Resource": "*"}})"),
          std::string(
              R"({"Version": "2012-10-17", "Statement": [{"Sid": "", "Effect": "Allow", "Action": "*", "Resource": "*"},
                           {"Sid": "", "Effect": "Deny", "NotAction": "s3:x", "NotResource": "*"}]})"),
      }) {
    Taken(text);
    Taken(text, Kind::kInline);
    Taken(text, Kind::kSession);
  }
}

TEST(ParsePolicy, WantsTheNewVersionForIdentityPolicies) {
  const std::string body = R"("Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}})";
  for (const std::string& text : {"{" + body, R"({"Version": "2008-10-17", )" + body}) {
    EXPECT_EQ(Refused(text, Kind::kManaged).message, kVersion);
    EXPECT_EQ(Refused(text, Kind::kInline).message, kVersion);
    EXPECT_EQ(Taken(text, Kind::kSession).version, Version::k20081017);
    EXPECT_EQ(Taken(text, Kind::kAny).version, Version::k20081017);
  }
}

TEST(ParsePolicy, RefusesWhatTheOlderParserRefuses) {
  for (const std::string& text : {
           std::string(R"({"Version": "2012-10-17", "Statement": {"Effect": "denY", "Action": "*", "Resource": "*"}})"),
           std::string(
               R"({"Version": "2012-10-17", "Statement": {"Effect": "allow", "Resource": "arn:aws:s3:us-east-1::b"}})"),
           WithCondition(R"({"DateGreaterThan": {"a": "sdfdsf"}})"),
           WithCondition(R"({"DateLessThanEquals": {"a": "234-13"}})"),
           WithCondition(R"({"DateLessThanEquals": {"a": "2016-12-13t2:00:00.593194+1"}})"),
           WithCondition(R"({"DateLessThanEquals": {"a": "2016-12-13t2:00:00.1999999999+10:59"}})"),
           WithCondition(R"({"DateLessThan": {"a": "9223372036854775808"}})"),
           WithCondition(R"({"ForAnyValue:DateLessThanIfExists": {"a": "x"}})"),
           WithResource("arn:aws:s3::bucket"),
           WithResource("arn:aws::::x"),
           WithResource("arn:aws::fdsasf"),
           Allowing(R"("Resource": "arn:aws:s3::bucket")"),
           Allowing(R"("Condition": {"DateGreaterThan": {"a": "sdfdsf"}})"),
           Allowing(R"("Action": "s3:x", "NotResource": "arn:aws:s3::bucket")"),
           Allowing(
               R"("Action": "s3:x", "Resource": "arn:error:s3:::b", "Condition": {"DateGreaterThan": {"a": "x"}})"),
       }) {
    EXPECT_EQ(Refused(text).message, kLegacy) << text;
  }
}

TEST(ParsePolicy, WantsDistinctSids) {
  const std::string statements =
      R"("Statement": [{"Sid": "s", "Effect": "Allow", "Action": "s3:x", "Resource": "*"}, {"Sid": "s", "Effect": "Allow"}]})";
  EXPECT_EQ(Refused(R"({"Version": "2012-10-17", )" + statements).message, kSid);
  // The version is looked at before.
  EXPECT_EQ(Refused("{" + statements).message, kVersion);
}

TEST(ParsePolicy, WantsActions) {
  EXPECT_EQ(Refused(Allowing(R"("Resource": "arn:aws:s3:::b")")).message, kNoActions);
  EXPECT_EQ(Refused(Allowing(R"("Action": [], "Resource": "arn:aws:s3:::b")")).message, kNoActions);
  EXPECT_EQ(Refused(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow"}})").message, kNoActions);
}

TEST(ParsePolicy, WantsResources) {
  EXPECT_EQ(Refused(Allowing(R"("Action": "s3:x")")).message, kNoResources);
  EXPECT_EQ(Refused(Allowing(R"("Action": "s3:x", "Resource": [])")).message, kNoResources);
}

TEST(ParsePolicy, TakesEveryResourceOfIam) {
  for (const std::string_view resource :
       {"*", "root", "user/a", "role/*", "saml-provider/x", "access-report/*", "delegation-request/x"}) {
    Taken(WithResource("arn:aws:iam::123456789012:" + std::string(resource)));
  }
}

TEST(ParsePolicy, NamesTheBadResource) {
  const auto expect = [](std::string_view resource, std::string_view message) {
    EXPECT_EQ(Refused(WithResource(resource)).message, message);
  };
  expect("invalid resource", "Resource invalid resource must be in ARN format or \"*\".");
  expect("", "Resource  must be in ARN format or \"*\".");
  expect("a:bsdfdsafsad", "Partition \"bsdfdsafsad\" is not valid for resource \"arn:bsdfdsafsad:*:*:*:*\".");
  expect("a:b:cadfsdf", "Partition \"b\" is not valid for resource \"arn:b:cadfsdf:*:*:*\".");
  expect("a:b:c:d:e:f:g:h", "Partition \"b\" is not valid for resource \"arn:b:c:d:e:f:g:h\".");
  expect("aws:s3:::example_bucket", "Partition \"s3\" is not valid for resource \"arn:s3:::example_bucket:*\".");
  expect("arn:aws", "Resource vendor must be fully qualified and cannot contain regexes.");
  expect("arn:aws:iam:::example_bucket", kIamPath);
  expect("arn:aws:iam::123456789012:rooted", kIamPath);
  expect("arn:aws:iam:us-east-1::b", "IAM resource arn:aws:iam:us-east-1::b cannot contain region information.");
  expect("arn:aws:s3:us-east-1::b", "Resource arn:aws:s3:us-east-1::b can not contain region information.");
}

TEST(ParsePolicy, NamesTheSmallestOfSeveralBadResources) {
  const std::string text = Allowing(R"("Action": "s3:x", "Resource": ["arn:error:s3::b", "arn:error:s3:::b"])");
  EXPECT_EQ(Refused(text).message, "Partition \"error\" is not valid for resource \"arn:error:s3:::b\".");
}

TEST(ParsePolicy, ComplainsAboutResourcesBeforeActionNames) {
  EXPECT_EQ(Refused(Allowing(R"("Action": "s:3:ListBucket", "Resource": "sdf")")).message,
            "Resource sdf must be in ARN format or \"*\".");
}

TEST(ParsePolicy, NamesTheBadAction) {
  constexpr std::string_view kNoVendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
  EXPECT_EQ(Refused(WithAction("invalid")).message, kNoVendor);
  EXPECT_EQ(Refused(WithAction("")).message, kNoVendor);
  EXPECT_EQ(Refused(Allowing(R"("NotAction": "", "Resource": "*")")).message, kNoVendor);
  EXPECT_EQ(Refused(WithAction("s3:List:Bucket")).message, "Actions/Condition can contain only one colon.");
  EXPECT_EQ(Refused(WithAction("a a:ListBucket")).message, "Vendor a a is not valid");
  EXPECT_EQ(Refused(WithAction("s3*:ListBucket")).message, "Vendor s3* is not valid");
}

TEST(ParsePolicy, RefusesPrincipalsOutsideResourcePolicies) {
  for (const Kind kind : {Kind::kManaged, Kind::kInline, Kind::kSession}) {
    for (const std::string_view element : {R"("Principal": "*")", R"("NotPrincipal": {"AWS": "123456789012"})"}) {
      const std::string text = Allowing(R"("Action": "s3:x", "Resource": "*", )" + std::string(element));
      EXPECT_EQ(Refused(text, kind).message, "Policy document should not specify a principal.");
    }
  }
  EXPECT_FALSE(Parse(Allowing(R"("Action": "s3:x", "Resource": "*", "Principal": "*")"), Kind::kServiceControl).ok());
}

std::string Trusting(std::string_view members) {
  return R"({"Statement": [{"Effect": "Allow", )" + std::string(members) + "}]}";
}
std::string TrustingPrincipal(std::string_view principal) {
  return Trusting(R"("Action": "sts:AssumeRole", "Principal": )" + std::string(principal));
}

TEST(ParseTrustPolicy, TakesPrincipalsOfEveryForm) {
  for (const std::string_view principal : {
           R"({"AWS": "*"})",
           R"({"AWS": "123456789012"})",
           R"({"AWS": "arn:aws:iam::123456789012:root"})",
           R"({"AWS": ["arn:aws:iam::123456789012:user/a/b", "arn:aws:iam::123456789012:role/r"]})",
           R"({"AWS": "arn:aws:sts::123456789012:assumed-role/r/s"})",
           R"({"AWS": "AIDAEXAMPLEEXAMPLE12"})",
           R"({"AWS": "arn:aws:sts::123456789012:federated-user/f"})",
           R"({"Service": "ec2.amazonaws.com"})",
           R"({"Service": ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com.cn"]})",
           R"({"Federated": "accounts.google.com"})",
           R"({"Federated": "arn:aws:iam::123456789012:saml-provider/p", "AWS": "123456789012"})",
           R"({"Federated": "arn:aws:iam::123456789012:oidc-provider/example.com/a"})",
       }) {
    EXPECT_FALSE(Taken(TrustingPrincipal(principal), Kind::kTrust).statements[0].resource);
  }
  Taken(Trusting(R"("Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext",
        "sts:AssumeRoleWithSAML", "STS:assumerolewithwebidentity", "sts:AssumeRole*"], "Principal": {"AWS": "*"})"),
        Kind::kTrust);
}

TEST(ParseTrustPolicy, AnswersInItsOwnWords) {
  const auto expect = [](const std::string& text, std::string_view message) {
    EXPECT_EQ(Refused(text, Kind::kTrust).message, message) << text;
  };
  constexpr std::string_view kActions = "AssumeRole policy may only specify STS AssumeRole actions.";
  constexpr std::string_view kFederated = "Federated principals must be valid domain names or SAML metadata ARNs";
  expect("{", "This policy contains invalid Json");
  expect(R"({"Statement": []})", "Could not parse the policy: Statement is empty!");
  expect(R"({"Statement": [{"Effect": "Allow", "Sid": 1}]})", kSyntax);
  expect(R"({"Statement": [], "Statement": []})", kSyntax);
  expect(Trusting(R"("Action": "sts:AssumeRole", "Principal": {"AWS": "*"}, "Resource": "*")"),
         "Has prohibited field Resource");
  expect(Trusting(R"("Action": "sts:AssumeRole", "Principal": {"AWS": "*"}, "NotResource": "*")"),
         "AssumeRole policy must not contain resources.");
  expect(Trusting(R"("Action": "sts:AssumeRole")"), "Missing required field Principal");
  expect(TrustingPrincipal("{}"), "Missing required field Principal cannot be empty!");
  expect(TrustingPrincipal(R"({"AWS": []})"), "Missing required field Principal cannot be empty!");
  expect(Trusting(R"("Action": "sts:AssumeRole", "NotPrincipal": {"AWS": "123456789012"})"),
         "Allow with NotPrincipal is not allowed.");
  expect(TrustingPrincipal(R"("*")"), R"(AssumeRolepolicy contained an invalid principal: "STAR":"*".)");
  expect(Trusting(R"("Action": "s3:GetObject", "Principal": {"AWS": "*"})"), kActions);
  expect(Trusting(R"("Action": "*", "Principal": {"AWS": "*"})"), kActions);
  expect(Trusting(R"("Action": "sts:*", "Principal": {"AWS": "*"})"), kActions);
  expect(Trusting(R"("NotAction": "sts:AssumeRole", "Principal": {"AWS": "*"})"), kActions);
  expect(Trusting(R"("Principal": {"AWS": "*"})"), kNoActions);
  expect(TrustingPrincipal(R"({"Federated": "not a domain"})"), kFederated);
  expect(TrustingPrincipal(R"({"Federated": "arn:aws:iam::123456789012:user/x"})"), kFederated);
  for (const std::string_view bad :
       {"arn:aws:iam::123456789012:group/g", "arn:aws:iam::123456789012:user/*", "arn:aws:iam::123456789012:role/",
        "arn:aws:iam::12345:root", "arn:aws:s3:::bucket", "bob", "", "arn:aws:sts::123456789012:assumed-role/r",
        "1234567890123"}) {
    expect(TrustingPrincipal(R"({"AWS": ")" + std::string(bad) + "\"}"),
           "Invalid principal in policy: \"AWS\":\"" + std::string(bad) + '"');
  }
  expect(TrustingPrincipal(R"({"Service": "nonsense"})"), R"(Invalid principal in policy: "SERVICE":"nonsense")");
}

TEST(ParseResourcePolicy, WantsPrincipals) {
  EXPECT_EQ(Refused(Allowing(R"("Action": "s3:x", "Resource": "*")"), Kind::kResource).message,
            "Missing required field Principal");
  Taken(Allowing(R"("Action": "s3:x", "Resource": "*", "Principal": "*")"), Kind::kResource);
  Taken(
      Allowing(R"("Action": "s3:x", "Resource": "*", "Principal": {"CanonicalUser": ")" + std::string(64, 'a') + "\"}"),
      Kind::kResource);
  Taken(Allowing(R"("Action": "s3:x", "Resource": "*", "NotPrincipal": {"AWS": "123456789012"})"), Kind::kResource);
}

TEST(ParseResourceControlPolicy, TakesDenialsForEveryoneOnly) {
  const std::string_view denial =
      R"({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}})";
  Taken(denial, Kind::kResourceControl);
  EXPECT_FALSE(Parse(Allowing(R"("Principal": "*", "Action": "s3:*", "Resource": "*")"), Kind::kResourceControl).ok());
  EXPECT_FALSE(Parse(WithAction("s3:*"), Kind::kResourceControl).ok());
}

TEST(ParsePolicy, TellsWhereTheErrorIs) {
  const PolicyError error = Refused(
      "{\"Version\": \"2012-10-17\",\n \"Statement\": [{\"Effect\": \"Allow\",\n  \"Action\": \"x\", \"Resource\": "
      "\"*\"}]}");
  EXPECT_EQ(error.position, (Position{3, 13}));
  EXPECT_FALSE(error.reason.empty());
}

TEST(ParsePolicy, ReportsRangesAsTheSimulatorDoes) {
  const std::string single =
      R"({"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:*", "Resource": "*     "}})";
  const Document one = Taken(single, Kind::kAny);
  EXPECT_EQ(one.ranges[0].begin, (Position{1, 41}));
  EXPECT_EQ(one.ranges[0].end, (Position{1, static_cast<std::uint32_t>(single.size())}));

  const Document administrator = Taken(
      "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": "
      "\"*\",\n"
      "      \"Resource\": \"*\"\n    }\n  ]\n}");
  EXPECT_EQ(administrator.ranges[0], (StatementRange{{3, 17}, {8, 6}}));
}

TEST(ParsePolicy, RefusesTextBeyondTheRequestLimit) {
  std::string text = WithAction("s3:*");
  text.append(kDocumentBytesMax, ' ');
  EXPECT_EQ(Refused(text).message, kSyntax);
}

TEST(ParsePolicy, BecomesAMalformedPolicyDocumentError) {
  const Error error = ToError(Refused("x"));
  EXPECT_EQ(error.code, ErrorCode::kMalformedPolicyDocument);
  EXPECT_EQ(error.message, kSyntax);
}

TEST(CountedCharacters, LeavesOutWhiteSpace) {
  EXPECT_EQ(CountedCharacters(" {\t\"a b\":\r\n1} "), 8U);
  EXPECT_EQ(CountedCharacters("\xC3\xA9"), 1U);
}

TEST(PrintPolicy, WritesOneCanonicalForm) {
  const Document document = Taken(R"({ "Statement": {"Resource": "*", "Action": "s3:*", "Effect": "Deny",
      "Principal": {"AWS": ["1", "2"], "Service": "s"}, "Condition": {"Bool": {"a": true}, "Null": {"b": "false"}},
      "Sid": "x\"y"}})",
                                  Kind::kAny);
  EXPECT_EQ(Print(document),
            R"({"Version":"2008-10-17","Statement":[{"Sid":"x\"y","Effect":"Deny","Principal":{"AWS":["1","2"],)"
            R"("Service":["s"]},"Action":["s3:*"],"Resource":["*"],"Condition":{"Bool":{"a":["true"]},)"
            R"("Null":{"b":["false"]}}}]})");
}

TEST(PrintPolicy, ParsePrintParseIsIdentity) {
  for (const std::string_view text : {
           R"({"Statement": {"Effect": "Allow", "Action": "*", "Principal": "*"}})",
           R"({"Statement": {"Effect": "Allow", "Action": "*", "NotPrincipal": {"AWS": [], "Federated": "x.y"}}})",
           R"({"Id": "\u0000\n", "Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotAction": ["a:b", "c:d"],
               "NotResource": ["*", "arn:aws:s3:::\u00e9${aws:username}"], "Condition": {
               "ArnEquals": {"k": "arn:aws:iam::*:role/x"}, "ArnLike": {"k": ["y", 1.50, true]}, "StringLike": {"K": []},
               "ForAllValues:StringNotLikeIfExists": {"t": "*"}, "unknown": {}}}]})",
       }) {
    const Document document = Taken(text, Kind::kAny);
    const std::string printed = Print(document);
    EXPECT_EQ(Taken(printed, Kind::kAny), document) << printed;
    EXPECT_EQ(Print(Taken(printed, Kind::kAny)), printed);
  }
}

}  // namespace
}  // namespace claviger::policy
