// Layers on top of each other, read as one. Not thread-safe, but over layers that others add to.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "store/layer.h"
#include "store/store.h"

namespace claviger::store {

inline constexpr std::size_t kLayersMax = 3;

struct Layers {
  std::array<const Layer*, kLayersMax> newest_first{};  // Null: none.
  Revision revision = 0;                                // What is newer does not count.

  // nullptr when no layer knows of `key`. An item without a value says that it was deleted.
  const Layer::Item* Find(std::string_view key) const;

  // Walks the newest version of each key, in order. REQUIRES: the layers outlive it.
  class Cursor {
   public:
    // Begins at the first key that is `from` or greater.
    Cursor(const Layers& layers, std::string_view from);
    // nullptr at the end.
    const Layer::Item* item() const { return item_; }
    // REQUIRES: item().
    void Next();

   private:
    void Settle();

    std::array<std::optional<Layer::Cursor>, kLayersMax> cursors_;
    const Layer::Item* item_ = nullptr;
  };
};

}  // namespace claviger::store
