#include "policy/delegation_template.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "codec/json.h"
#include "codec/json_writer.h"
#include "policy/limits.h"
#include "policy/parse.h"

namespace claviger::policy {
namespace {

using codec::JsonKind;
using codec::JsonMember;
using codec::JsonValue;
using codec::JsonWriter;

constexpr unsigned kDepthMax = 16;
constexpr std::size_t kNameBytesMax = 256;
constexpr std::string_view kEnabled = "@Enabled";
constexpr std::string_view kOpen = "@{";
// Stands for a parameter of unknown value: it may be part of an account, a name, an action; and for a whole action or
// resource.
constexpr std::string_view kSample = "000000000000";
constexpr std::string_view kAnything = "*";
// Where a list may stand, because the language takes several entries there.
constexpr std::array<std::string_view, 4> kLists = {"Action", "NotAction", "Resource", "NotResource"};

Failure<TemplateError> Wrong(std::string text) { return {TemplateError(std::move(text))}; }

std::string Quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

// A text in front of a placeholder, and the placeholder; the last piece has none.
struct Piece {
  std::string_view literal;
  std::string_view parameter;
};

TemplateResult<std::vector<Piece>> Split(std::string_view text) {
  std::vector<Piece> pieces;
  for (;;) {
    const std::size_t open = text.find(kOpen);
    if (open == std::string_view::npos) {
      pieces.push_back({text, {}});
      return pieces;
    }
    const std::size_t close = text.find('}', open);
    if (close == std::string_view::npos) return Wrong("a placeholder is not closed: " + std::string(text));
    const std::string_view name = text.substr(open + kOpen.size(), close - open - kOpen.size());
    if (name.empty() || name.size() > kNameBytesMax)
      return Wrong("a placeholder has no name that a parameter can have");
    pieces.push_back({text.substr(0, open), name});
    text.remove_prefix(close + 1);
  }
}

// What becomes of placeholders and conditional statements: names collected, samples, or values.
class Filler {
 public:
  virtual ~Filler() = default;
  // The values of a parameter, which may be all of an action or resource. Valid until the next call.
  virtual TemplateResult<std::span<const std::string>> ValuesOf(std::string_view name, bool alone) = 0;
  virtual TemplateResult<bool> IsTrue(std::string_view name) = 0;
  // Whether a statement stays whatever its condition says.
  [[nodiscard]] virtual bool keeps_all() const { return false; }
};

class Writer {
 public:
  explicit Writer(Filler& filler) : filler_(filler), json_(out_) {}

  TemplateResult<std::string> Write(const JsonValue& root) {
    if (!root.IsObject()) return Wrong("a template must be an object");
    json_.BeginObject();
    bool has_statement = false;
    for (const JsonMember& member : root.members) {
      json_.Key(member.name);
      if (member.name != "Statement") {
        TRY(Plain(member.value));
        continue;
      }
      has_statement = true;
      TRY(Statements(member.value));
    }
    json_.EndObject();
    if (!has_statement) return Wrong("Statement is missing");
    if (statements_ == 0) return Wrong("no statement is left");
    // Not all of the statements may be for the same request.
    if (!filler_.keeps_all() && CountedCharacters(out_) > kRenderedCharactersMax) return TooLong();
    return std::move(out_);
  }

 private:
  static Failure<TemplateError> TooLong() {
    return Wrong("the rendered policy is larger than " + std::to_string(kRenderedCharactersMax) + " characters");
  }

  // Combinations multiply: what is longer than any policy of the permitted size is given up at once.
  TemplateResult<> CheckLength() const {
    if (out_.size() > 4 * kRenderedCharactersMax) return TooLong();
    return {};
  }

  TemplateResult<> Statements(const JsonValue& value) {
    if (value.IsObject()) return Statement(value);
    if (!value.IsArray()) return Wrong("Statement must be an object or a list of them");
    json_.BeginArray();
    for (const JsonValue& item : value.items) {
      if (!item.IsObject()) return Wrong("a statement must be an object");
      if (TRY(Stays(item))) TRY(Statement(item));
    }
    json_.EndArray();
    return {};
  }

