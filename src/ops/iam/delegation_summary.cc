#include "ops/iam/delegation_summary.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/action.h"
#include "aws/shape.h"
#include "base/text.h"
#include "gen/cloudtrail/operations.h"
#include "gen/iam/operations.h"
#include "gen/organizations/operations.h"
#include "gen/sts/operations.h"
#include "lint/glob.h"
#include "lint/role_boundary.h"

namespace claviger::ops::iam {
namespace {

using policy::Statement;

constexpr std::array<std::string_view, 5> kLevels = {"list", "read", "write", "tag", "manage permissions"};

// As code, out of which nothing can break.
std::string Code(std::string_view text) {
  std::string code = "`";
  for (const char c : text) code += c == '`' || c == '\n' || c == '\r' ? '\'' : c;
  return code + "`";
}

std::string Join(const std::vector<std::string>& words, std::string_view last = ", ") {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last : std::string_view(", ");
    text += words[i];
  }
  return text;
}

std::string Codes(const std::vector<std::string>& texts) {
  std::vector<std::string> codes;
  codes.reserve(texts.size());
  for (const std::string& text : texts) codes.push_back(Code(text));
  return Join(codes);
}

std::string Counted(std::int64_t count, std::string_view unit) {
  return std::to_string(count) + " " + std::string(unit) + (count == 1 ? "" : "s");
}

std::string DurationText(std::chrono::seconds duration) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  const std::int64_t seconds = duration.count();
  std::vector<std::string> parts;
  if (seconds >= kHour) parts.push_back(Counted(seconds / kHour, "hour"));
  if (seconds % kHour >= kMinute) parts.push_back(Counted(seconds % kHour / kMinute, "minute"));
  if (seconds % kMinute != 0) parts.push_back(Counted(seconds % kMinute, "second"));
  return Join(parts, " and ");
}

// "AWS Identity and Access Management (`iam`)", each service once.
std::vector<std::string> ServicesOf(const Statement& statement, const directory::ServiceCatalogue& services) {
  std::vector<std::string> names;
  for (const std::string& pattern : statement.action.patterns) {
    const std::string name_space = AsciiLower(pattern.substr(0, pattern.find(':')));
    const auto* service = services.Find(name_space);
    std::string name = "All services";
    if (name_space != "*") name = service == nullptr ? Code(name_space) : service->name + " (" + Code(name_space) + ")";
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

void AddLevels(const ServiceInfo& service, const std::string& pattern, std::array<bool, kLevels.size()>& levels) {
  const std::string lower = AsciiLower(pattern);
  for (const OperationInfo& operation : service.operations) {
    if (lint::Covers(lower, AsciiLower(operation.action->name))) {
      levels[static_cast<std::size_t>(operation.action->level)] = true;
    }
  }
}

// What kind of access that is, of actions whose level is known.
std::vector<std::string> LevelsOf(const Statement& statement) {
  const std::array<const ServiceInfo*, 4> services = {
      gen::cloudtrail::api::LookupEvents::Info().service, gen::iam::api::GetUser::Info().service,
      gen::organizations::api::DescribeOrganization::Info().service, gen::sts::api::AssumeRole::Info().service};
  std::array<bool, kLevels.size()> found{};
  for (const std::string& pattern : statement.action.patterns) {
    for (const ServiceInfo* service : services) AddLevels(*service, pattern, found);
  }
  std::vector<std::string> levels;
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (found[i]) levels.emplace_back(kLevels[i]);
  }
  return levels;
}

void AddStatement(const Statement& statement, std::size_t number, const directory::ServiceCatalogue& services,
                  std::string& text) {
  const bool negated = statement.action.negated;
  text += std::to_string(number) + ". " +
          (negated ? std::string("Every action of every service but those below")
                   : Join(ServicesOf(statement, services), " and "));
  const std::vector<std::string> levels = negated ? std::vector<std::string>() : LevelsOf(statement);
  if (!levels.empty()) text += ": to " + Join(levels, " and ");
  text += negated ? "\n   - not these actions: " : "\n   - actions: ";
  text += Codes(statement.action.patterns);
  text += statement.resource->negated ? "\n   - on all resources but: " : "\n   - on resources: ";
  text += Codes(statement.resource->patterns);
  for (const policy::Condition& condition : statement.conditions) {
    text += "\n   - only if: " + Code(condition.key) + " " + policy::ConditionOperatorName(condition.op) + " " +
            (condition.values.empty() ? std::string("nothing") : Codes(condition.values));
  }
  text += '\n';
}

void AddStatements(const policy::Document& document, policy::Effect effect, const directory::ServiceCatalogue& services,
                   std::string_view heading, std::string& text) {
  std::size_t number = 0;
  for (const Statement& statement : document.statements) {
    if (statement.effect != effect) continue;
    if (number == 0) text.append("\n### ").append(heading).append("\n\n");
    AddStatement(statement, ++number, services, text);
  }
}

}  // namespace

std::string SummarizeDelegation(const directory::DelegationRequest& request, const policy::Document& document,
                                const directory::ServiceCatalogue& services) {
  const std::string provider = "account " + Code(request.provider.ToString());
  std::string text =
      request.provider_name.empty() ? "A" + provider.substr(1) : Code(request.provider_name) + " (" + provider + ")";
  text += " asks to act in your place for " + DurationText(request.session_duration) +
          ", from the moment at which the token is sent. It can do what is listed here as far as whoever accepts the "
          "request can do it, and nothing else.\n";
  AddStatements(document, policy::Effect::kAllow, services, "What it may do", text);
  AddStatements(document, policy::Effect::kDeny, services, "What it may not do", text);
  const auto boundaries = lint::RoleBoundariesOf(document).arns;
  if (!boundaries.empty()) {
    text += "\nRoles that it makes stay when its access has ended. They can never do more than " + Codes(boundaries) +
            " allows.\n";
  }
  if (text.size() > kSummaryBytesMax) text.resize(kSummaryBytesMax);
  return text;
}

}  // namespace claviger::ops::iam
