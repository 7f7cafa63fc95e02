// Random policies and requests from a vocabulary so small that they meet often. Deterministic for a seed.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "suites/evaluation_cases.h"

namespace claviger::test {

class RandomPolicies {
 public:
  explicit RandomPolicies(std::uint32_t seed) : random_(seed) {}

  // A number below `bound`.
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  bool OneIn(std::size_t n) { return Below(n) == 0; }

  policy::Document Document(bool with_principals, bool with_resources) {
    policy::Document document;
    document.version = OneIn(8) ? policy::Version::k20081017 : policy::Version::k20121017;
    for (std::size_t i = 0, count = 1 + Below(3); i < count; ++i) {
      document.statements.push_back(Statement(with_principals, with_resources));
      document.ranges.emplace_back();
    }
    return document;
  }

  // The policies of one case; requests are drawn for it with NewRequest.
  EvaluationCase NewPolicies() {
    EvaluationCase out;
    out.name = "random";
    if (!OneIn(8)) out.layers["identity"] = {Set(3, false)};
    if (OneIn(3)) out.layers["boundary"] = {Set(1, false)};
    if (OneIn(3)) out.layers["session"] = {Set(2, false)};
    out.session_binds = OneIn(5);
    const std::size_t rule = Below(4);
    out.resource_rule = rule == 0   ? authz::ResourceRule::kTrust
                        : rule == 1 ? authz::ResourceRule::kMustAllow
                                    : authz::ResourceRule::kMayAllow;
    if (!OneIn(3)) out.layers["resource"] = {Set(2, true, out.resource_rule != authz::ResourceRule::kTrust)};
    for (const char* layer : {"service_control", "resource_control"}) {
      if (!OneIn(4)) continue;
      for (std::size_t level = 0, count = 1 + Below(2); level < count; ++level) {
        Documents documents = Set(1, false);
        if (!OneIn(3)) documents.push_back(AllowAll());
        if (std::string_view(layer) == "resource_control" && OneIn(2)) NameEverybody(documents);
        out.layers[layer].push_back(std::move(documents));
      }
    }
    return out;
  }

  // As resource control policies have to be written.
  static void NameEverybody(Documents& documents) {
    for (auto& document : documents) {
      policy::Document named = *document;
      for (policy::Statement& statement : named.statements) {
        statement.principal = policy::PrincipalElement{.negated = false, .everyone = true, .principals = {}};
      }
      document = std::make_shared<const policy::Document>(std::move(named));
    }
  }

  void NewRequest(EvaluationCase& out) {
    out.caller = Caller();
    out.action = Pick(kActions);
    out.resource = Pick(kResources);
    out.resource_account = OneIn(4) ? "444455556666" : OneIn(2) ? "" : "111122223333";
    out.context.clear();
    for (const char* key : kKeys) {
      if (OneIn(3)) continue;
      std::vector<std::string>& values = out.context[key];
      const std::size_t count = OneIn(4) ? Below(4) : 1;
      for (std::size_t i = 0; i < count; ++i) values.emplace_back(RequestValue());
    }
  }

  static std::shared_ptr<const policy::Document> AllowAll() {
    policy::Document document;
    document.version = policy::Version::k20121017;
    document.statements.push_back({.sid = {},
                                   .effect = policy::Effect::kAllow,
                                   .principal = {},
                                   .action = {false, {"*"}},
                                   .resource = policy::PatternElement{false, {"*"}},
                                   .conditions = {}});
    document.ranges.emplace_back();
    return std::make_shared<const policy::Document>(std::move(document));
  }

