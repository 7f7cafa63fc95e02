#include "codec/json.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "codec/utf8.h"

namespace claviger::codec {
namespace {

constexpr std::size_t kFewMembers = 8;  // Up to here comparing every pair is cheaper than sorting.

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
void AppendUtf8(std::uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

}  // namespace

// One pass over one text. The first failure ends it.
class JsonParser {
 public:
  JsonParser(std::string_view text, const JsonLimits& limits) : depth_max_(limits.depth_max) {
    document_.text_ = std::make_unique<const std::string>(text);
    text_ = *document_.text_;
  }

  Expected<JsonDocument, JsonError> Run() {
    SkipSpace();
    TRY(Value(document_.root_, TextPosition(), 0));
    SkipSpace();
    if (at_.offset != text_.size()) return Error("unexpected text behind the value");
    return std::move(document_);
  }

 private:
  using Done = Expected<void, JsonError>;

  Failure<JsonError> Error(std::string message) const {
    return {JsonError{.kind = JsonErrorKind::kSyntax, .position = at_, .message = std::move(message)}};
  }

  [[nodiscard]] bool AtEnd() const { return at_.offset == text_.size(); }
  // NUL at the end: no token begins with it.
  [[nodiscard]] char Peek() const { return AtEnd() ? '\0' : text_[at_.offset]; }

  // Moves over one character of `bytes` bytes that does not end a line.
  void Advance(std::size_t bytes = 1) {
    at_.offset += static_cast<std::uint32_t>(bytes);
    ++at_.column;
  }

  void SkipSpace() {
    for (; !AtEnd(); ++at_.offset) {
      const char c = text_[at_.offset];
      if (c == '\n') {
        ++at_.line;
        at_.column = 1;
      } else if (c == ' ' || c == '\t' || c == '\r') {
        ++at_.column;
      } else {
        return;
      }
    }
  }

  Done Expect(char c) {
    if (AtEnd() || Peek() != c) return Error(std::string("expected `") + c + "`");
    Advance();
    return {};
  }

  Done Value(JsonValue& value, TextPosition lead, unsigned depth) {
    value.lead = lead;
    value.begin = at_;
    switch (Peek()) {
      case '{':
        TRY(Object(value, depth));
        break;
      case '[':
        TRY(Array(value, depth));
        break;
      case '"':
        value.kind = JsonKind::kString;
        value.text = TRY(String());
        break;
      case 't':
        TRY(Word(value, JsonKind::kBool, "true"));
        break;
      case 'f':
        TRY(Word(value, JsonKind::kBool, "false"));
        break;
      case 'n':
        TRY(Word(value, JsonKind::kNull, "null"));
        break;
      default:
        TRY(Number(value));
    }
    value.end = at_;
    return {};
  }

  Done Word(JsonValue& value, JsonKind kind, std::string_view word) {
    if (!text_.substr(at_.offset).starts_with(word)) return Error("expected a value");
    value.kind = kind;
    value.text = text_.substr(at_.offset, word.size());
    for (std::size_t i = 0; i < word.size(); ++i) Advance();
    return {};
  }

  Done Digits() {
    if (!IsDigit(Peek())) return Error("expected a digit");
    while (IsDigit(Peek())) Advance();
    return {};
  }

  Done Number(JsonValue& value) {
    const std::size_t begin = at_.offset;
    if (Peek() != '-' && !IsDigit(Peek())) return Error("expected a value");
    if (Peek() == '-') Advance();
    if (Peek() == '0') {
      Advance();
    } else {
      TRY(Digits());
    }
    if (Peek() == '.') {
      Advance();
      TRY(Digits());
    }
    if (Peek() == 'e' || Peek() == 'E') {
      Advance();
      if (Peek() == '+' || Peek() == '-') Advance();
      TRY(Digits());
    }
    value.kind = JsonKind::kNumber;
    value.text = text_.substr(begin, at_.offset - begin);
    return {};
  }

  // A string without escapes is a view of the text; the first escape moves it to the buffer, which never grows beyond
  // the text's size because every escape is longer than what it stands for.
  Expected<std::string_view, JsonError> String() {
    TRY(Expect('"'));
    std::size_t begin = at_.offset;
    std::optional<std::size_t> moved_to;
    for (;;) {
      if (AtEnd()) return Error("unterminated string");
      const char c = Peek();
      if (c == '"') break;
      if (c == '\\') {
        if (!document_.unescaped_) {
          document_.unescaped_ = std::make_unique<std::string>();
          document_.unescaped_->reserve(text_.size());
        }
        std::string& buffer = *document_.unescaped_;
        if (!moved_to) moved_to = buffer.size();
        buffer.append(text_.substr(begin, at_.offset - begin));
        TRY(Escape(buffer));
        begin = at_.offset;
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20) return Error("control character in a string");
      const std::size_t bytes = FirstCodePoint(text_.substr(at_.offset)).bytes;
      if (bytes == 0) return Error("text is not UTF-8");
      Advance(bytes);
    }
    std::string_view content = text_.substr(begin, at_.offset - begin);
    if (moved_to) {
      document_.unescaped_->append(content);
      content = std::string_view(*document_.unescaped_).substr(*moved_to);
    }
    Advance();
    return content;
  }

