#include "store/layer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace claviger::store {

void Layer::Put(const Item& item) {
  std::array<Node*, kHeightMax> before;
  Node* node = head_;
  for (int level = kHeightMax - 1; level >= 0; --level) {
    Node* next = LinkOf(node, level).load(std::memory_order_relaxed);
    while (next != nullptr && Before(next, item.key, item.revision)) {
      node = next;
      next = LinkOf(node, level).load(std::memory_order_relaxed);
    }
    before[level] = node;
  }
  const int height = RandomHeight();
  Node* added = NewNode(item, height);
  for (int level = 0; level < height; ++level) {
    Link& link = LinkOf(before[level], level);
    LinkOf(added, level).store(link.load(std::memory_order_relaxed), std::memory_order_relaxed);
    link.store(added, std::memory_order_release);  // From here on readers come past it.
  }
  ++items_;
  value_bytes_ += item.value ? item.value->size() : 0;
}

const Layer::Item* Layer::Find(std::string_view key, Revision revision) const {
  const Node* node = Seek(key, revision);
  return node != nullptr && node->item.key == key ? &node->item : nullptr;
}

bool Layer::Before(const Node* node, std::string_view key, Revision revision) {
  const int order = node->item.key.compare(key);
  return order < 0 || (order == 0 && node->item.revision > revision);
}

const Layer::Node* Layer::Seek(std::string_view key, Revision revision) const {
  const Node* node = head_;
  const Node* next = nullptr;
  for (int level = kHeightMax - 1; level >= 0; --level) {
    const Node* passed = next;  // Known not to come before: no need to compare again.
    next = Next(node, level);
    while (next != nullptr && next != passed && Before(next, key, revision)) {
      node = next;
      next = Next(node, level);
    }
  }
  return next;
}

Layer::Node* Layer::NewNode(const Item& item, int height) {
  const std::size_t node_bytes = sizeof(Node) + height * sizeof(Link);
  const std::size_t value_bytes = item.value ? item.value->size() : 0;
  char* memory = Allocate(node_bytes + item.key.size() + value_bytes);
  char* key = memory + node_bytes;
  char* value = key + item.key.copy(key, item.key.size());
  if (item.value) item.value->copy(value, value_bytes);
  Node* node = new (memory) Node{.item = {.key = {key, item.key.size()}, .revision = item.revision}};
  if (item.value) node->item.value.emplace(value, value_bytes);
  for (int level = 0; level < height; ++level) new (&LinkOf(node, level)) Link(nullptr);
  return node;
}

char* Layer::Allocate(std::size_t bytes) {
  bytes = (bytes + alignof(Node) - 1) / alignof(Node) * alignof(Node);
  if (bytes > chunk_left_) {
    const std::size_t size = std::max(bytes, chunk_bytes_);
    chunks_.emplace_back(new char[size]);
    chunk_left_ = size;
    chunk_bytes_ = std::min(2 * chunk_bytes_, kChunkBytesMax);
    end_ = chunks_.back().get() + size;
  }
  char* memory = end_ - chunk_left_;
  chunk_left_ -= bytes;
  return memory;
}

int Layer::RandomHeight() {
  // Xorshift: no need to be hard to guess, as no order of keys makes the list worse.
  dice_ ^= dice_ << 13;
  dice_ ^= dice_ >> 7;
  dice_ ^= dice_ << 17;
  int height = 1;
  for (std::uint64_t dice = dice_; height < kHeightMax && (dice & 3) == 0; dice >>= 2) ++height;
  return height;
}

Layer::Cursor::Cursor(const Layer& layer, std::string_view from, Revision revision) : revision_(revision) {
  Settle(layer.Seek(from, revision));
}

void Layer::Cursor::Next() {
  // What follows may be older versions of the same key.
  const std::string_view key = item_->key;
  const Node* node = Layer::Next(node_, 0);
  while (node != nullptr && node->item.key == key) node = Layer::Next(node, 0);
  Settle(node);
}

void Layer::Cursor::Settle(const Node* node) {
  while (node != nullptr && node->item.revision > revision_) node = Layer::Next(node, 0);
  node_ = node;
  item_ = node == nullptr ? nullptr : &node->item;
}

}  // namespace claviger::store