 private:
  static constexpr std::array<const char*, 5> kActions = {"s3:GetObject", "s3:PutObject", "S3:getobject", "iam:GetUser",
                                                          "iam:ListUsers"};
  static constexpr std::array<const char*, 16> kActionPatterns = {
      "*",        "s3:*",     "S3:Get*",       "s3:GetObject", "iam:GetUser", "iam:*",    "*:*",   "s3:?utObject",
      "s3:*Obj*", "s3:G*t*t", "iam:List????*", "iam:*User",    "s3:",         "ec2:Run*", "*User", "s3:PutObject"};
  static constexpr std::array<const char*, 8> kResources = {"*",
                                                            "arn:aws:s3:::b/bob/x",
                                                            "arn:aws:s3:::b/eve:y",
                                                            "arn:aws:iam::111122223333:user/bob",
                                                            "arn:aws:sqs:us-east-1:111122223333:q:r",
                                                            "arn:aws:s3:::b/*",
                                                            "arn:aws:iam::444455556666:role/a/b",
                                                            "arn:a:b"};
  static constexpr std::array<const char*, 24> kResourcePatterns = {"*",
                                                                    "*",
                                                                    "arn:aws:s3:::b/*",
                                                                    "arn:aws:s3:::b/${app:s}/*",
                                                                    "arn:aws:s3:::b/${app:s, 'bob'}*",
                                                                    "arn:aws:*",
                                                                    "arn:aws:s3*",
                                                                    "arn:*:user/bob",
                                                                    "arn:aws:iam::*:user/*",
                                                                    "arn:aws:iam::1111*3333:*",
                                                                    "arn:aws:sqs:us-*-1:*:q*",
                                                                    "arn:aws:sqs:us-*q:r",
                                                                    "arn:aws:sqs:*:r",
                                                                    "arn:aws:s3:::b/?o?/x",
                                                                    "arn:aws:s3:::*:*",
                                                                    "arn:aws:s3:?::b/eve:y",
                                                                    "arn:aws:s3:::b/${*}",
                                                                    "arn:aws:s3:::b/${app:t}/x",
                                                                    "arn:aws:iam::${app:s}:role/a/b",
                                                                    "arn:aws:iam::4*:role/*/b",
                                                                    "arn:a*:b",
                                                                    "arn:aws:*:*:*:*b*",
                                                                    "arn:a*w*:*:u*",
                                                                    "arn:aws:s3:::b/*e*y"};
  static constexpr std::array<const char*, 8> kKeys = {"app:s", "APP:t",        "aws:PrincipalTag/Dept", "app:n",
                                                       "app:d", "aws:SourceIp", "aws:PrincipalArn",      "app:b"};
  // Every type among them, so that most comparisons meet both what they can and what they cannot use.
  static constexpr std::array<const char*, 30> kValues = {"bob",
                                                          "Bob",
                                                          "eve",
                                                          "",
                                                          "*",
                                                          "bobby",
                                                          "5",
                                                          "5.0",
                                                          "-7",
                                                          "12.25",
                                                          "2026-01-01T00:00:00Z",
                                                          "2026-01-01T01:00:00+01:00",
                                                          "1767225600",
                                                          "1767225601",
                                                          "10.1.2.3",
                                                          "10.200.0.1",
                                                          "2001:db8::1",
                                                          "192.168.0.1",
                                                          "arn:aws:iam::111122223333:user/bob",
                                                          "arn:aws:iam::111122223333:role/app/Reader",
                                                          "arn:aws:sns:us-east-1:111122223333:a:b",
                                                          "true",
                                                          "FALSE",
                                                          "QmluYXJ5",
                                                          "bob/x",
                                                          "dept:hr",
                                                          "x",
                                                          "111122223333",
                                                          "444455556666",
                                                          "b?b"};
  static constexpr std::array<const char*, 14> kPatternValues = {"b*",
                                                                 "*o?",
                                                                 "${app:s}",
                                                                 "${app:s}*",
                                                                 "${APP:T, 'bob'}",
                                                                 "x${aws:principaltag/dept}",
                                                                 "10.0.0.0/8",
                                                                 "2001:db8::/32",
                                                                 "0.0.0.0/0",
                                                                 "10.1.0.0/33",
                                                                 "arn:aws:iam::*:role/*",
                                                                 "arn:*:*:*:1111*:*b*",
                                                                 "arn:aws:sns:us-*:*:a*",
                                                                 "${*}"};
  static constexpr std::array<const char*, 5> kDates = {"2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00",
                                                        "1767225601", "2025-12-31", "-7"};
  static constexpr std::array<const char*, 10> kAwsPrincipals = {"*",
                                                                 "111122223333",
                                                                 "arn:aws:iam::111122223333:root",
                                                                 "444455556666",
                                                                 "arn:aws:iam::111122223333:user/bob",
                                                                 "AIDABOB",
                                                                 "arn:aws:iam::111122223333:role/app/Reader",
                                                                 "AROAREADER",
                                                                 "arn:aws:sts::111122223333:assumed-role/Reader/dana",
                                                                 "arn:aws:sts::111122223333:federated-user/fay"};

  template <class List>
  const char* Pick(const List& list) {
    return list[Below(list.size())];
  }

  const char* RequestValue() { return Pick(kValues); }
  std::string PolicyValue() { return OneIn(2) ? Pick(kPatternValues) : Pick(kValues); }

  CallerData Caller() {
    using enum authz::CallerKind;
    const std::string account = "111122223333";
    const std::string bob = "arn:aws:iam::111122223333:user/bob";
    switch (Below(10)) {
      case 0:
        return {.kind = kAnonymous};
      case 1:
        return {.kind = kRoot, .account = account, .arn = "arn:aws:iam::111122223333:root"};
      case 2:
        return {.kind = kService, .name = "ec2.amazonaws.com"};
      case 3:
        return {.kind = kOutsider, .name = "idp.example.com"};
      case 4:
        return {.kind = kFederatedUser,
                .account = account,
                .arn = "arn:aws:sts::111122223333:federated-user/fay",
                .issuer_arn = bob,
                .unique_id = "AIDABOB"};
      case 5:
      case 6:
      case 7:
        return {.kind = kRoleSession,
                .account = account,
                .arn = "arn:aws:sts::111122223333:assumed-role/Reader/dana",
                .issuer_arn = "arn:aws:iam::111122223333:role/app/Reader",
                .unique_id = "AROAREADER",
                .service_linked_role = OneIn(6)};
      default:
        return {.kind = kUser, .account = account, .arn = bob, .unique_id = "AIDABOB"};
    }
  }

