#include "authz/pattern.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/text.h"

namespace claviger::authz {
namespace {

using Unit = std::uint16_t;
constexpr Unit kRun = 256;        // `*` over anything.
constexpr Unit kOne = 257;        // `?` over anything.
constexpr Unit kRunInPart = 258;  // `*` that stops at a colon.
constexpr Unit kOneInPart = 259;

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr int kArnColons = 5;

// How many bytes the character at `i` takes; 1 for bytes that are not UTF-8.
std::size_t CharacterBytes(std::string_view text, std::size_t i) {
  const auto first = static_cast<unsigned char>(text[i]);
  if (first < 0xC2) return 1;
  const std::size_t wanted = first < 0xE0 ? 2U : first < 0xF0 ? 3U : 4U;
  std::size_t bytes = 1;
  while (bytes < wanted && i + bytes < text.size() && (static_cast<unsigned char>(text[i + bytes]) & 0xC0) == 0x80)
    ++bytes;
  return bytes == wanted ? bytes : 1;
}

// The byte at `i` in lower case. Policies hold characters up to U+00FF only, so letters of ASCII and Latin-1 are all
// that a policy's own text can mean; the latter are two bytes, of which the second tells the case.
char FoldAt(std::string_view text, std::size_t i) {
  const char c = text[i];
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x80) return AsciiLower(c);
  const bool latin = i > 0 && static_cast<unsigned char>(text[i - 1]) == 0xC3;
  return latin && byte <= 0x9E && byte != 0x97 ? static_cast<char>(byte | 0x20) : c;
}

std::string Fold(std::string_view text) {
  std::string folded(text.size(), '\0');
  for (std::size_t i = 0; i < text.size(); ++i) folded[i] = FoldAt(text, i);
  return folded;
}

bool IsArn(std::string_view text) { return text.starts_with("arn:") && std::ranges::count(text, ':') >= kArnColons; }

// Decides for every wildcard whether it may leave its part. `*` and `?` behind the fifth colon always may.
void ConfineWildcards(std::span<Unit> units, bool last_run_of_part_is_free) {
  int colons = 0;
  for (std::size_t i = 0; i < units.size() && colons < kArnColons; ++i) {
    if (units[i] == ':') ++colons;
    if (units[i] == kOne) units[i] = kOneInPart;
    if (units[i] != kRun) continue;
    const bool ends_part = i + 1 == units.size() || units[i + 1] == ':';
    if (!last_run_of_part_is_free || !ends_part) units[i] = kRunInPart;
  }
}

// Matches with two places to go back to: the last `*` that may cover anything, and behind it the last one confined to
// the current part. Earlier ones need no second look, since a later `*` reached sooner can do all that it could do
// reached later. Time is at most proportional to the product of both lengths times the six parts.
bool MatchesUnits(std::span<const Unit> pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t run_p = kNone;
  std::size_t run_t = 0;
  std::size_t part_p = kNone;
  std::size_t part_t = 0;
  for (;;) {
    if (p < pattern.size()) {
      const Unit unit = pattern[p];
      if (unit == kRun) {
        run_p = ++p;
        run_t = t;
        part_p = kNone;
        if (p == pattern.size()) return true;
        continue;
      }
      if (unit == kRunInPart) {
        part_p = ++p;
        part_t = t;
        continue;
      }
      if (t < text.size()) {
        if (unit == static_cast<unsigned char>(text[t])) {
          if (unit == ':') part_p = kNone;  // The part is over, and so is what its `*` may cover.
          ++p;
          ++t;
          continue;
        }
        if (unit == kOne || (unit == kOneInPart && text[t] != ':')) {
          ++p;
          t += CharacterBytes(text, t);
          continue;
        }
      }
    } else if (t == text.size()) {
      return true;
    }
    if (part_p != kNone && part_t < text.size() && text[part_t] != ':') {
      part_t += CharacterBytes(text, part_t);
      t = part_t;
      p = part_p;
    } else if (run_p != kNone && run_t < text.size()) {
      run_t += CharacterBytes(text, run_t);
      t = run_t;
      p = run_p;
      part_p = kNone;
    } else {
      return false;
    }
  }
}

// A pattern of an Arn operator must have all six parts, or be `*` alone, which is any ARN.
bool IsArnPattern(std::span<const Unit> units) {
  if (units.size() == 1 && (units[0] == kRun || units[0] == kRunInPart)) return true;
  return std::ranges::count(units, Unit{':'}) >= kArnColons;
}

}  // namespace

// Units of a pattern with variables while it is matched: on the stack as long as they fit.
class Pattern::Units {
 public:
  void Push(Unit unit) {
    if (count_ < inline_.size()) {
      inline_[count_] = unit;
    } else {
      if (count_ == inline_.size()) spilled_.assign(inline_.begin(), inline_.end());
      spilled_.push_back(unit);
    }
    ++count_;
  }
  Unit* data() { return count_ <= inline_.size() ? inline_.data() : spilled_.data(); }
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  std::array<Unit, 384> inline_;  // NOLINT: written before it is read.
  std::size_t count_ = 0;
  std::vector<Unit> spilled_;
};

std::optional<std::string_view> ResolveVariable(const KeyName& key, const std::optional<std::string>& fallback,
                                                const ContextKeys& keys) {
  const auto values = keys.Find(key);
  if (!values) return fallback ? std::optional<std::string_view>(*fallback) : std::nullopt;
  if (values->size() != 1) return std::nullopt;
  return (*values)[0];
}

