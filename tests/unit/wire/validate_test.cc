#include "wire/validate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/random.h"
#include "codec/utf8.h"
#include "suites/source_folder.h"
#include "wire/decode.h"
#include "wire/operation.h"
#include "wire/pattern.h"

namespace claviger::wire {
namespace {

Result<> DecodeAny(const OperationInfo& operation, std::string_view text) {
  const auto form = ParseForm("", text);
  if (!form.ok()) return Failure{form.error()};
  ErasedValue request(*operation.request_lifetime);
  return Decode(*form, *operation.request, operation.service->validation_style, request.get());
}

// ---- tests/vectors/query/validation.txt

std::string Replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

// What the text between a pair of braces stands for: a*513 or i:1-51:text#; nullopt when it is neither.
std::optional<std::string> BracesExpanded(const std::string& inner) {
  std::string text;
  const std::size_t star = inner.rfind('*');
  if (inner.starts_with("i:")) {
    const std::size_t dash = inner.find('-');
    const std::size_t colon = inner.find(':', dash);
    const int last = std::stoi(inner.substr(dash + 1, colon - dash - 1));
    for (int number = std::stoi(inner.substr(2)); number <= last; ++number) {
      text += Replaced(inner.substr(colon + 1), "#", std::to_string(number));
    }
  } else if (star != std::string::npos && star + 1 < inner.size()) {
    for (int count = std::stoi(inner.substr(star + 1)); count > 0; --count) text += inner.substr(0, star);
  } else {
    return std::nullopt;
  }
  return text;
}

std::string Expanded(const std::string& line) {
  std::string text;
  for (std::size_t position = 0; position < line.size();) {
    const std::size_t open = std::min(line.find('{', position), line.size());
    text += line.substr(position, open - position);
    if (open == line.size()) break;
    const std::size_t close = line.find('}', open);
    const std::string inner = line.substr(open + 1, close - open - 1);
    text += BracesExpanded(inner).value_or("{" + inner + "}");
    position = close + 1;
  }
  return text;
}

std::vector<std::string> LinesOf(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') lines.push_back(Expanded(line));
  }
  return lines;
}

TEST(Validate, AnswersTheTextsOfTheVectors) {
  const auto lines = LinesOf(std::string(kSourceFolder) + "/tests/vectors/query/validation.txt");
  ASSERT_EQ(lines.size() % 3, 0U);
  ASSERT_GT(lines.size(), 120U);
  for (std::size_t index = 0; index < lines.size(); index += 3) {
    const std::string& request = lines[index];
    const ServiceInfo* service = FindService(lines[index + 1]);
    ASSERT_NE(service, nullptr) << lines[index + 1];
    const OperationInfo* operation = FindOperation(request.substr(0, request.find('&')), service->api_version);
    ASSERT_NE(operation, nullptr) << request;
    const Result<> result = DecodeAny(*operation, request);
    EXPECT_EQ(result.ok() ? "ok" : result.error().message, lines[index + 2]) << request;
    EXPECT_TRUE(result.ok() || result.error().code == ErrorCode::kValidationError) << request;
  }
}

// ---- Laws over all operations

template <class Visitor>
void ForEachOperation(const Visitor& visitor) {
  for (const ServiceInfo* service : Services()) {
    if (service->SpeaksJson()) continue;  // No forms: see json_decode_test.cc.
    for (const OperationInfo& operation : service->operations) visitor(operation);
  }
}

TEST(Validate, NamesExactlyTheRequiredMembersOfAnEmptyForm) {
  ForEachOperation([](const OperationInfo& operation) {
    const char* null = operation.service->validation_style == ValidationStyle::kEcho ? "Value null at '" : "Value at '";
    std::string expected;
    std::size_t count = 0;
    for (const Member& member : operation.request->members) {
      if (!member.required) continue;
      if (count++ > 0) expected += "; ";
      expected += null + std::string(member.field) + "' failed to satisfy constraint: Member must not be null";
    }
    const Result<> result = DecodeAny(operation, "");
    EXPECT_EQ(result.ok(), count == 0) << operation.name;
    if (!result.ok()) {
      EXPECT_EQ(
          result.error().message,
          std::to_string(count) + (count == 1 ? " validation error" : " validation errors") + " detected: " + expected);
    }
  });
}

// Makes forms that an operation must accept, from nothing but the tables.
class FormMaker {
 public:
  explicit FormMaker(std::uint64_t seed) : random_(seed) {}

  std::string Make(const OperationInfo& operation) {
    text_ = "Action=" + std::string(operation.name);
    AddMembers(*operation.request, "");
    return text_;
  }

