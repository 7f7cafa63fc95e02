// A policy as plain data, after its grammar was checked. Parse makes it (policy/parse.h), Print writes it.
// Immutable once shared, so one document may serve any number of threads.
// Source: "Grammar of the IAM JSON policy language" in the IAM User Guide.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/condition_operator.h"

namespace claviger::policy {

// Variables (`${...}`) mean something in 2012-10-17 only. A document without Version counts as 2008-10-17.
enum class Version : std::uint8_t { k20081017, k20121017 };

enum class Effect : std::uint8_t { kAllow, kDeny };

enum class PrincipalKind : std::uint8_t { kAws, kService, kFederated, kCanonicalUser };

struct Principal {
  PrincipalKind kind = PrincipalKind::kAws;
  std::string value;  // As written: an ARN, an account, a unique id, a service, a provider, or "*".

  bool operator==(const Principal&) const = default;
};

// Principal or NotPrincipal.
struct PrincipalElement {
  bool negated = false;
  bool everyone = false;  // The bare "*"; then `principals` is empty.
  std::vector<Principal> principals;

  bool operator==(const PrincipalElement&) const = default;
};

// Action or NotAction, Resource or NotResource.
struct PatternElement {
  bool negated = false;
  std::vector<std::string> patterns;  // As written.

  bool operator==(const PatternElement&) const = default;
};

// One operator with one key. Conditions of a statement must all hold.
struct Condition {
  ConditionOperator op;
  std::string key;                  // As written; names are compared ignoring case.
  std::vector<std::string> values;  // Numbers and booleans as the text they were written as. May be empty.

  bool operator==(const Condition&) const = default;
};

struct Statement {
  std::optional<std::string> sid;
  Effect effect = Effect::kDeny;
  std::optional<PrincipalElement> principal;
  PatternElement action;
  std::optional<PatternElement> resource;  // Absent in trust policies.
  std::vector<Condition> conditions;

  bool operator==(const Statement&) const = default;
};

// Line and column, both from 1; columns count characters.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  bool operator==(const Position&) const = default;
};

// Where a statement stands, counted as the simulation operations report it: `end` is just behind the closing brace;
// `begin` is just behind the `[` or `,` in front of the statement, and for a statement outside a list just behind its
// own opening brace.
struct StatementRange {
  Position begin;
  Position end;

  bool operator==(const StatementRange&) const = default;
};

struct Document {
  Version version = Version::k20081017;
  std::optional<std::string> id;
  std::vector<Statement> statements;
  std::vector<StatementRange> ranges;  // One per statement.

  // Whether both say the same, wherever it stands.
  bool operator==(const Document& other) const {
    return version == other.version && id == other.id && statements == other.statements;
  }
};

}  // namespace claviger::policy
