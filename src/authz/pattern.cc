#include "authz/pattern.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace claviger::authz {
namespace {

using Kind = Segment::Kind;
using policy::PieceKind;

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::ptrdiff_t kArnColons = 5;
constexpr std::size_t kInlineSegments = 32;

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

bool EqualsFolded(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (FoldAt(a, i) != FoldAt(b, i)) return false;
  }
  return true;
}

bool IsArn(std::string_view text) { return text.starts_with("arn:") && std::ranges::count(text, ':') >= kArnColons; }

std::ptrdiff_t CountColons(std::span<const Segment> segments) {
  std::ptrdiff_t colons = 0;
  for (const Segment& segment : segments) {
    if (segment.kind == Kind::kText) colons += std::ranges::count(segment.text, ':');
  }
  return colons;
}

// Whether `*` is all there is, apart from variables that turned out empty.
bool IsAnyRun(std::span<const Segment> segments) {
  bool run = false;
  for (const Segment& segment : segments) {
    const bool is_run = segment.kind == Kind::kRun || segment.kind == Kind::kRunInPart;
    if (!is_run && !(segment.kind == Kind::kText && segment.text.empty())) return false;
    run = run || is_run;
  }
  return run;
}

// Decides for every wildcard whether it may leave its part. `*` and `?` behind the fifth colon always may.
void ConfineWildcards(std::span<Segment> segments, bool last_run_of_part_is_free) {
  std::ptrdiff_t colons = 0;
  for (std::size_t i = 0; i < segments.size() && colons < kArnColons; ++i) {
    Segment& segment = segments[i];
    if (segment.kind == Kind::kText) {
      colons += std::ranges::count(segment.text, ':');
    } else if (segment.kind == Kind::kOne) {
      segment.kind = Kind::kOneInPart;
    } else if (segment.kind == Kind::kRun) {
      // A variable may be empty, so what follows is the next piece that has text.
      std::size_t next = i + 1;
      while (next < segments.size() && segments[next].kind == Kind::kText && segments[next].text.empty()) ++next;
      const bool ends_part =
          next == segments.size() || (segments[next].kind == Kind::kText && segments[next].text.starts_with(':'));
      if (!last_run_of_part_is_free || !ends_part) segment.kind = Kind::kRunInPart;
    }
  }
}

bool StandsAt(std::string_view piece, std::string_view text, std::size_t at) {
  if (piece.size() > text.size() - at) return false;
  return piece.empty() || (piece.front() == text[at] && text.substr(at, piece.size()) == piece);
}

// The first place from `at` on where `segment` may match behind a `*`; kNone when there is none.
std::size_t FindNext(const Segment& segment, std::string_view text, std::size_t at) {
  return segment.kind == Kind::kText ? text.find(segment.text, at) : at;
}

// Matches with two places to go back to: the last `*` that may cover anything, and behind it the last one confined to
// the current part. Earlier ones need no second look, since a later `*` reached sooner can do all that it could do
// reached later. Time is at most proportional to the product of both lengths times the six parts.
bool Matches(std::span<const Segment> pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t run_p = kNone;
  std::size_t run_t = 0;
  std::size_t part_p = kNone;
  std::size_t part_t = 0;
  for (;;) {
    if (p == pattern.size()) {
      if (t == text.size()) return true;
    } else {
      const Segment& segment = pattern[p];
      switch (segment.kind) {
        case Kind::kRun:
          if (++p == pattern.size()) return true;
          part_p = kNone;
          if (p + 1 == pattern.size() && pattern[p].kind == Kind::kText)
            return text.substr(t).ends_with(pattern[p].text);
          run_p = p;
          run_t = t = FindNext(pattern[p], text, t);
          if (t == kNone) return false;
          continue;
        case Kind::kRunInPart:
          part_p = ++p;
          part_t = t;
          continue;
        case Kind::kText:
          if (!StandsAt(segment.text, text, t)) break;
          // Behind a colon the part is over, and with it what its `*` may cover.
          if (part_p != kNone && segment.text.find(':') != std::string_view::npos) part_p = kNone;
          ++p;
          t += segment.text.size();
          continue;
        case Kind::kOne:
        case Kind::kOneInPart:
          if (t == text.size() || (segment.kind == Kind::kOneInPart && text[t] == ':')) break;
          ++p;
          t += CharacterBytes(text, t);
          continue;
      }
    }
    if (part_p != kNone && part_t < text.size() && text[part_t] != ':') {
      part_t += CharacterBytes(text, part_t);
      t = part_t;
      p = part_p;
    } else if (run_p != kNone && run_t < text.size()) {
      run_t = t = FindNext(pattern[run_p], text, run_t + CharacterBytes(text, run_t));
      if (t == kNone) return false;
      p = run_p;
      part_p = kNone;
    } else {
      return false;
    }
  }
}

