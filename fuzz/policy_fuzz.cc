// Whatever the text and the kind of policy, parsing returns; what it takes is printed and read back as the same policy,
// and every other question about it has an answer.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policy/parse.h"
#include "policy/print.h"
#include "policy/template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace claviger::policy;  // NOLINT(google-build-using-namespace): one function.
  if (size == 0) return 0;
  const auto kind = static_cast<Kind>(data[0] % 8);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto parsed = Parse(text, kind);
  if (!parsed.ok()) {
    if (parsed.error().message.empty() || parsed.error().reason.empty()) std::abort();
    return 0;
  }
  const Document& document = **parsed;
  if (document.ranges.size() != document.statements.size()) std::abort();
  ContextKeysOf(document);
  const auto once = Parse(Print(document), Kind::kAny);
  if (!once.ok()) std::abort();
  const auto twice = Parse(Print(**once), Kind::kAny);
  if (!twice.ok() || **twice != **once) std::abort();
  return 0;
}
