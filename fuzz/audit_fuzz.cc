// Bytes of the audit trail that somebody else may have written: entries, states, digests and compressed files are
// refused or read, and what is read is written the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "audit/delivery.h"
#include "audit/digest.h"
#include "audit/entry.h"
#include "audit/gzip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace claviger::audit;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  constexpr std::size_t kTextMax = 1 << 20;

  if (const auto entry = Decode(bytes)) {
    EntryKeys keys;
    const bool same = ReadKeys(bytes, keys) && keys.event_id == entry->event_id && keys.time == entry->time &&
                      keys.account == entry->account;
    if (!same || Decode(Encode(*entry)) != entry) std::abort();
  }
  if (const auto state = DecodeDeliveryState(bytes)) static_cast<void>(Encode(*state));
  if (const auto digest = ReadDigest(bytes)) {
    const auto again = ReadDigest(WriteDigest(*digest));
    if (!again || again->object != digest->object || again->log_files.size() != digest->log_files.size()) std::abort();
  }
  if (const auto text = Gunzip(bytes, kTextMax);
      text && (text->size() > kTextMax || Gunzip(Gzip(*text), kTextMax) != text)) {
    std::abort();
  }
  return 0;
}
