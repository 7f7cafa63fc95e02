#include "cli/policy_file.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "policy/limits.h"

namespace claviger::cli {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) static_cast<void>(std::fclose(file));
  }
};

Failure<PolicyFileError> Unreadable(std::string message) {
  return {PolicyFileError{.message = std::move(message), .position = {0, 0}}};
}

}  // namespace

Expected<std::string, PolicyFileError> ReadPolicyText(const std::string& name) {
  const std::unique_ptr<std::FILE, CloseFile> file(name == "-" ? stdin : std::fopen(name.c_str(), "rb"));
  if (!file) return Unreadable("cannot be opened");
  std::string text;
  std::array<char, 16384> buffer{};
  while (const std::size_t read = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    text.append(buffer.data(), read);
    if (text.size() > policy::kDocumentBytesMax) {
      return Unreadable("a policy has no more than " + std::to_string(policy::kDocumentBytesMax) + " bytes");
    }
  }
  if (std::ferror(file.get()) != 0) return Unreadable("cannot be read");
  return text;
}

Expected<PolicyFile, PolicyFileError> ReadPolicy(const std::string& name, policy::Kind kind) {
  PolicyFile file{.name = name, .text = TRY(ReadPolicyText(name)), .document = nullptr};
  auto document = policy::Parse(file.text, kind);
  if (!document.ok()) {
    const policy::PolicyError& error = document.error();
    return Failure{PolicyFileError{.message = error.message + " (" + error.reason + ")", .position = error.position}};
  }
  file.document = *std::move(document);
  return file;
}

std::string Printable(std::string_view text) {
  constexpr char kDelete = 0x7F;
  std::string out(text);
  std::ranges::replace_if(
      out, [](char c) { return (c >= 0 && c < ' ') || c == kDelete; }, '?');
  return out;
}

std::string Show(const std::string& name, const PolicyFileError& error) {
  std::string place = name;
  if (error.position.line != 0) {
    place += ":" + std::to_string(error.position.line) + ":" + std::to_string(error.position.column);
  }
  return place + ": " + Printable(error.message);
}

policy::Position StatementPosition(const PolicyFile& file, std::size_t index) {
  const policy::Position begin = file.document->ranges[index].begin;
  // Found again by counting, from the line's first byte on; what stands between here and the brace is white space.
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < begin.line; ++line) at = file.text.find('\n', at) + 1;
  policy::Position position = begin;
  for (std::uint32_t column = 1; column < begin.column; ++at) {
    if ((static_cast<unsigned char>(file.text[at]) & 0xC0) != 0x80) ++column;
  }
  while (at < file.text.size() && (static_cast<unsigned char>(file.text[at]) & 0xC0) == 0x80) ++at;
  if (at > 0 && file.text[at - 1] == '{') return {.line = begin.line, .column = begin.column - 1};
  for (; at < file.text.size() && file.text[at] != '{'; ++at) {
    if (file.text[at] == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

}  // namespace claviger::cli