 private:
  bool Maybe() { return random_.Uint64() % 2 == 0; }

  std::int64_t Between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_.Uint64() % static_cast<std::uint64_t>(high - low + 1));
  }

  void AddMembers(const Shape& shape, const std::string& prefix) {
    for (const Member& member : shape.members) {
      // Of a structure at least the first is sent: one without any would not be there at all.
      const bool needed = member.required || (!prefix.empty() && &member == &shape.members.front());
      if (!needed && Maybe()) continue;
      Add(*member.shape, prefix + std::string(member.name), member.check);
    }
  }

  void Add(const Shape& shape, const std::string& name, const MemberCheck* check) {
    if (shape.kind == ShapeKind::kStructure) return AddMembers(shape, name + ".");
    if (shape.kind != ShapeKind::kList) return AddScalar(name, Scalar(shape, check));
    const std::int64_t low = std::max<std::int64_t>(shape.min, 1);
    const std::int64_t size = Between(low, std::min<std::int64_t>(shape.max, low + 12));
    for (std::int64_t index = size; index > 0; --index)
      Add(*shape.element, name + ".member." + std::to_string(index), nullptr);
  }

  void AddScalar(const std::string& name, const std::string& value) {
    text_ += "&" + PercentEncode(name) + "=" + PercentEncode(value);
  }

  std::string Scalar(const Shape& shape, const MemberCheck* check) {
    switch (shape.kind) {
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
        return std::to_string(
            Between(std::max<std::int64_t>(shape.min, -1000), std::min<std::int64_t>(shape.max, 2'000'000'000)));
      case ShapeKind::kBoolean:
        return Maybe() ? "true" : "false";
      case ShapeKind::kTimestamp:
        return "2026-11-22T08:00:00Z";
      case ShapeKind::kBlob:
        return Base64Encode(AsBytes(std::string(static_cast<std::size_t>(Between(0, 9)), '\xFF')));
      default:
        return Text(shape, check);
    }
  }

  // Looks for a text that fits by trying starts and what to fill up with, each as long as it may be.
  std::string Text(const Shape& shape, const MemberCheck* check) {
    if (!shape.enum_values.empty()) {
      return std::string(shape.enum_values[random_.Uint64() % shape.enum_values.size()]);
    }
    const auto low = static_cast<std::size_t>(std::max<std::int64_t>(shape.min, 0));
    const auto high = static_cast<std::size_t>(std::min<std::int64_t>(shape.max, static_cast<std::int64_t>(low) + 300));
    const std::size_t wanted = low + random_.Uint64() % (high - low + 1);
    for (const std::size_t length : {wanted, low, high}) {
      for (const std::string_view start : {"", "/", "v", "o-", "p-", "http://", "arn:aws:iam::123456789012:x/"}) {
        for (const std::string_view fill : {"\xC3\xBC", "a", "1", "A"}) {
          for (const std::string_view end : {"", "/"}) {
            const std::string text = Candidate(start, fill, end, length);
            if (Fits(shape, check, text)) return text;
          }
        }
      }
    }
    // Patterns with a length or structure of their own.
    for (const char* text : {"123456789012", "v1", "o-aaaaaaaaaa", "o-aaaaaaaaaa/r-aaaa", "p-aaaaaaaa"}) {
      if (Fits(shape, check, text)) return text;
    }
    ADD_FAILURE() << "no text fits " << shape.name;
    return "";
  }

  static std::string Candidate(std::string_view start, std::string_view fill, std::string_view end,
                               std::size_t length) {
    std::string text(start);
    std::size_t units = codec::Utf16Length(start) + end.size();
    for (; units < length; ++units) text += fill;
    return text + std::string(end);
  }

  static bool Fits(const Shape& shape, const MemberCheck* check, const std::string& text) {
    const auto length = static_cast<std::int64_t>(codec::Utf16Length(text));
    if (length < shape.min || length > shape.max) return false;
    if (shape.pattern != nullptr && !Matches(*shape.pattern, text)) return false;
    return check == nullptr || Matches(*check->pattern, text);
  }

  SeededRandom random_;
  std::string text_;
};

TEST(Validate, AcceptsEveryFormMadeFromTheTables) {
  FormMaker maker(2026);
  for (int round = 0; round < 8; ++round) {
    ForEachOperation([&maker](const OperationInfo& operation) {
      const std::string form = maker.Make(operation);
      const Result<> result = DecodeAny(operation, form);
      EXPECT_TRUE(result.ok()) << operation.name << ": " << result.error().message << "\n" << form;
    });
  }
}

}  // namespace
}  // namespace claviger::wire
