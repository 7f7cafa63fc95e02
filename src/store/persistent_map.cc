#include "store/persistent_map.h"

#include <algorithm>
#include <utility>

namespace claviger::store {

const PersistentMap::Item* PersistentMap::Find(std::string_view key) const {
  const Node* node = root_.get();
  while (node != nullptr) {
    const int order = key.compare(node->item->key);
    if (order == 0) return node->item.get();
    node = order < 0 ? node->left.get() : node->right.get();
  }
  return nullptr;
}

void PersistentMap::Put(Item item) { root_ = With(root_, std::make_shared<const Item>(std::move(item))); }

bool PersistentMap::Erase(std::string_view key) {
  if (Find(key) == nullptr) return false;
  root_ = Without(root_, key);
  return true;
}

PersistentMap::Tree PersistentMap::Join(SharedItem item, Tree left, Tree right) {
  const int height = std::max(Height(left), Height(right)) + 1;
  return std::make_shared<const Node>(
      Node{std::move(item), std::move(left), std::move(right), static_cast<std::uint8_t>(height)});
}

PersistentMap::Tree PersistentMap::Balance(SharedItem item, Tree left, Tree right) {
  const int lean = Height(left) - Height(right);
  if (lean > 1) {
    if (Height(left->left) >= Height(left->right)) {
      return Join(left->item, left->left, Join(std::move(item), left->right, std::move(right)));
    }
    const Tree& middle = left->right;
    return Join(middle->item, Join(left->item, left->left, middle->left),
                Join(std::move(item), middle->right, std::move(right)));
  }
  if (lean < -1) {
    if (Height(right->right) >= Height(right->left)) {
      return Join(right->item, Join(std::move(item), std::move(left), right->left), right->right);
    }
    const Tree& middle = right->left;
    return Join(middle->item, Join(std::move(item), std::move(left), middle->left),
                Join(right->item, middle->right, right->right));
  }
  return Join(std::move(item), std::move(left), std::move(right));
}

PersistentMap::Tree PersistentMap::With(const Tree& tree, SharedItem item) {
  if (!tree) return Join(std::move(item), nullptr, nullptr);
  const int order = item->key.compare(tree->item->key);
  if (order == 0) return Join(std::move(item), tree->left, tree->right);
  if (order < 0) return Balance(tree->item, With(tree->left, std::move(item)), tree->right);
  return Balance(tree->item, tree->left, With(tree->right, std::move(item)));
}

PersistentMap::Tree PersistentMap::Without(const Tree& tree, std::string_view key) {
  const int order = key.compare(tree->item->key);
  if (order < 0) return Balance(tree->item, Without(tree->left, key), tree->right);
  if (order > 0) return Balance(tree->item, tree->left, Without(tree->right, key));
  if (!tree->left) return tree->right;
  if (!tree->right) return tree->left;
  const Node* successor = tree->right.get();
  while (successor->left) successor = successor->left.get();
  return Balance(successor->item, tree->left, WithoutFirst(tree->right));
}

PersistentMap::Tree PersistentMap::WithoutFirst(const Tree& tree) {
  if (!tree->left) return tree->right;
  return Balance(tree->item, WithoutFirst(tree->left), tree->right);
}

PersistentMap::Cursor::Cursor(const PersistentMap& map, std::string_view from) {
  const Node* node = map.root_.get();
  while (node != nullptr) {
    if (from <= node->item->key) {
      path_[depth_++] = node;
      node = node->left.get();
    } else {
      node = node->right.get();
    }
  }
  if (depth_ > 0) item_ = path_[depth_ - 1]->item.get();
}

void PersistentMap::Cursor::Next() {
  const Node* node = path_[--depth_]->right.get();
  while (node != nullptr) {
    path_[depth_++] = node;
    node = node->left.get();
  }
  item_ = depth_ == 0 ? nullptr : path_[depth_ - 1]->item.get();
}

}  // namespace claviger::store
