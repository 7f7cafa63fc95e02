#include "policy/template.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace claviger::policy {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

class Splitter {
 public:
  Splitter(std::string_view text, TemplateRules rules) : rest_(text), rules_(rules) {}

  std::vector<Piece> Run() {
    while (!rest_.empty()) {
      if (rules_.variables && rest_.starts_with("${") && TakeVariable()) continue;
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (rules_.wildcards && c == '*') {
        if (pieces_.empty() || pieces_.back().kind != PieceKind::kAnyRun)
          pieces_.push_back({PieceKind::kAnyRun, "", {}});
      } else if (rules_.wildcards && c == '?') {
        pieces_.push_back({PieceKind::kAnyOne, "", {}});
      } else {
        Literal(c);
      }
    }
    return std::move(pieces_);
  }

 private:
  void Literal(char c) {
    if (pieces_.empty() || pieces_.back().kind != PieceKind::kText) pieces_.push_back({PieceKind::kText, "", {}});
    pieces_.back().text += c;
  }

  // False when `${` opens nothing, and then takes nothing.
  bool TakeVariable() {
    // A quoted default may hold a brace, so the closing brace is looked for behind it.
    const std::size_t comma = rest_.find_first_of(",}");
    if (comma == std::string_view::npos) return false;
    std::size_t close = comma;
    std::optional<std::string> fallback;
    bool broken = false;
    if (rest_[comma] == ',') {
      const std::size_t open = rest_.find_first_not_of(' ', comma + 1);
      const bool quoted = open != std::string_view::npos && rest_[open] == '\'';
      const std::size_t shut = quoted ? rest_.find('\'', open + 1) : std::string_view::npos;
      broken = shut == std::string_view::npos;
      close = rest_.find('}', broken ? comma : shut);
      if (close == std::string_view::npos) return false;
      if (!broken) {
        broken = !Trim(rest_.substr(shut + 1, close - shut - 1)).empty();
        fallback = std::string(rest_.substr(open + 1, shut - open - 1));
      }
    }
    const std::string_view inside = rest_.substr(2, close - 2);
    if (inside == "*" || inside == "?" || inside == "$") {
      Literal(inside.front());
    } else {
      Piece piece{PieceKind::kVariable, std::string(Trim(rest_.substr(2, comma - 2))), std::move(fallback)};
      // No request key holds a comma or quote, so the whole inside is a key that never resolves.
      if (broken) piece = {PieceKind::kVariable, std::string(inside), std::nullopt};
      pieces_.push_back(std::move(piece));
    }
    rest_.remove_prefix(close + 1);
    return true;
  }

  std::string_view rest_;
  TemplateRules rules_;
  std::vector<Piece> pieces_;
};

class KeyCollector {
 public:
  void Add(std::string_view key) {
    if (seen_.insert(AsciiLower(key)).second) keys_.emplace_back(key);
  }
  void AddVariables(std::string_view text) {
    for (const Piece& piece : SplitTemplate(text, {.variables = true})) {
      if (piece.kind == PieceKind::kVariable) Add(piece.text);
    }
  }
  std::vector<std::string> Take() { return std::move(keys_); }

 private:
  std::unordered_set<std::string> seen_;
  std::vector<std::string> keys_;
};

}  // namespace

std::vector<Piece> SplitTemplate(std::string_view text, TemplateRules rules) { return Splitter(text, rules).Run(); }

std::size_t ResourceVariablesBegin(std::string_view text) {
  std::size_t at = 0;
  for (int colons = 0; colons < 5; ++colons) {
    at = text.find(':', at);
    if (at == std::string_view::npos) return text.size();
    ++at;
  }
  return at;
}

std::vector<std::string> ContextKeysOf(const Document& document) {
  const bool variables = document.version == Version::k20121017;
  KeyCollector keys;
  for (const Statement& statement : document.statements) {
    if (statement.resource && variables) {
      for (const std::string& pattern : statement.resource->patterns) {
        keys.AddVariables(std::string_view(pattern).substr(ResourceVariablesBegin(pattern)));
      }
    }
    for (const Condition& condition : statement.conditions) {
      keys.Add(condition.key);
      if (!variables || !TakesVariables(condition.op.comparison)) continue;
      for (const std::string& value : condition.values) keys.AddVariables(value);
    }
  }
  return keys.Take();
}

}  // namespace claviger::policy
