// Change sets are read or refused. Whatever the parameters of a recorded request are read from, what is then written of
// them reads back as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "audit/parameters.h"
#include "codec/json.h"
#include "replay/change_set.h"
#include "wire/operation.h"

namespace {

const claviger::OperationInfo& Pick(std::size_t position) {
  static const auto kOperations = [] {
    std::vector<const claviger::OperationInfo*> all;
    for (const claviger::ServiceInfo* service : claviger::wire::Services()) {
      for (const claviger::OperationInfo& operation : service->operations) all.push_back(&operation);
    }
    return all;
  }();
  return *kOperations[position % kOperations.size()];
}

// What is written of the parameters in `text`; empty when it has none.
std::string WrittenOf(const claviger::OperationInfo& operation, std::string_view text) {
  const auto document = claviger::codec::ParseJson(text);
  claviger::ErasedValue request(*operation.request_lifetime);
  if (!document.ok()) return {};
  if (!claviger::audit::ReadParameters(*operation.request, document->root(), request.get())) return {};
  std::string written;
  std::vector<claviger::audit::ResourceName> names;
  claviger::audit::WriteParameters(*operation.request, request.get(), claviger::audit::DateForm::kIso, written, names);
  return written;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  (void)claviger::replay::ParseChangeSet(text);
  const claviger::OperationInfo& operation = Pick(static_cast<std::size_t>(data[0]) * 256 + data[1]);
  const std::string written = WrittenOf(operation, text);
  if (written.empty() || written.starts_with(R"({"omitted":)")) return 0;
  if (WrittenOf(operation, written) != written) std::abort();
  return 0;
}
