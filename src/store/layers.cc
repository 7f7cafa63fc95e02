#include "store/layers.h"

namespace claviger::store {

const Layer::Item* Layers::Find(std::string_view key) const {
  for (const Layer* layer : newest_first) {
    if (layer == nullptr) continue;
    if (const Layer::Item* item = layer->Find(key, revision)) return item;
  }
  return nullptr;
}

Layers::Cursor::Cursor(const Layers& layers, std::string_view from) {
  for (std::size_t i = 0; i < kLayersMax; ++i) {
    if (const Layer* layer = layers.newest_first[i]) cursors_[i].emplace(*layer, from, layers.revision);
  }
  Settle();
}

void Layers::Cursor::Next() {
  const std::string_view key = item_->key;
  for (auto& cursor : cursors_) {
    if (cursor && cursor->item() != nullptr && cursor->item()->key == key) cursor->Next();
  }
  Settle();
}

void Layers::Cursor::Settle() {
  item_ = nullptr;
  for (const auto& cursor : cursors_) {
    if (!cursor || cursor->item() == nullptr) continue;
    // Of the same key in two layers, the one seen first is newer.
    if (item_ == nullptr || cursor->item()->key < item_->key) item_ = cursor->item();
  }
}

}  // namespace claviger::store
