// What a security engineer would say about a policy that the grammar takes: what it allows too widely, and what it says
// that cannot come true. Pure. It advises and never decides: the evaluator knows nothing of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"

namespace claviger::lint {

// Where the policy stands, which decides what is worth a word.
enum class Use { kIdentity, kResource, kTrust, kBoundary, kSession, kServiceControl, kResourceControl };

struct Finding {
  std::string_view id;    // "allow-everything"; docs/guide/policies.md lists them.
  std::size_t statement;  // Counted from 0.
  std::string reason;     // One line.
};

struct Options {
  Use use = Use::kIdentity;
  std::string_view account;  // The policy's own, twelve digits; empty: not known.
};

// By statement, then in the order of the rules.
std::vector<Finding> Lint(const policy::Document& document, const Options& options);

}  // namespace claviger::lint
