// Changes in memory that are on their way into LMDB: every version of every key changed, in order.
//
// One thread adds; any number read meanwhile, without locks, each up to a revision of its own. What is added under a
// revision must all be there before anybody reads up to that revision. Nothing is taken away but with the whole layer.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace claviger::store {

class Layer {
  struct Node;

 public:
  struct Item {
    std::string_view key;
    std::optional<std::string_view> value;  // nullopt: deleted.
    Revision revision;
  };

  // Holds changes made after `base`.
  explicit Layer(Revision base) : base_(base), head_(NewNode({}, kHeightMax)) {}
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  Revision base() const { return base_; }

  // Copies the bytes. Of one key and revision, what was put last counts. REQUIRES: one thread at a time.
  void Put(const Item& item);
  // The newest version of `key` up to `revision`; nullptr when there is none.
  const Item* Find(std::string_view key, Revision revision) const;

  // For the thread that adds, or when nobody does.
  bool empty() const { return items_ == 0; }
  std::size_t items() const { return items_; }
  std::size_t value_bytes() const { return value_bytes_; }

  // Walks the newest versions up to a revision, in the order of keys. REQUIRES: the layer outlives it.
  class Cursor {
   public:
    // Begins at the first key that is `from` or greater.
    Cursor(const Layer& layer, std::string_view from, Revision revision);
    // nullptr at the end.
    const Item* item() const { return item_; }
    // REQUIRES: item().
    void Next();

   private:
    // Moves on from `node` to the first version that counts.
    void Settle(const Node* node);

    const Node* node_ = nullptr;
    const Item* item_ = nullptr;
    Revision revision_;
  };

 private:
  // A skip list: each node is on level 0, every fourth of a level's also on the next. By key, then newest first.
  static constexpr int kHeightMax = 12;
  static constexpr std::size_t kChunkBytesMin = 4 << 10;
  static constexpr std::size_t kChunkBytesMax = 256 << 10;

  // In memory it is followed by its links, one for each level it is on, and then by the bytes of key and value.
  struct Node {
    Item item;
  };
  using Link = std::atomic<Node*>;

  static Link& LinkOf(Node* node, int level) { return reinterpret_cast<Link*>(node + 1)[level]; }
  static const Node* Next(const Node* node, int level) {
    return reinterpret_cast<const Link*>(node + 1)[level].load(std::memory_order_acquire);
  }
  // Whether the item of `node` comes before everything of `key` that is not newer than `revision`.
  static bool Before(const Node* node, std::string_view key, Revision revision);
  // The first node that does not come before.
  const Node* Seek(std::string_view key, Revision revision) const;

  Node* NewNode(const Item& item, int height);
  char* Allocate(std::size_t bytes);
  int RandomHeight();

  const Revision base_;
  std::vector<std::unique_ptr<char[]>> chunks_;  // NOLINT(modernize-avoid-c-arrays): of a size not known here.
  char* end_ = nullptr;                          // Of the newest chunk.
  std::size_t chunk_left_ = 0;
  std::size_t chunk_bytes_ = kChunkBytesMin;
  std::size_t items_ = 0;
  std::size_t value_bytes_ = 0;
  std::uint64_t dice_ = 0x9e3779b97f4a7c15;
  Node* head_;
};

}  // namespace claviger::store
