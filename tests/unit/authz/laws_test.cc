// What holds for every request and every policy, tried on random ones; and the comparison with a second evaluator.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>

#include "authz/evaluate.h"
#include "policy/parse.h"
#include "policy/print.h"
#include "suites/evaluation_cases.h"
#include "suites/random_policies.h"
#include "suites/reference_evaluator.h"

namespace claviger::authz {
namespace {

using test::EvaluationCase;
using test::PreparedCase;

constexpr std::size_t kRequestsPerSet = 10;

Verdict Decide(const EvaluationCase& data) {
  const PreparedCase prepared(data);
  return Evaluate(prepared.request, prepared.policies);
}

// Everything that went into a case, to understand a failure by.
std::string Show(const EvaluationCase& data) {
  std::string out = "caller kind " + std::to_string(static_cast<int>(data.caller.kind)) + ", " + data.action + " on " +
                    data.resource + " of `" + data.resource_account + "`, rule " +
                    std::to_string(static_cast<int>(data.resource_rule)) +
                    (data.session_binds ? ", bound session\n" : "\n");
  for (const auto& [key, values] : data.context) {
    out += "  " + key + " =";
    for (const std::string& value : values) out += " `" + value + "`";
    out += "\n";
  }
  for (const auto& [layer, levels] : data.layers) {
    for (const auto& level : levels) {
      for (const auto& document : level) out += "  " + layer + ": " + policy::Print(*document) + "\n";
    }
  }
  return out;
}

bool HasIdentity(const EvaluationCase& data) {
  return data.caller.kind == CallerKind::kUser || data.caller.kind == CallerKind::kRoleSession ||
         data.caller.kind == CallerKind::kFederatedUser;
}

// Runs `check` on random cases; it gets the case and the generator.
template <class Check>
void ForRandomCases(std::uint32_t seed, std::size_t count, Check check) {
  test::RandomPolicies random(seed);
  for (std::size_t i = 0; i < count && !::testing::Test::HasFailure(); i += kRequestsPerSet) {
    EvaluationCase data = random.NewPolicies();
    for (std::size_t j = 0; j < kRequestsPerSet && !::testing::Test::HasFailure(); ++j) {
      random.NewRequest(data);
      check(data, random);
    }
  }
}

std::shared_ptr<const policy::Document> DenyAll(bool with_principal) {
  policy::Document document = *test::RandomPolicies::AllowAll();
  document.statements[0].effect = policy::Effect::kDeny;
  if (with_principal)
    document.statements[0].principal = policy::PrincipalElement{.negated = false, .everyone = true, .principals = {}};
  return std::make_shared<const policy::Document>(std::move(document));
}

TEST(Evaluate, AgreesWithTheReferenceEvaluator) {
  test::RandomPolicies random(20260101);
  std::array<std::size_t, 3> decisions{};
  const std::size_t count = test::RandomCases();
  for (std::size_t i = 0; i < count && !HasFailure(); i += kRequestsPerSet) {
    EvaluationCase data = random.NewPolicies();
    PreparedCase prepared(data);
    for (std::size_t j = 0; j < kRequestsPerSet; ++j) {
      random.NewRequest(data);
      prepared.SetRequest(data);
      const Verdict verdict = Evaluate(prepared.request, prepared.policies);
      const test::reference::Outcome expected = test::reference::Decide(data);
      ++decisions[static_cast<std::size_t>(expected.decision)];
      ASSERT_EQ(verdict.decision, expected.decision) << Show(data);
      ASSERT_EQ(test::LayerName(verdict.layer), expected.layer) << Show(data);
    }
  }
  // The comparison is worth something only if each decision is common.
  for (const std::size_t seen : decisions) EXPECT_GT(seen, count / 20);
}

TEST(Evaluate, ExplainsWithoutChangingTheDecision) {
  ForRandomCases(1, test::RandomCases() / 20, [](const EvaluationCase& data, test::RandomPolicies&) {
    const PreparedCase prepared(data);
    const Verdict plain = Evaluate(prepared.request, prepared.policies);
    Explanation explanation;
    const Verdict explained = Evaluate(prepared.request, prepared.policies, explanation);
    ASSERT_EQ(plain.decision, explained.decision) << Show(data);
    ASSERT_EQ(plain.layer, explained.layer) << Show(data);
    if (plain.statement.policy == nullptr) return;
    // What decided is among what applied.
    const bool found = std::ranges::any_of(explanation.traces, [&](const Trace& trace) {
      return trace.applies && trace.layer == plain.layer && trace.statement == plain.statement;
    });
    ASSERT_TRUE(found) << Show(data);
  });
}

TEST(Laws, ExplicitDenyWins) {
  ForRandomCases(2, test::RandomCases() / 20, [](EvaluationCase data, test::RandomPolicies& random) {
    const bool resource_side = !HasIdentity(data) || random.OneIn(2);
    auto& levels = data.layers[resource_side ? "resource" : random.OneIn(2) ? "identity" : "boundary"];
    if (levels.empty()) levels.emplace_back();
    auto& documents = levels[0];
    documents.insert(documents.begin() + static_cast<std::ptrdiff_t>(random.Below(documents.size() + 1)),
                     DenyAll(resource_side));
    ASSERT_EQ(Decide(data).decision, Decision::kExplicitDeny) << Show(data);
  });
}

TEST(Laws, DefaultIsDeny) {
  ForRandomCases(3, test::RandomCases() / 20, [](EvaluationCase data, test::RandomPolicies&) {
    if (data.caller.kind == CallerKind::kRoot && !data.session_binds) return;
    for (auto& [layer, levels] : data.layers) {
      for (auto& level : levels) {
        for (auto& document : level) {
          policy::Document only_denies = *document;
          std::erase_if(only_denies.statements, [](const auto& s) { return s.effect == policy::Effect::kAllow; });
          only_denies.ranges.resize(only_denies.statements.size());
          document = std::make_shared<const policy::Document>(std::move(only_denies));
        }
      }
    }
    ASSERT_NE(Decide(data).decision, Decision::kAllowed) << Show(data);
  });
}

TEST(Laws, BoundaryOnlyNarrows) {
  ForRandomCases(4, test::RandomCases() / 20, [](EvaluationCase data, test::RandomPolicies&) {
    if (!data.layers.contains("boundary") || !Decide(data).allowed()) return;
    data.layers.erase("boundary");
    ASSERT_TRUE(Decide(data).allowed()) << Show(data);
  });
}

TEST(Laws, SessionPolicyOnlyNarrows) {
  ForRandomCases(5, test::RandomCases() / 20, [](EvaluationCase data, test::RandomPolicies&) {
    // For federated users and bound sessions the absence of session policies is itself the narrowest policy.
    if (data.caller.kind == CallerKind::kFederatedUser || data.session_binds) return;
    if (!data.layers.contains("session")) return;
    if (!Decide(data).allowed()) return;
    data.layers.erase("session");
    ASSERT_TRUE(Decide(data).allowed()) << Show(data);
  });
}

TEST(Laws, BoundSessionAllowsOnlyWhatItsPoliciesAllow) {
  ForRandomCases(9, test::RandomCases() / 20, [](EvaluationCase data, test::RandomPolicies&) {
    data.session_binds = true;
    const bool allowed = Decide(data).allowed();
    // The same policies, and nothing but them, of a user.
    EvaluationCase alone = data;
    alone.session_binds = false;
    alone.caller = {.kind = CallerKind::kUser, .account = "111122223333", .arn = "arn:aws:iam::111122223333:user/eve"};
    alone.resource_account.clear();
    alone.resource_rule = ResourceRule::kMayAllow;
    alone.layers = {{"identity", data.layers["session"]}};
    ASSERT_TRUE(!allowed || Decide(alone).allowed()) << Show(data);
    data.session_binds = false;
    ASSERT_TRUE(!allowed || Decide(data).allowed()) << Show(data);
  });
}

TEST(Laws, OrderIsIrrelevant) {
  std::mt19937 shuffler(7);
  ForRandomCases(6, test::RandomCases() / 20, [&](EvaluationCase data, test::RandomPolicies&) {
    const Verdict before = Decide(data);
    for (auto& [layer, levels] : data.layers) {
      for (auto& level : levels) {
        std::ranges::shuffle(level, shuffler);
        for (auto& document : level) {
          policy::Document shuffled = *document;
          std::ranges::shuffle(shuffled.statements, shuffler);
          for (auto& statement : shuffled.statements) {
            std::ranges::shuffle(statement.action.patterns, shuffler);
            std::ranges::shuffle(statement.conditions, shuffler);
          }
          document = std::make_shared<const policy::Document>(std::move(shuffled));
        }
      }
    }
    const Verdict after = Decide(data);
    ASSERT_EQ(before.decision, after.decision) << Show(data);
    ASSERT_EQ(before.layer, after.layer) << Show(data);
  });
}

TEST(Laws, ParsePrintParseIsIdentity) {
  test::RandomPolicies random(8);
  for (std::size_t i = 0; i < test::RandomCases() / 20; ++i) {
    const policy::Document document = random.Document(random.OneIn(2), !random.OneIn(4));
    const std::string printed = policy::Print(document);
    const auto parsed = policy::Parse(printed, policy::Kind::kAny);
    ASSERT_TRUE(parsed.ok()) << printed << "\n" << parsed.error().reason;
    // Conditions of one operator are gathered by printing, so the first reading may order them anew.
    const auto again = policy::Parse(policy::Print(**parsed), policy::Kind::kAny);
    ASSERT_TRUE(again.ok());
    ASSERT_EQ(**again, **parsed) << printed;
    ASSERT_EQ(policy::Print(**again), printed);
  }
}

}  // namespace
}  // namespace claviger::authz