  TemplateResult<bool> Stays(const JsonValue& statement) {
    const JsonValue* condition = statement.Find(kEnabled);
    if (condition == nullptr) return true;
    if (!condition->IsString()) return Wrong("@Enabled must be a text");
    std::string_view name = condition->text;
    const bool negated = name.starts_with('!');
    if (negated) name.remove_prefix(1);
    if (name.empty() || name.size() > kNameBytesMax) return Wrong("@Enabled names no parameter");
    return TRY(filler_.IsTrue(name)) != negated || filler_.keeps_all();
  }

  TemplateResult<> Statement(const JsonValue& statement) {
    if (!TRY(Stays(statement))) return Wrong("no statement is left");  // Of one that is in no list.
    ++statements_;
    json_.BeginObject();
    for (const JsonMember& member : statement.members) {
      if (member.name == kEnabled) continue;
      json_.Key(member.name);
      if (std::ranges::find(kLists, member.name) != kLists.end()) {
        TRY(Entries(member.value, true));
      } else if (member.name == "Condition") {
        TRY(Conditions(member.value));
      } else {
        TRY(Plain(member.value));
      }
    }
    json_.EndObject();
    return {};
  }

  TemplateResult<> Conditions(const JsonValue& value) {
    if (!value.IsObject()) return Wrong("Condition must be an object");
    json_.BeginObject();
    for (const JsonMember& op : value.members) {
      if (!op.value.IsObject()) return Wrong("a condition operator must have an object");
      json_.Key(op.name);
      json_.BeginObject();
      for (const JsonMember& key : op.value.members) {
        json_.Key(key.name);
        TRY(Entries(key.value, false));
      }
      json_.EndObject();
    }
    json_.EndObject();
    return {};
  }

  // A text that stays one is written as one; everything else as a list.
  TemplateResult<> Entries(const JsonValue& value, bool is_list) {
    if (value.IsString()) {
      const std::vector<std::string> texts = TRY(Expand(value.text, is_list));
      if (texts.size() == 1) {
        json_.String(texts.front());
        return CheckLength();
      }
      json_.BeginArray();
      for (const std::string& text : texts) json_.String(text);
      json_.EndArray();
      return CheckLength();
    }
    if (!value.IsArray()) return Plain(value);
    json_.BeginArray();
    for (const JsonValue& item : value.items) {
      if (!item.IsString()) {
        TRY(Plain(item));
        continue;
      }
      for (const std::string& text : TRY(Expand(item.text, is_list))) json_.String(text);
      TRY(CheckLength());
    }
    json_.EndArray();
    return {};
  }

  // One text for each combination of the values that it names; the first name's values change last. What is filled in
  // is not looked at again.
  TemplateResult<std::vector<std::string>> Expand(std::string_view text, bool is_list) {
    const std::vector<Piece> pieces = TRY(Split(text));
    const bool alone = is_list && pieces.size() == 2 && pieces[0].literal.empty() && pieces[1].literal.empty();
    std::vector<std::string_view> names;
    std::vector<std::vector<std::string>> values;
    std::size_t count = 1;
    for (const Piece& piece : pieces) {
      if (piece.parameter.empty() || std::ranges::find(names, piece.parameter) != names.end()) continue;
      const auto found = TRY(filler_.ValuesOf(piece.parameter, alone));
      if (found.size() > kRenderedCharactersMax / count) return TooLong();  // An entry takes two characters at least.
      count *= found.size();
      names.push_back(piece.parameter);
      values.emplace_back(found.begin(), found.end());
    }
    std::vector<std::string> texts;
    std::size_t bytes = 0;
    for (std::size_t combination = 0; combination < count; ++combination) {
      std::string filled;
      for (const Piece& piece : pieces) {
        filled += piece.literal;
        if (piece.parameter.empty()) continue;
        const auto at = static_cast<std::size_t>(std::ranges::find(names, piece.parameter) - names.begin());
        std::size_t after = 1;
        for (std::size_t i = at + 1; i < values.size(); ++i) after *= values[i].size();
        filled += values[at][combination / after % values[at].size()];
      }
      bytes += filled.size();
      if (bytes > 4 * kRenderedCharactersMax) return TooLong();
      texts.push_back(std::move(filled));
    }
    return texts;
  }

