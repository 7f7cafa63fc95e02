#include "cli/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "suites/temporary_directory.h"

namespace claviger::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PolicyCommandTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    std::string path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  testing::TemporaryDirectory folder_;
};

using PolicyCheck = PolicyCommandTest;
using PolicyEval = PolicyCommandTest;

constexpr char kGood[] =
    R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}})";

TEST_F(PolicyCheck, HasNothingToSayAboutAGoodPolicy) {
  const Printed printed = CheckPolicies({.files = {Write("good.json", kGood)}});
  EXPECT_EQ(printed.text, "");
  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_EQ(CheckPolicies({.files = {Write("good.json", kGood)}, .json = true}).text, "[]\n");
}

TEST_F(PolicyCheck, TellsWhereTheGrammarIsBroken) {
  const std::string bad = Write("bad.json", "{\"Version\": \"2012-10-17\",\n  \"Statment\": []}");
  const Printed printed = CheckPolicies({.files = {Write("good.json", kGood), bad}});
  EXPECT_EQ(printed.text, bad + ":2:3: error: Syntax errors in policy. (unknown element `Statment`)\n");
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(CheckPolicies({.files = {bad + "x"}}).text, bad + "x: error: cannot be opened\n");
  const Printed large = CheckPolicies({.files = {Write("large.json", std::string(131073, ' '))}});
  EXPECT_THAT(large.text, HasSubstr("a policy has no more than 131072 bytes"));
}

TEST_F(PolicyCheck, WarnsWithIdAndPlace) {
  const std::string file =
      Write("wide.json",
            "{\"Version\": \"2012-10-17\",\n \"Statement\": [\n  {\"Sid\": \"\u00e9\", \"Effect\": "
            "\"Deny\", \"Action\": \"*\", \"Resource\": \"*\"},\n   {\"Effect\": \"Allow\", "
            "\"Action\": \"*\", \"Resource\": \"*\"}]}");
  const Printed printed = CheckPolicies({.files = {file}});
  EXPECT_EQ(printed.text,
            file + ":4:4: warning: every action on every resource: this is an administrator [allow-everything]\n" +
                file + ":4:4: warning: statement 1 `\u00e9` denies all that this allows [unreachable-allow]\n");
  EXPECT_EQ(printed.exit_code, 3);
  const Printed json = CheckPolicies({.files = {file}, .json = true});
  EXPECT_THAT(json.text, HasSubstr(R"("line":4,"column":4,"severity":"warning","id":"allow-everything")"));
}

TEST_F(PolicyCheck, KnowsEachKind) {
  const auto check = [&](const char* kind, const std::string& text) {
    return CheckPolicies({.files = {Write("p.json", text)}, .kind = kind}).exit_code;
  };
  const std::string trust =
      R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}})";
  const std::string bucket =
      R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "*"}})";
  const std::string rcp =
      R"({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}})";
  EXPECT_EQ(check("trust", trust), 0);
  EXPECT_EQ(check("resource", bucket), 0);
  EXPECT_EQ(check("rcp", rcp), 0);
  EXPECT_EQ(check("scp", kGood), 0);
  EXPECT_EQ(check("session", kGood), 0);
  EXPECT_EQ(check("boundary", kGood), 0);
  EXPECT_EQ(check("identity", trust), 1);
  EXPECT_EQ(check("trust", kGood), 1);
  EXPECT_EQ(check("resource", kGood), 1);
  EXPECT_EQ(check("scp", bucket), 1);
  EXPECT_EQ(check("rcp", kGood), 1);
}

TEST_F(PolicyCheck, WarnsOfWhatIsLargerThanTheQuota) {
  const std::string text =
      R"({"Version": "2012-10-17", "Id": ")" + std::string(6144, 'x') + "\"," + std::string(kGood).substr(1);
  const std::string once = text.substr(0, text.rfind("\"Version\"")) + text.substr(text.rfind("\"Statement\""));
  EXPECT_THAT(CheckPolicies({.files = {Write("large.json", once)}}).text, HasSubstr("[too-large]"));
}

TEST_F(PolicyCheck, PrintsNoControlCharacters) {
  const std::string file = Write("p.json", R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
      "Action": "iam:\u001b[2J\nX", "Resource": "*"}})");
  EXPECT_THAT(CheckPolicies({.files = {file}}).text, HasSubstr("there is no action `iam:?[2J?X`"));
}

TEST_F(PolicyEval, SaysWhoDecided) {
  const std::string file = Write("read.json",
                                 "{\"Version\": \"2012-10-17\", \"Statement\": [\n  {\"Sid\": \"Read\", \"Effect\": "
                                 "\"Allow\", \"Action\": \"s3:Get*\", \"Resource\": \"arn:aws:s3:::b/*\"}]}");
  EvalArguments arguments{.identity = {file}, .action = "s3:GetObject", .target = "arn:aws:s3:::b/k"};
  Printed printed = EvaluatePolicies(arguments);
  EXPECT_EQ(printed.text, "allowed by identity policies: " + file + ":2:3, statement 1 `Read`\n");
  EXPECT_EQ(printed.exit_code, 0);
  arguments.target = "arn:aws:s3:::c/k";
  printed = EvaluatePolicies(arguments);
  EXPECT_EQ(printed.text, "denied: nothing in the identity policies allows it\n");
  EXPECT_EQ(printed.exit_code, 3);
}