  policy::PrincipalElement Principals() {
    policy::PrincipalElement element{.negated = OneIn(5), .everyone = OneIn(6), .principals = {}};
    if (element.everyone) return element;
    for (std::size_t i = 0, count = 1 + Below(4); i < count; ++i) {
      if (OneIn(6)) {
        element.principals.push_back(
            {policy::PrincipalKind::kService, OneIn(2) ? "ec2.amazonaws.com" : "s3.amazonaws.com"});
      } else if (OneIn(6)) {
        element.principals.push_back(
            {policy::PrincipalKind::kFederated, OneIn(2) ? "idp.example.com" : "x.example.com"});
      } else {
        element.principals.push_back({policy::PrincipalKind::kAws, Pick(kAwsPrincipals)});
      }
    }
    // As a parser would read them: grouped by kind.
    std::stable_sort(element.principals.begin(), element.principals.end(),
                     [](const auto& a, const auto& b) { return a.kind < b.kind; });
    return element;
  }

  policy::Condition Condition() {
    policy::Condition condition;
    do {
      condition.op = {
          .comparison = static_cast<policy::Comparison>(Below(19)),
          .negated = OneIn(2),
          .quantifier = OneIn(3) ? static_cast<policy::Quantifier>(1 + Below(2)) : policy::Quantifier::kNone,
          .if_exists = OneIn(4)};
      // Some operators have no negation.
    } while (policy::ParseConditionOperator(policy::ConditionOperatorName(condition.op)) != condition.op);
    condition.key = Pick(kKeys);
    for (std::size_t i = 0, count = OneIn(10) ? 0 : 1 + Below(3); i < count; ++i)
      condition.values.push_back(PolicyValue());
    if (policy::IsDateComparison(condition.op.comparison)) {
      // Parsing refuses other values, so no document has them.
      for (std::string& value : condition.values) value = Pick(kDates);
    }
    if (condition.op.comparison == policy::Comparison::kNull) {
      condition.values = {OneIn(8) ? "maybe" : OneIn(2) ? "true" : "False"};
    }
    return condition;
  }

  policy::Statement Statement(bool with_principals, bool with_resources) {
    policy::Statement statement;
    if (OneIn(3)) statement.sid = "s" + std::to_string(++sids_);
    statement.effect = OneIn(4) ? policy::Effect::kDeny : policy::Effect::kAllow;
    if (with_principals && !OneIn(16)) statement.principal = Principals();
    statement.action.negated = OneIn(6);
    for (std::size_t i = 0, count = 1 + Below(3); i < count; ++i)
      statement.action.patterns.emplace_back(Pick(kActionPatterns));
    if (with_resources && !OneIn(24)) {
      statement.resource = policy::PatternElement{.negated = OneIn(8), .patterns = {}};
      for (std::size_t i = 0, count = 1 + Below(2); i < count; ++i)
        statement.resource->patterns.emplace_back(Pick(kResourcePatterns));
    }
    if (OneIn(2)) {
      for (std::size_t i = 0, count = 1 + Below(2); i < count; ++i) {
        policy::Condition condition = Condition();
        // One operator names a key once.
        const bool twice = std::any_of(statement.conditions.begin(), statement.conditions.end(),
                                       [&](const auto& c) { return c.op == condition.op && c.key == condition.key; });
        if (!twice) statement.conditions.push_back(std::move(condition));
      }
    }
    return statement;
  }

  Documents Set(std::size_t documents_max, bool with_principals, bool with_resources = true) {
    Documents out;
    for (std::size_t i = 0, count = 1 + Below(documents_max); i < count; ++i) {
      out.push_back(std::make_shared<const policy::Document>(Document(with_principals, with_resources)));
    }
    return out;
  }

  std::mt19937 random_;
  int sids_ = 0;
};

// How many random cases to try: a million in an optimized build, few enough elsewhere to keep the suite quick.
// CLAVIGER_RANDOM_CASES sets another number.
inline std::size_t RandomCases() {
  if (const char* text = std::getenv("CLAVIGER_RANDOM_CASES")) return std::strtoul(text, nullptr, 10);
#ifdef NDEBUG
  return 1'000'000;
#else
  return 20'000;
#endif
}

}  // namespace claviger::test