  // What has no parameters.
  TemplateResult<> Plain(const JsonValue& value) {
    switch (value.kind) {
      case JsonKind::kString:
        if (value.text.find(kOpen) != std::string_view::npos) {
          return Wrong("a parameter may stand in actions, resources and condition values only: " +
                       std::string(value.text));
        }
        json_.String(value.text);
        return CheckLength();
      case JsonKind::kArray:
        json_.BeginArray();
        for (const JsonValue& item : value.items) TRY(Plain(item));
        json_.EndArray();
        return {};
      case JsonKind::kObject:
        json_.BeginObject();
        for (const JsonMember& member : value.members) {
          json_.Key(member.name);
          TRY(Plain(member.value));
        }
        json_.EndObject();
        return {};
      default:
        json_.Raw(value.text);
        return CheckLength();
    }
  }

  Filler& filler_;
  std::string out_;
  JsonWriter json_;
  std::size_t statements_ = 0;
};

// Every parameter is the sample, and remembered.
class Sampler final : public Filler {
 public:
  TemplateResult<std::span<const std::string>> ValuesOf(std::string_view name, bool alone) override {
    Add(name);
    return std::span<const std::string>(alone ? &anything_ : &sample_, 1);
  }
  TemplateResult<bool> IsTrue(std::string_view name) override {
    Add(name);
    return true;
  }
  [[nodiscard]] bool keeps_all() const override { return true; }

  std::vector<std::string> names;

 private:
  void Add(std::string_view name) {
    if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
  }

  std::string sample_{kSample};
  std::string anything_{kAnything};
};

class Parameters final : public Filler {
 public:
  explicit Parameters(std::span<const TemplateParameter> given) : given_(given) {}

  TemplateResult<std::span<const std::string>> ValuesOf(std::string_view name, bool /*alone*/) override {
    return std::span<const std::string>(TRY(Get(name))->values);
  }
  TemplateResult<bool> IsTrue(std::string_view name) override {
    const TemplateParameter* parameter = TRY(Get(name));
    if (parameter->is_list) return Wrong("the parameter " + Quoted(name) + " must be a string");
    return parameter->values.front() == "True";
  }

 private:
  TemplateResult<const TemplateParameter*> Get(std::string_view name) const {
    const auto found = std::ranges::find(given_, name, &TemplateParameter::name);
    if (found == given_.end()) return Wrong("the parameter " + Quoted(name) + " is missing");
    return &*found;
  }

  std::span<const TemplateParameter> given_;
};

TemplateResult<std::string> Write(std::string_view text, Filler& filler) {
  const auto json = codec::ParseJson(text, {.bytes_max = kDocumentBytesMax, .depth_max = kDepthMax});
  if (!json.ok()) return Wrong("the template is not JSON: " + json.error().message);
  std::string rendered = TRY(Writer(filler).Write(json->root()));
  const auto parsed = Parse(rendered, Kind::kSession);
  if (!parsed.ok()) return Wrong("the template does not make a policy: " + parsed.error().message);
  return rendered;
}

}  // namespace

TemplateResult<std::vector<std::string>> TemplateParameters(std::string_view text) {
  Sampler sampler;
  TRY(Write(text, sampler));
  return std::move(sampler.names);
}

TemplateResult<std::string> RenderSample(std::string_view text) {
  Sampler sampler;
  return Write(text, sampler);
}

TemplateResult<std::string> RenderTemplate(std::string_view text, std::span<const TemplateParameter> parameters) {
  const std::vector<std::string> names = TRY(TemplateParameters(text));
  for (auto parameter = parameters.begin(); parameter != parameters.end(); ++parameter) {
    if (std::ranges::find(names, parameter->name) == names.end()) {
      return Wrong("the template has no parameter " + Quoted(parameter->name));
    }
    if (std::ranges::find(parameters.begin(), parameter, parameter->name, &TemplateParameter::name) != parameter) {
      return Wrong("the parameter " + Quoted(parameter->name) + " is given twice");
    }
    if (parameter->values.empty() || (!parameter->is_list && parameter->values.size() != 1)) {
      return Wrong("the parameter " + Quoted(parameter->name) +
                   (parameter->is_list ? " must have a value" : " must have exactly one value"));
    }
  }
  for (const std::string& name : names) {
    if (std::ranges::find(parameters, name, &TemplateParameter::name) == parameters.end()) {
      return Wrong("the parameter " + Quoted(name) + " is missing");
    }
  }
  Parameters filler(parameters);
  return Write(text, filler);
}

}  // namespace claviger::policy
