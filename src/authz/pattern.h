// Text of a policy to be matched against text of a request: literals, wildcards, variables. Immutable.
// Sources: "Resource", "Variables and tags" and "Condition operators" in the IAM User Guide.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "authz/context_keys.h"
#include "policy/template.h"

namespace claviger::authz {

// Three-valued, because a comparison may be impossible: a value is not of the operator's type, say. What that means
// depends on the effect: it never helps an Allow and never hinders a Deny (see authz/statement.h).
enum class Truth : std::uint8_t { kFalse, kTrue, kBroken };

enum class PatternGrammar : std::uint8_t {
  kExact,       // No wildcards.
  kIgnoreCase,  // No wildcards; letters of ASCII and Latin-1 match in either case.
  kWildcards,   // `*` any run, `?` any one character.
  // Of Resource elements: in the five parts in front of the resource itself `?` and a `*` inside of a part stay inside;
  // a `*` at the end of a part reaches beyond colons.
  kResource,
  kArn,  // Of Arn operators: as kResource, but no `*` leaves its part; both sides must be ARNs.
};

// A piece of a pattern while it is matched.
struct Segment {
  enum class Kind : std::uint8_t {
    kText,
    kRun,        // `*` over anything.
    kOne,        // `?` over anything.
    kRunInPart,  // `*` that stops at a colon.
    kOneInPart,  // `?` but a colon.
  };
  Kind kind = Kind::kText;
  std::string_view text = {};
};

class Pattern {
 public:
  // `variables`: whether `${...}` means anything (for kResource behind the fifth colon only).
  Pattern(std::string_view text, PatternGrammar grammar, bool variables);
  Pattern(Pattern&&) noexcept = default;
  Pattern& operator=(Pattern&&) noexcept = default;
  Pattern(const Pattern&) = delete;  // Points into itself.
  Pattern& operator=(const Pattern&) = delete;

  // A variable that does not resolve makes the pattern match nothing. Allocates only when a pattern with variables
  // has more than 32 pieces. kBroken only for kArn.
  [[nodiscard]] Truth Match(std::string_view text, const ContextKeys& keys) const;

  // The text with its variables filled in, for kExact; nullopt when one does not resolve.
  [[nodiscard]] std::optional<std::string> Expand(const ContextKeys& keys) const;

  [[nodiscard]] bool HasVariables() const { return shape_ == Shape::kVariables; }
  // Adds the keys of its variables.
  void CollectKeys(std::vector<KeyName>& out) const;

 private:
  // What is known of the pattern when it is compiled, from cheap to dear.
  enum class Shape : std::uint8_t { kEverything, kLiteral, kLiteralThenRun, kGeneral, kVariables };

  struct Part {
    policy::PieceKind kind;
    std::string text;  // Of a literal.
    KeyName key;       // Of a variable.
    std::optional<std::string> fallback;
  };

  [[nodiscard]] Truth MatchSegments(std::span<const Segment> segments, std::string_view text) const;

  PatternGrammar grammar_;
  Shape shape_ = Shape::kGeneral;
  std::string literal_;  // All text of a pattern without variables.
  std::vector<Part> parts_;
  std::vector<Segment> segments_;  // The same for matching, of a pattern without variables.
};

// What a variable stands for: the value of a key that has exactly one, or else its default; nullopt when neither.
// A key with several values does not fall back: it is there, but of no use.
std::optional<std::string_view> ResolveVariable(const KeyName& key, const std::optional<std::string>& fallback,
                                                const ContextKeys& keys);

}  // namespace claviger::authz
