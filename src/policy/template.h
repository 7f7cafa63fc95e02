// Text of a policy taken apart into what is literal, what is a wildcard and what the request fills in. Pure.
// Source: "Policy elements: Variables and tags" in the IAM User Guide.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"

namespace claviger::policy {

enum class PieceKind : std::uint8_t {
  kText,      // Stands for itself.
  kAnyRun,    // `*`
  kAnyOne,    // `?`
  kVariable,  // `${key}` or `${key, 'fallback'}`
};

struct Piece {
  PieceKind kind = PieceKind::kText;
  std::string text;                     // The literal text, or the variable's key as written.
  std::optional<std::string> fallback;  // Of a variable; literal, wildcards in it mean nothing.

  bool operator==(const Piece&) const = default;
};

struct TemplateRules {
  bool variables = false;
  bool wildcards = false;
};

// Never fails. With variables, `${*}`, `${?}` and `${$}` are the literal characters; a `${` that nothing closes is
// literal too; a variable whose default is not one quoted text has a key that no request holds, so it never resolves.
// Neighbouring literals are one piece; a run of `*` is one wildcard.
std::vector<Piece> SplitTemplate(std::string_view text, TemplateRules rules);

// Where the variables of a Resource may begin: behind the fifth colon. The size of `text` when it has fewer colons.
std::size_t ResourceVariablesBegin(std::string_view text);

// The keys that the document's conditions and variables read, each once (ignoring case), in the order they appear.
std::vector<std::string> ContextKeysOf(const Document& document);

}  // namespace claviger::policy
