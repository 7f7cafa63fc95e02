#include "authz/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "suites/evaluation_cases.h"

namespace claviger::authz {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

// One file of tests/vectors/evaluation, named by what it is about.
class EvaluationVectors : public ::testing::TestWithParam<std::string> {};

void RunCase(const test::EvaluationCase& data) {
  SCOPED_TRACE(data.name + ": " + data.rule);
  const test::PreparedCase prepared(data);
  const Verdict verdict = Evaluate(prepared.request, prepared.policies);
  EXPECT_EQ(verdict.decision, data.decision);
  EXPECT_EQ(test::LayerName(verdict.layer), data.layer);

  Explanation explanation;
  const Verdict explained = Evaluate(prepared.request, prepared.policies, explanation);
  EXPECT_EQ(explained.decision, verdict.decision);
  EXPECT_EQ(explained.layer, verdict.layer);

  std::vector<std::string> decided;
  for (const Trace& trace : explanation.traces) {
    EXPECT_EQ(trace.applies, trace.failed == Element::kNone);
    EXPECT_EQ(trace.applies, Describe(trace, prepared.request).empty());
    if (!trace.applies || trace.layer != verdict.layer || verdict.decision == Decision::kImplicitDeny) continue;
    const bool denies = trace.statement.statement().denies();
    if (denies == (verdict.decision == Decision::kExplicitDeny)) decided.push_back(test::NameOf(trace.statement));
  }
  EXPECT_EQ(decided, data.statements);
  if (data.statements.empty()) {
    EXPECT_EQ(test::NameOf(verdict.statement), "");
  } else {
    EXPECT_THAT(data.statements, Contains(test::NameOf(verdict.statement)));
  }
}

TEST_P(EvaluationVectors, DecideAsTheRulesSay) {
  const auto cases = test::ReadEvaluationCases(GetParam());
  EXPECT_FALSE(cases.empty());
  for (const test::EvaluationCase& data : cases) {
    EXPECT_FALSE(data.rule.empty());
    RunCase(data);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, EvaluationVectors,
                         ::testing::Values("01-basics.json", "02-actions.json", "03-resources.json",
                                           "04-principals.json", "05-permissions-boundary.json",
                                           "06-session-policies.json", "07-organizations.json", "08-cross-account.json",
                                           "09-root-user.json", "10-trust-policies.json", "11-operators.json",
                                           "12-conditions.json", "13-variables.json", "14-values.json",
                                           "15-bound-sessions.json"),
                         [](const auto& file) {
                           std::string name = file.param.substr(3, file.param.size() - 8);
                           std::erase(name, '-');
                           return name;
                         });

std::shared_ptr<const CompiledPolicy> Policy(std::string_view statements, std::string id = "p") {
  const std::string text = R"({"Version": "2012-10-17", "Statement": )" + std::string(statements) + "}";
  auto document = policy::Parse(text, policy::Kind::kAny);
  EXPECT_TRUE(document.ok()) << text;
  return Compile(*document, {.id = std::move(id), .arn = ""});
}

RequestContext ByUser(std::string_view action, std::string_view resource) {
  return {
      .action = action,
      .resource = resource,
      .principal = {.kind = CallerKind::kUser, .account = "111122223333", .arn = "arn:aws:iam::111122223333:user/bob"}};
}

TEST(Evaluate, ExplainsTheFirstThingThatDidNotMatch) {
  const CompiledSet identity({Policy(R"([
      {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},
      {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::other/*"},
      {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
       "Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:username": ["alice", "carol"]}}},
      {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}])")});
  RequestContext request = ByUser("s3:GetObject", "arn:aws:s3:::a/b");
  request.keys.Set("aws:SecureTransport", "true");
  request.keys.Set("aws:username", "bob");
  Explanation explanation;
  const Verdict verdict = Evaluate(request, {.identity = &identity}, explanation);
  EXPECT_EQ(verdict.decision, Decision::kImplicitDeny);
  ASSERT_EQ(explanation.traces.size(), 3U);
  EXPECT_EQ(explanation.traces[0].failed, Element::kResource);
  EXPECT_EQ(Describe(explanation.traces[0], request),
            "Resource is `arn:aws:s3:::other/*`, the request is about `arn:aws:s3:::a/b`");
  EXPECT_EQ(Describe(explanation.traces[1], request),
            "condition StringEquals on aws:username wants `alice`, `carol`, the request has `bob`");
  EXPECT_EQ(Describe(explanation.traces[2], request),
            "condition IpAddress on aws:SourceIp wants `10.0.0.0/8`, the request does not have the key");
  EXPECT_THAT(explanation.missing_keys, ElementsAre("aws:sourceip"));
}

TEST(Evaluate, ReportsWhatEachLayerSays) {
  const CompiledSet all({Policy(R"({"Effect": "Allow", "Action": "*", "Resource": "*"})")});
  const CompiledSet none({Policy(R"({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"})")});
  const std::vector<const CompiledSet*> levels = {&none, &all};
  Explanation explanation;
  const RequestContext request = ByUser("s3:GetObject", "*");
  Evaluate(request, {.identity = &all, .boundary = &none, .service_control = levels}, explanation);
  const auto said = [&](Layer layer) { return explanation.layers[static_cast<std::size_t>(layer)]; };
  EXPECT_EQ(said(Layer::kIdentity), Decision::kAllowed);
  EXPECT_EQ(said(Layer::kBoundary), Decision::kImplicitDeny);
  EXPECT_EQ(said(Layer::kServiceControl), Decision::kImplicitDeny);
  EXPECT_EQ(said(Layer::kSession), std::nullopt);
  EXPECT_EQ(said(Layer::kResource), std::nullopt);
}

TEST(Evaluate, ListsMissingKeysOfVariablesToo) {
  const CompiledSet identity({Policy(
      R"({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:PrincipalTag/Team}/*",
          "Condition": {"StringLike": {"s3:prefix": "${aws:username}/*"}}})")});
  RequestContext request = ByUser("s3:ListBucket", "arn:aws:s3:::x/y");
  request.keys.Set("s3:prefix", "a");
  Explanation explanation;
  Evaluate(request, {.identity = &identity}, explanation);
  EXPECT_THAT(explanation.missing_keys, ElementsAre("aws:principaltag/team", "aws:username"));
}

TEST(Evaluate, FindsActionsOfAnyLength) {
  const std::string name(300, 'x');
  const CompiledSet identity({Policy(R"([{"Effect": "Allow", "Action": "s3:)" + name + R"(", "Resource": "*"},
      {"Effect": "Allow", "Action": "ec2:)" +
                                     name + R"(*", "Resource": "*"}])")});
  const auto allowed = [&](const std::string& action) {
    return Evaluate(ByUser(action, "*"), {.identity = &identity}).allowed();
  };
  EXPECT_TRUE(allowed("s3:" + name));
  EXPECT_TRUE(allowed("ec2:" + name + "y"));
  EXPECT_FALSE(allowed("s3:" + name + "y"));
  EXPECT_FALSE(allowed("ec2:" + name.substr(1)));
  EXPECT_FALSE(allowed(""));
}

TEST(Evaluate, ResolvesLongVariables) {
  const CompiledSet identity({Policy(R"({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${a}/${b}*"})")});
  const std::string a(500, 'a');
  const std::string resource = "arn:aws:s3:::" + a + "/" + a + "tail";
  RequestContext request = ByUser("s3:GetObject", resource);
  request.keys.Set("a", a);
  request.keys.Set("b", a);
  EXPECT_TRUE(Evaluate(request, {.identity = &identity}).allowed());
  request.keys.Set("b", a + "b");
  EXPECT_FALSE(Evaluate(request, {.identity = &identity}).allowed());
}

TEST(Evaluate, BoundsTheTimeOfHostilePatterns) {
  std::string pattern = "arn:aws:s3:::";
  for (int i = 0; i < 500; ++i) pattern += "*a";
  const CompiledSet identity({Policy(R"({"Effect": "Allow", "Action": "*", "Resource": ")" + pattern + "\"}")});
  const std::string resource = "arn:aws:s3:::" + std::string(2000, 'a') + "b";
  EXPECT_FALSE(Evaluate(ByUser("s3:GetObject", resource), {.identity = &identity}).allowed());
}

TEST(ContextKeys, ReplaceAndForget) {
  ContextKeys keys;
  keys.Set("B", "1");
  keys.Set("a", {"x", "y"});
  keys.Set("b", "2");
  EXPECT_EQ(keys.size(), 2U);
  EXPECT_EQ((*keys.Find("b"))[0], "2");
  EXPECT_EQ(keys.Find("A")->size(), 2U);
  EXPECT_EQ((*keys.Find("A"))[1], "y");
  EXPECT_FALSE(keys.Find("c"));
  keys.Set("b", {});
  EXPECT_FALSE(keys.Find("b"));
  keys.Clear();
  EXPECT_FALSE(keys.Find("a"));
}

}  // namespace
}  // namespace claviger::authz