Kind KindOf(PieceKind kind) {
  if (kind == PieceKind::kAnyRun) return Kind::kRun;
  return kind == PieceKind::kAnyOne ? Kind::kOne : Kind::kText;
}

}  // namespace

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

  parts_.reserve(pieces.size());
  for (policy::Piece& piece : pieces) {
    const bool variable = piece.kind == PieceKind::kVariable;
    if (variable) shape_ = Shape::kVariables;
    literal_ += variable ? std::string() : piece.text;
    parts_.push_back({.kind = piece.kind,
                      .text = variable ? std::string() : piece.text,
                      .key = KeyName(variable ? std::string_view(piece.text) : std::string_view()),
                      .fallback = std::move(piece.fallback)});
  }
  if (shape_ == Shape::kVariables) return;

  for (const Part& part : parts_) segments_.push_back({KindOf(part.kind), part.text});
  if (grammar >= PatternGrammar::kResource) ConfineWildcards(segments_, grammar == PatternGrammar::kResource);
  if (grammar == PatternGrammar::kArn || grammar == PatternGrammar::kIgnoreCase) return;
  const auto wild = std::ranges::find_if(segments_, [](const Segment& s) { return s.kind != Kind::kText; });
  if (wild == segments_.end()) {
    shape_ = Shape::kLiteral;
  } else if (wild->kind == Kind::kRun && wild + 1 == segments_.end()) {
    shape_ = literal_.empty() ? Shape::kEverything : Shape::kLiteralThenRun;
  }
}

Truth Pattern::MatchSegments(std::span<const Segment> segments, std::string_view text) const {
  if (grammar_ == PatternGrammar::kArn) {
    // A pattern of an Arn operator must have all six parts, or be `*` alone, which is any ARN.
    if (!IsArn(text)) return Truth::kBroken;
    if (IsAnyRun(segments)) return Truth::kTrue;
    if (CountColons(segments) < kArnColons) return Truth::kBroken;
  }
  return Matches(segments, text) ? Truth::kTrue : Truth::kFalse;
}

Truth Pattern::Match(std::string_view text, const ContextKeys& keys) const {
  switch (shape_) {
    case Shape::kEverything:
      return Truth::kTrue;
    case Shape::kLiteral:
      return text == literal_ ? Truth::kTrue : Truth::kFalse;
    case Shape::kLiteralThenRun:
      return text.starts_with(literal_) ? Truth::kTrue : Truth::kFalse;
    case Shape::kGeneral:
      if (grammar_ == PatternGrammar::kIgnoreCase) return EqualsFolded(literal_, text) ? Truth::kTrue : Truth::kFalse;
      return MatchSegments(segments_, text);
    case Shape::kVariables:
      break;
  }
  if (grammar_ == PatternGrammar::kIgnoreCase) {
    const auto expanded = Expand(keys);
    return expanded && EqualsFolded(*expanded, text) ? Truth::kTrue : Truth::kFalse;
  }
  // The text in front of the first variable or wildcard settles most mismatches.
  if (grammar_ != PatternGrammar::kArn && !text.starts_with(parts_.front().text)) return Truth::kFalse;
  std::array<Segment, kInlineSegments> inline_segments;
  std::vector<Segment> spilled;
  if (parts_.size() > kInlineSegments) spilled.resize(parts_.size());
  const std::span<Segment> segments =
      spilled.empty() ? std::span(inline_segments).first(parts_.size()) : std::span<Segment>(spilled);
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    segments[i] = {KindOf(part.kind), part.text};
    if (part.kind != PieceKind::kVariable) continue;
    const auto value = ResolveVariable(part.key, part.fallback, keys);
    if (!value) return grammar_ == PatternGrammar::kArn && !IsArn(text) ? Truth::kBroken : Truth::kFalse;
    segments[i].text = *value;
  }
  if (grammar_ >= PatternGrammar::kResource) ConfineWildcards(segments, grammar_ == PatternGrammar::kResource);
  return MatchSegments(segments, text);
}

std::optional<std::string> Pattern::Expand(const ContextKeys& keys) const {
  if (shape_ != Shape::kVariables) return literal_;
  std::string out;
  for (const Part& part : parts_) {
    if (part.kind == PieceKind::kText) out += part.text;
    if (part.kind != PieceKind::kVariable) continue;
    const auto value = ResolveVariable(part.key, part.fallback, keys);
    if (!value) return std::nullopt;
    out += *value;
  }
  return out;
}

void Pattern::CollectKeys(std::vector<KeyName>& out) const {
  for (const Part& part : parts_) {
    if (part.kind == PieceKind::kVariable) out.push_back(part.key);
  }
}

}  // namespace claviger::authz