  Done Escape(std::string& out) {
    Advance();
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (const std::size_t i = letters.find(Peek()); !AtEnd() && i != std::string_view::npos) {
      out += meanings[i];
      Advance();
      return {};
    }
    if (Peek() != 'u') return Error("unknown escape");
    std::uint32_t code = TRY(CodeUnit());
    if (code >= 0xDC00 && code <= 0xDFFF) return Error("surrogate without its partner");
    if (code >= 0xD800 && code <= 0xDBFF) {
      if (Peek() != '\\') return Error("surrogate without its partner");
      Advance();
      const std::uint32_t low = TRY(CodeUnit());
      if (low < 0xDC00 || low > 0xDFFF) return Error("surrogate without its partner");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    AppendUtf8(code, out);
    return {};
  }

  // `u` and four hex digits.
  Expected<std::uint32_t, JsonError> CodeUnit() {
    TRY(Expect('u'));
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = Peek();
      std::uint32_t digit = 0;
      if (IsDigit(c)) {
        digit = static_cast<std::uint32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        digit = static_cast<std::uint32_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        digit = static_cast<std::uint32_t>(c - 'A' + 10);
      } else {
        return Error("expected four hex digits");
      }
      code = code << 4 | digit;
      Advance();
    }
    return code;
  }

  Done CheckDepth(unsigned depth) const {
    if (depth < depth_max_) return {};
    return Failure{JsonError{.kind = JsonErrorKind::kTooDeep, .position = at_, .message = "nested too deeply"}};
  }

  Done Array(JsonValue& value, unsigned depth) {
    TRY(CheckDepth(depth));
    value.kind = JsonKind::kArray;
    Advance();
    TextPosition lead = at_;
    SkipSpace();
    if (Peek() == ']') {
      Advance();
      return {};
    }
    for (;;) {
      TRY(Value(value.items.emplace_back(), lead, depth + 1));
      SkipSpace();
      if (Peek() == ']') break;
      if (Peek() != ',') return Error("expected `,` or `]`");
      Advance();
      lead = at_;
      SkipSpace();
    }
    Advance();
    return {};
  }

  Done Object(JsonValue& value, unsigned depth) {
    TRY(CheckDepth(depth));
    value.kind = JsonKind::kObject;
    Advance();
    SkipSpace();
    if (Peek() == '}') {
      Advance();
      return {};
    }
    for (;;) {
      JsonMember& member = value.members.emplace_back();
      member.begin = at_;
      if (Peek() != '"') return Error("expected a name in quotes");
      member.name = TRY(String());
      SkipSpace();
      TRY(Expect(':'));
      const TextPosition lead = at_;
      SkipSpace();
      TRY(Value(member.value, lead, depth + 1));
      SkipSpace();
      if (Peek() == '}') break;
      if (Peek() != ',') return Error("expected `,` or `}`");
      Advance();
      SkipSpace();
    }
    Advance();
    return CheckNames(value.members);
  }

  static Done CheckNames(const std::vector<JsonMember>& members) {
    const auto duplicate = [](const JsonMember& later) {
      return Failure{JsonError{.kind = JsonErrorKind::kDuplicateName,
                               .position = later.begin,
                               .message = "duplicate name `" + std::string(later.name) + "`"}};
    };
    if (members.size() <= kFewMembers) {
      for (std::size_t i = 1; i < members.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          if (members[i].name == members[j].name) return duplicate(members[i]);
        }
      }
      return {};
    }
    std::vector<std::size_t> order(members.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return members[i].name; });
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (members[order[i]].name == members[order[i - 1]].name) return duplicate(members[order[i]]);
    }
    return {};
  }

  JsonDocument document_;
  std::string_view text_;
  TextPosition at_;
  unsigned depth_max_;
};

const JsonValue* JsonValue::Find(std::string_view name) const {
  for (const JsonMember& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

Expected<JsonDocument, JsonError> ParseJson(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) {
    return Failure{JsonError{.kind = JsonErrorKind::kTooLarge, .position = {}, .message = "text is too long"}};
  }
  return JsonParser(text, limits).Run();
}

}  // namespace claviger::codec