Pattern::Pattern(std::string_view text, PatternGrammar grammar, bool variables) : grammar_(grammar) {
  const bool wildcards = grammar >= PatternGrammar::kWildcards;
  std::vector<policy::Piece> pieces;
  if (grammar == PatternGrammar::kResource && variables) {
    const std::size_t begin = policy::ResourceVariablesBegin(text);
    pieces = policy::SplitTemplate(text.substr(0, begin), {.variables = false, .wildcards = true});
    for (policy::Piece& piece : policy::SplitTemplate(text.substr(begin), {.variables = true, .wildcards = true})) {
      pieces.push_back(std::move(piece));
    }
  } else {
    pieces = policy::SplitTemplate(text, {.variables = variables, .wildcards = wildcards});
  }

  const auto is = [](policy::PieceKind kind) {
    return [kind](const policy::Piece& piece) { return piece.kind == kind; };
  };
  if (std::ranges::any_of(pieces, is(policy::PieceKind::kVariable))) {
    shape_ = Shape::kVariables;
    for (policy::Piece& piece : pieces) {
      const bool variable = piece.kind == policy::PieceKind::kVariable;
      parts_.push_back({.kind = piece.kind,
                        .text = variable ? std::string() : std::move(piece.text),
                        .key = KeyName(variable ? std::string_view(piece.text) : std::string_view()),
                        .fallback = std::move(piece.fallback)});
    }
    return;
  }
  for (const policy::Piece& piece : pieces) {
    if (piece.kind == policy::PieceKind::kAnyRun) units_.push_back(kRun);
    if (piece.kind == policy::PieceKind::kAnyOne) units_.push_back(kOne);
    const std::string folded = grammar == PatternGrammar::kIgnoreCase ? Fold(piece.text) : piece.text;
    for (const char c : folded) units_.push_back(static_cast<unsigned char>(c));
    literal_ += folded;
  }
  if (grammar >= PatternGrammar::kResource) ConfineWildcards(units_, grammar == PatternGrammar::kResource);
  if (grammar == PatternGrammar::kArn) return;
  const auto wild = std::ranges::find_if(units_, [](Unit unit) { return unit >= kRun; });
  if (wild == units_.end()) {
    shape_ = Shape::kLiteral;
  } else if (*wild == kRun && wild + 1 == units_.end()) {
    shape_ = literal_.empty() ? Shape::kEverything : Shape::kLiteralThenRun;
  }
}

void Pattern::Append(Units& units, std::string_view text) const {
  const bool fold = grammar_ == PatternGrammar::kIgnoreCase;
  for (std::size_t i = 0; i < text.size(); ++i) {
    units.Push(static_cast<unsigned char>(fold ? FoldAt(text, i) : text[i]));
  }
}

bool Pattern::Fill(Units& units, const ContextKeys& keys) const {
  for (const Part& part : parts_) {
    if (part.kind == policy::PieceKind::kAnyRun) {
      units.Push(kRun);
    } else if (part.kind == policy::PieceKind::kAnyOne) {
      units.Push(kOne);
    } else if (part.kind == policy::PieceKind::kText) {
      Append(units, part.text);
    } else {
      const auto value = ResolveVariable(part.key, part.fallback, keys);
      if (!value) return false;
      Append(units, *value);
    }
  }
  if (grammar_ >= PatternGrammar::kResource) {
    ConfineWildcards({units.data(), units.size()}, grammar_ == PatternGrammar::kResource);
  }
  return true;
}

Truth Pattern::MatchUnits(const Unit* units, std::size_t count, std::string_view text) const {
  const std::span<const Unit> pattern(units, count);
  if (grammar_ == PatternGrammar::kArn) {
    if (!IsArn(text) || !IsArnPattern(pattern)) return Truth::kBroken;
    if (count == 1) return Truth::kTrue;
  }
  if (grammar_ == PatternGrammar::kIgnoreCase) {
    if (count != text.size()) return Truth::kFalse;
    for (std::size_t i = 0; i < count; ++i) {
      if (units[i] != static_cast<unsigned char>(FoldAt(text, i))) return Truth::kFalse;
    }
    return Truth::kTrue;
  }
  return MatchesUnits(pattern, text) ? Truth::kTrue : Truth::kFalse;
}

Truth Pattern::Match(std::string_view text, const ContextKeys& keys) const {
  switch (shape_) {
    case Shape::kEverything:
      return Truth::kTrue;
    case Shape::kLiteral:
      if (grammar_ == PatternGrammar::kIgnoreCase) break;
      return text == literal_ ? Truth::kTrue : Truth::kFalse;
    case Shape::kLiteralThenRun:
      return text.starts_with(literal_) ? Truth::kTrue : Truth::kFalse;
    case Shape::kGeneral:
      break;
    case Shape::kVariables: {
      Units units;
      if (!Fill(units, keys)) {
        return grammar_ == PatternGrammar::kArn && !IsArn(text) ? Truth::kBroken : Truth::kFalse;
      }
      return MatchUnits(units.data(), units.size(), text);
    }
  }
  return MatchUnits(units_.data(), units_.size(), text);
}

std::optional<std::string> Pattern::Expand(const ContextKeys& keys) const {
  if (shape_ != Shape::kVariables) return literal_;
  std::string out;
  for (const Part& part : parts_) {
    if (part.kind == policy::PieceKind::kText) out += part.text;
    if (part.kind != policy::PieceKind::kVariable) continue;
    const auto value = ResolveVariable(part.key, part.fallback, keys);
    if (!value) return std::nullopt;
    out += *value;
  }
  return out;
}

void Pattern::CollectKeys(std::vector<KeyName>& out) const {
  for (const Part& part : parts_) {
    if (part.kind == policy::PieceKind::kVariable) out.push_back(part.key);
  }
}

}  // namespace claviger::authz
