#include "wire/pattern.h"

#include <re2/re2.h>

#include <memory>

namespace claviger::wire {
namespace {

const RE2& Compiled(const Pattern& pattern) {
  if (const void* ready = pattern.compiled.load(std::memory_order_acquire)) return *static_cast<const RE2*>(ready);
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  auto mine = std::make_unique<RE2>(re2::StringPiece(pattern.re2.data(), pattern.re2.size()), options);
  const void* first = nullptr;
  // Threads may compile at the same time; the first to finish is kept, for as long as the program runs.
  if (pattern.compiled.compare_exchange_strong(first, mine.get(), std::memory_order_acq_rel)) return *mine.release();
  return *static_cast<const RE2*>(first);
}

}  // namespace

bool Matches(const Pattern& pattern, std::string_view text) {
  if (!pattern.forbidden.empty() && text.find(pattern.forbidden) != std::string_view::npos) return false;
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), Compiled(pattern));
}

bool Compiles(const Pattern& pattern) { return Compiled(pattern).ok(); }

}  // namespace claviger::wire
