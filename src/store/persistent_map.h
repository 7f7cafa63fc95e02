// An ordered map of which every version stays as it was: a change makes a new version that shares all untouched parts.
// Copying is one pointer; distinct copies may be used from distinct threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "store/store.h"

namespace claviger::store {

class PersistentMap {
  struct Node;

 public:
  struct Item {
    std::string key;
    std::string value;
    Revision revision;
  };

  // nullptr when absent. Valid as long as any version that holds the item.
  const Item* Find(std::string_view key) const;
  // Adds, or replaces what has the same key. O(log n), as Erase is.
  void Put(Item item);
  // Returns false when there was nothing.
  bool Erase(std::string_view key);

  // Walks the items in order. REQUIRES: the map outlives it unchanged.
  class Cursor {
   public:
    // Begins at the first item whose key is `from` or greater.
    Cursor(const PersistentMap& map, std::string_view from);
    // nullptr at the end.
    const Item* item() const { return item_; }
    // REQUIRES: item().
    void Next();

   private:
    // An AVL tree this high has more than 2^40 nodes.
    static constexpr std::size_t kHeightMax = 64;

    std::array<const Node*, kHeightMax> path_;  // Ancestors still to be visited, the current node last.
    std::size_t depth_ = 0;
    const Item* item_ = nullptr;
  };

 private:
  using Tree = std::shared_ptr<const Node>;
  using SharedItem = std::shared_ptr<const Item>;

  // An AVL tree: no input, however chosen, makes it deep.
  struct Node {
    SharedItem item;  // Shared, so that copying a path copies no keys and values.
    Tree left;
    Tree right;
    std::uint8_t height;
  };

  static int Height(const Tree& tree) { return tree ? tree->height : 0; }
  static Tree Join(SharedItem item, Tree left, Tree right);
  // REQUIRES: the heights differ by at most 2.
  static Tree Balance(SharedItem item, Tree left, Tree right);
  static Tree With(const Tree& tree, SharedItem item);
  // REQUIRES: the tree holds `key`.
  static Tree Without(const Tree& tree, std::string_view key);
  static Tree WithoutFirst(const Tree& tree);

  Tree root_;
};

}  // namespace claviger::store
