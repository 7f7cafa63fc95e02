// Proves that delivered log files are all there and as they were: offline, from the files, their digests and the public
// keys. Pure but for reading files, which are treated as hostile.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace claviger::audit {

struct VerifyOptions {
  std::map<std::string, std::string> public_keys;  // Fingerprint -> DER.
  // The newest digests that were written, where that is known: without it, nobody can tell that the end of a trail was
  // cut off.
  std::vector<std::string> newest_digests;
};

struct VerifyProblem {
  std::string file;  // Below the folder.
  std::string what;

  bool operator==(const VerifyProblem&) const = default;
};

struct VerifyReport {
  std::size_t digests = 0;
  std::size_t log_files = 0;
  std::size_t uncovered = 0;            // Log files newer than the last digest.
  std::vector<VerifyProblem> problems;  // In the order of the trail: the first is where it first does not fit.
};

// Checks everything below `folder`, a delivery's root.
VerifyReport Verify(const std::filesystem::path& folder, const VerifyOptions& options);

}  // namespace claviger::audit