TEST_F(PolicyEval, ExplainsWhatDidNotMatch) {
  const std::string file = Write("p.json", R"({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:username": "alice"}}}]})");
  const std::string boundary = Write("boundary.json", kGood);
  const Printed printed = EvaluatePolicies({.identity = {file},
                                            .boundary = boundary,
                                            .action = "s3:GetObject",
                                            .target = "arn:aws:s3:::c/k",
                                            .principal = "arn:aws:iam::111122223333:user/bob",
                                            .explain = true});
  EXPECT_EQ(printed.text,
            "denied: nothing in the identity policies allows it\n"
            "\nidentity policies: implicitDeny\n"
            "  " +
                file +
                ":2:5, statement 1: Allow does not apply: Resource is `arn:aws:s3:::b/*`, the request is about "
                "`arn:aws:s3:::c/k`\n"
                "  " +
                file +
                ":3:5, statement 2: Allow does not apply: condition StringEquals on aws:username wants `alice`, "
                "the request has `bob`\n"
                "\npermissions boundary: implicitDeny\n"
                "  " +
                boundary +
                ":1:40, statement 1: Allow does not apply: Resource is `arn:aws:s3:::b/*`, the request is "
                "about `arn:aws:s3:::c/k`\n");
}

TEST_F(PolicyEval, TakesEveryLayer) {
  const std::string all = Write(
      "all.json", R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})");
  const std::string none =
      Write("none.json",
            R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}})");
  const auto decide = [](const EvalArguments& arguments) { return EvaluatePolicies(arguments).text; };
  const EvalArguments base{.identity = {all}, .action = "s3:GetObject", .target = "arn:aws:s3:::b/k"};
  const auto with = [&](auto change) {
    EvalArguments arguments = base;
    change(arguments);
    return decide(arguments);
  };
  EXPECT_THAT(with([](auto&) {}), StartsWith("allowed"));
  EXPECT_THAT(with([&](auto& a) { a.boundary = none; }), StartsWith("denied: nothing in the permissions boundary"));
  EXPECT_THAT(with([&](auto& a) { a.session = {none}; }), StartsWith("denied: nothing in the session policies"));
  EXPECT_THAT(with([&](auto& a) { a.scp = {all, none}; }), StartsWith("denied: nothing in the service control"));
  EXPECT_THAT(with([&](auto& a) { a.rcp = {none}; }), StartsWith("denied: nothing in the resource control"));

  const std::string trust =
      Write("trust.json",
            R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
                                      "Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"}}})");
  EvalArguments assume{.trust = trust,
                       .action = "sts:AssumeRole",
                       .target = "arn:aws:iam::111122223333:role/r",
                       .principal = "arn:aws:iam::111122223333:user/bob"};
  EXPECT_THAT(decide(assume), StartsWith("allowed by trust policy: " + trust));
  assume.principal = "arn:aws:iam::444455556666:user/bob";
  EXPECT_THAT(decide(assume), StartsWith("denied: nothing in the trust policy"));
  assume.principal = "111122223333";
  EXPECT_THAT(decide(assume), StartsWith("denied: nothing in the trust policy"));
  EXPECT_THAT(decide({.action = "iam:GetUser", .principal = "111122223333"}), StartsWith("allowed: the root user"));
}

TEST_F(PolicyEval, TakesConditionKeys) {
  const std::string file = Write("tags.json", R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
      "Action": "x:Tag", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]},
      "Bool": {"aws:SecureTransport": "true"}}}})");
  EvalArguments arguments{.identity = {file}, .action = "x:Tag", .context = {"aws:tagkeys=a", "aws:TagKeys=b"}};
  EXPECT_THAT(EvaluatePolicies(arguments).text, StartsWith("denied"));
  arguments.explain = true;
  EXPECT_THAT(EvaluatePolicies(arguments).text, HasSubstr("--context does not give:\n  aws:securetransport\n"));
  arguments.context.emplace_back("aws:SecureTransport=true");
  EXPECT_EQ(EvaluatePolicies(arguments).exit_code, 0);
  arguments.context.emplace_back("aws:TagKeys=c");
  EXPECT_EQ(EvaluatePolicies(arguments).exit_code, 3);
}

TEST_F(PolicyEval, PrintsJson) {
  const std::string file = Write("deny.json", R"({"Version": "2012-10-17", "Statement": {"Sid": "No",
      "Effect": "Deny", "Action": "*", "Resource": "*"}})");
  EXPECT_EQ(EvaluatePolicies({.identity = {file}, .action = "s3:GetObject", .json = true}).text,
            R"({"decision":"explicitDeny","decided_by":"identity policies","file":")" + file +
                R"(","line":1,"statement":1,"sid":"No","policies":{"identity policies":"explicitDeny"},"statements":[)"
                R"({"policies":"identity policies","file":")" +
                file +
                R"(","line":1,"statement":1,"sid":"No","effect":"Deny","applies":true}],"missing_keys":[]})"
                "\n");
}

TEST_F(PolicyEval, RefusesWhatMakesNoRequest) {
  const auto refused = [](const EvalArguments& arguments) {
    const Printed printed = EvaluatePolicies(arguments);
    EXPECT_EQ(printed.exit_code, 1);
    return printed.text;
  };
  EXPECT_EQ(refused({.action = "s3:*"}), "claviger: --action takes one action, as in s3:GetObject, not `s3:*`\n");
  EXPECT_EQ(refused({.action = "s3:Get", .target = "b"}), "claviger: --resource takes an ARN or *, not `b`\n");
  EXPECT_EQ(refused({.action = "s3:Get", .principal = "bob"}), "claviger: --principal does not know `bob`\n");
  EXPECT_EQ(refused({.action = "s3:Get", .resource_account = "1"}),
            "claviger: --resource-account takes twelve digits, not `1`\n");
  EXPECT_EQ(refused({.action = "s3:Get", .context = {"x"}}), "claviger: --context takes key=value, not `x`\n");
  EXPECT_EQ(refused({.identity = {"/nonexistent"}, .action = "s3:Get"}), "claviger: /nonexistent: cannot be opened\n");
}

}  // namespace
}  // namespace claviger::cli
