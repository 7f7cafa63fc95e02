// Whatever the policy says and wherever it stands, the review ends, and each of its findings is about a statement.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lint/lint.h"
#include "policy/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace claviger;  // NOLINT(google-build-using-namespace): one function.
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto document = policy::Parse(text, policy::Kind::kAny);
  if (!document.ok()) return 0;
  for (const lint::Finding& finding : lint::Lint(**document, {.use = static_cast<lint::Use>(data[0] % 7)})) {
    if (finding.statement >= (*document)->statements.size() || finding.reason.empty()) std::abort();
  }
  return 0;
}
