// What a decision costs, beside the yardstick: a scan of the same parsed statements from first to last.
//
// The principal has 20 attached policies of 5 statements each (or 200 of 5), of the kind that people write: most about
// one service each, with exact actions and wildcards, some conditions, some variables, a few denials, one guard rail on
// all actions. The requests, all decided, are spread over allowed, denied and not covered.
// Counters p50_ns and p99_ns are of single decisions, less the cost of reading the clock.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "authz/evaluate.h"
#include "base/text.h"
#include "policy/parse.h"

namespace {

using namespace claviger;  // NOLINT(google-build-using-namespace): one file.
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPolicies = 20;

constexpr std::array<std::string_view, 20> kServices = {
    "s3",  "ec2", "iam", "sqs", "sns", "kms",  "lambda", "dynamodb", "logs", "cloudwatch",
    "ecr", "ecs", "eks", "rds", "ssm", "glue", "athena", "kinesis",  "sts",  "route53"};

// Beyond the first twenty policies come other services, as they do for who has many permissions.
std::string ServiceOf(std::size_t policy) {
  std::string name(kServices[policy % kServices.size()]);
  if (policy >= kServices.size()) name += "-" + std::to_string(policy / kServices.size());
  return name;
}

std::string PolicyText(std::size_t policy) {
  const std::string s = ServiceOf(policy);
  const std::string statements =
      R"({"Sid": "Read", "Effect": "Allow", "Action": [")" + s + R"(:Get*", ")" + s + R"(:List*", ")" + s +
      R"(:Describe*"], "Resource": "*"},
     {"Sid": "Write", "Effect": "Allow", "Action": [")" +
      s + R"(:PutItem", ")" + s + R"(:CreateItem", ")" + s + R"(:UpdateItem", ")" + s +
      R"(:DeleteItem"], "Resource": ["arn:aws:)" + s + R"(:*:111122223333:team-a/*", "arn:aws:)" + s +
      R"(:us-east-1:111122223333:shared/*"], "Condition": {"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}},
     {"Sid": "Own", "Effect": "Allow", "Action": ")" +
      s + R"(:*Item", "Resource": "arn:aws:)" + s +
      R"(:*:111122223333:home/${aws:username}/*"},
     {"Sid": "Tagged", "Effect": "Allow", "Action": [")" +
      s + R"(:TagResource", ")" + s +
      R"(:UntagResource"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}, "Bool": {"aws:SecureTransport": "true"}}},
     )" +
      (policy == 0
           ? R"({"Sid": "Mfa", "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}})"
           : R"({"Sid": "Never", "Effect": "Deny", "Action": [")" + s + R"(:Delete*", ")" + s +
                 R"(:Purge*"], "Resource": "arn:aws:)" + s + R"(:*:*:protected/*"})");
  return R"({"Version": "2012-10-17", "Statement": [)" + statements + "]}";
}

std::vector<std::shared_ptr<const authz::CompiledPolicy>> Policies(std::size_t count) {
  std::vector<std::shared_ptr<const authz::CompiledPolicy>> policies;
  for (std::size_t i = 0; i < count; ++i) {
    auto document = policy::Parse(PolicyText(i), policy::Kind::kAny);
    if (!document.ok()) std::abort();
    policies.push_back(authz::Compile(*document, {.id = "policy" + std::to_string(i), .arn = ""}));
  }
  return policies;
}

struct Request {
  std::string action;
  std::string resource;
};

std::vector<Request> Requests() {
  std::vector<Request> requests;
  for (const std::string_view service : kServices) {
    const std::string s(service);
    const std::string arn = "arn:aws:" + s + ":us-east-1:111122223333:";
    requests.push_back({s + ":GetItem", arn + "other/x"});
    requests.push_back({s + ":PutItem", arn + "team-a/x"});
    requests.push_back({s + ":UpdateItem", arn + "home/bob/x"});
    requests.push_back({s + ":TagResource", arn + "team-b/x"});
    requests.push_back({s + ":DeleteItem", arn + "protected/x"});
    requests.push_back({s + ":StartItem", arn + "team-a/x"});
  }
  return requests;
}

authz::RequestContext Context() {
  authz::RequestContext context;
  context.principal = {.kind = authz::CallerKind::kUser,
                       .account = "111122223333",
                       .arn = "arn:aws:iam::111122223333:user/bob",
                       .unique_id = "AIDABOBBOBBOBBOBBOB1"};
  context.keys.Set("aws:username", "bob");
  context.keys.Set("aws:userid", "AIDABOBBOBBOBBOBBOB1");
  context.keys.Set("aws:PrincipalArn", "arn:aws:iam::111122223333:user/bob");
  context.keys.Set("aws:PrincipalAccount", "111122223333");
  context.keys.Set("aws:PrincipalType", "User");
  context.keys.Set("aws:PrincipalTag/team", "a");
  context.keys.Set("aws:ResourceTag/team", "a");
  context.keys.Set("aws:RequestedRegion", "us-east-1");
  context.keys.Set("aws:SecureTransport", "true");
  context.keys.Set("aws:SourceIp", "203.0.113.7");
  context.keys.Set("aws:CurrentTime", "2026-11-22T08:00:00Z");
  context.keys.Set("aws:EpochTime", "1795334400");
  context.keys.Set("aws:UserAgent", "aws-cli/2.15.0");
  context.keys.Set("aws:MultiFactorAuthPresent", "true");
  return context;
}

