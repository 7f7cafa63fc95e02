#include "store/lmdb_view.h"

#include <algorithm>
#include <utility>

namespace claviger::store {
namespace {

// The keys of layers that begin with `prefix` and are greater than `after`, to be merged with others.
class LayersInRange {
 public:
  LayersInRange(const Layers& layers, std::string_view prefix, std::string_view after)
      : prefix_(prefix), cursor_(layers, std::max(prefix, after)) {
    if (const Layer::Item* item = cursor_.item(); item != nullptr && item->key == after) cursor_.Next();
  }

  bool empty() const { return item() == nullptr; }
  // Visits those before `end` (nullopt: all). Returns false when the visitor stopped.
  bool VisitUntil(std::optional<std::string_view> end, const Reader::Visitor& visit) {
    for (; const Layer::Item* item = this->item(); cursor_.Next()) {
      if (end && item->key >= *end) break;
      if (item->value && !visit(item->key, Entry{.value = *item->value, .revision = item->revision})) return false;
    }
    return true;
  }
  // The next one if it is `key`, and moves past it.
  const Layer::Item* Take(std::string_view key) {
    const Layer::Item* item = this->item();
    if (item == nullptr || item->key != key) return nullptr;
    cursor_.Next();
    return item;
  }

 private:
  const Layer::Item* item() const {
    const Layer::Item* item = cursor_.item();
    return item != nullptr && item->key.starts_with(prefix_) ? item : nullptr;
  }

  std::string_view prefix_;
  Layers::Cursor cursor_;
};

}  // namespace

StoreResult<std::optional<Entry>> LayeredView::Get(std::string_view key) const {
  const Layer::Item* item = layers_.Find(key);
  if (item == nullptr) return snapshot_.Get(key);
  if (!item->value) return std::nullopt;
  return Entry{.value = *item->value, .revision = item->revision};
}

StoreResult<> LayeredView::Scan(std::string_view prefix, std::string_view after, const Reader::Visitor& visit) const {
  LayersInRange changed(layers_, prefix, after);
  if (changed.empty()) return snapshot_.Scan(prefix, after, visit);
  bool stopped = false;
  TRY(snapshot_.Scan(prefix, after, [&](std::string_view key, const Entry& entry) {
    stopped = !changed.VisitUntil(key, visit);
    if (stopped) return false;
    const Layer::Item* item = changed.Take(key);
    if (item == nullptr) {
      stopped = !visit(key, entry);
    } else if (item->value) {
      stopped = !visit(item->key, Entry{.value = *item->value, .revision = item->revision});
    }
    return !stopped;
  }));
  if (!stopped) changed.VisitUntil(std::nullopt, visit);
  return {};
}

}  // namespace claviger::store
