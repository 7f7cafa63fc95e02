// Policies in files, for the commands that need no server.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/parse.h"

namespace claviger::cli {

struct PolicyFile {
  std::string name;  // As the user wrote it; "-" is the standard input.
  std::string text;
  std::shared_ptr<const policy::Document> document;
};

struct PolicyFileError {
  std::string message;              // One line, of the file as a whole or of the place.
  policy::Position position{0, 0};  // Line 0: the file could not be read.
};

// What a command prints, and the exit code of the process.
struct Printed {
  std::string text;
  int exit_code = 0;
};

inline constexpr int kExitFailed = 1;
// The command worked, and the answer is the one that nobody hopes for: warnings, a denial.
inline constexpr int kExitBadNews = 3;

// Reads no more than a policy may have.
Expected<std::string, PolicyFileError> ReadPolicyText(const std::string& name);
Expected<PolicyFile, PolicyFileError> ReadPolicy(const std::string& name, policy::Kind kind);

// With `?` for control characters: what others wrote must not steer a terminal.
std::string Printable(std::string_view text);

// "file:3:5: message", or "file: message".
std::string Show(const std::string& name, const PolicyFileError& error);

// Where the brace of a statement stands; AWS's range of it begins at whatever is before.
policy::Position StatementPosition(const PolicyFile& file, std::size_t index);

}  // namespace claviger::cli