// The yardstick: every statement in turn, an explicit deny ends it. The statements are the same compiled ones, so what
// is measured is the search and not the matching.
authz::Decision Scan(const std::vector<std::shared_ptr<const authz::CompiledPolicy>>& policies,
                     const authz::RequestContext& request) {
  const std::string action = AsciiLower(request.action);
  auto decision = authz::Decision::kImplicitDeny;
  for (const auto& policy : policies) {
    for (const authz::CompiledStatement& statement : policy->statements()) {
      if (!statement.MatchesAction(action)) continue;
      if (!statement.MatchRest(request, authz::CompiledStatement::Place::kIdentity).applies) continue;
      if (statement.denies()) return authz::Decision::kExplicitDeny;
      decision = authz::Decision::kAllowed;
    }
  }
  return decision;
}

// Runs `decide` over all requests, timing each call by itself as well.
template <class Decide>
void Run(benchmark::State& state, Decide decide) {
  const std::vector<Request> requests = Requests();
  authz::RequestContext context = Context();
  const auto prepare = [&](const Request& request) {
    context.action = request.action;
    context.resource = request.resource;
  };
  std::size_t next = 0;
  for (auto _ : state) {
    prepare(requests[next]);
    next = next + 1 == requests.size() ? 0 : next + 1;
    benchmark::DoNotOptimize(decide(context));
  }

  constexpr std::size_t kSamples = 200'000;
  std::vector<std::int64_t> nanoseconds(kSamples);
  std::vector<std::int64_t> clock_cost(kSamples);
  for (std::int64_t& cost : clock_cost) {
    const auto begin = Clock::now();
    cost = (Clock::now() - begin).count();
  }
  std::ranges::nth_element(clock_cost, clock_cost.begin() + kSamples / 2);
  for (std::size_t i = 0; i < kSamples; ++i) {
    prepare(requests[i % requests.size()]);
    const auto begin = Clock::now();
    benchmark::DoNotOptimize(decide(context));
    nanoseconds[i] = (Clock::now() - begin).count() - clock_cost[kSamples / 2];
  }
  std::ranges::sort(nanoseconds);
  state.counters["p50_ns"] = static_cast<double>(nanoseconds[kSamples / 2]);
  state.counters["p99_ns"] = static_cast<double>(nanoseconds[kSamples * 99 / 100]);
}

void BM_NaiveScan(benchmark::State& state) {
  const auto policies = Policies(static_cast<std::size_t>(state.range(0)));
  Run(state, [&](const authz::RequestContext& request) { return Scan(policies, request); });
}
BENCHMARK(BM_NaiveScan)->Arg(kPolicies)->Arg(10 * kPolicies);

void BM_Decision(benchmark::State& state) {
  const auto policies = Policies(static_cast<std::size_t>(state.range(0)));
  const authz::CompiledSet identity(policies);
  const authz::PolicySet set{.identity = &identity};
  authz::RequestContext check = Context();
  for (const Request& request : Requests()) {
    check.action = request.action;
    check.resource = request.resource;
    if (Scan(policies, check) != authz::Evaluate(check, set).decision)
      state.SkipWithError("the scan decides otherwise");
  }
  Run(state, [&](const authz::RequestContext& request) { return authz::Evaluate(request, set); });
}
BENCHMARK(BM_Decision)->Arg(kPolicies)->Arg(10 * kPolicies);

void BM_ExplainedDecision(benchmark::State& state) {
  const auto policies = Policies(static_cast<std::size_t>(state.range(0)));
  const authz::CompiledSet identity(policies);
  const authz::PolicySet set{.identity = &identity};
  Run(state, [&](const authz::RequestContext& request) {
    authz::Explanation explanation;
    benchmark::DoNotOptimize(authz::Evaluate(request, set, explanation));
    return explanation.traces.size();
  });
}
BENCHMARK(BM_ExplainedDecision)->Arg(kPolicies)->Arg(10 * kPolicies);

void BM_BuildIndex(benchmark::State& state) {
  const auto policies = Policies(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const authz::CompiledSet set(policies);
    benchmark::DoNotOptimize(&set);
  }
}
BENCHMARK(BM_BuildIndex)->Arg(kPolicies);

void BM_ParseAndCompile(benchmark::State& state) {
  const std::string text = PolicyText(1);
  for (auto _ : state) {
    auto document = policy::Parse(text, policy::Kind::kAny);
    benchmark::DoNotOptimize(authz::Compile(*document, {}));
  }
}
BENCHMARK(BM_ParseAndCompile);

}  // namespace
