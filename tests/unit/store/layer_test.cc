#include "store/layer.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "store/layers.h"

namespace claviger::store {
namespace {

// What a layer must say: the versions of each key.
using Model = std::map<std::string, std::map<Revision, std::optional<std::string>>>;
using Walk = std::vector<std::pair<std::string, std::string>>;

std::string Text(const std::optional<std::string_view>& value) { return value ? std::string(*value) : "deleted"; }

std::string FindIn(const Model& model, const std::string& key, Revision revision) {
  const auto versions = model.find(key);
  if (versions == model.end()) return "unknown";
  const auto after = versions->second.upper_bound(revision);
  return after == versions->second.begin() ? "unknown" : Text(std::prev(after)->second);
}

std::string FindIn(const Layers& layers, const std::string& key) {
  const Layer::Item* item = layers.Find(key);
  return item == nullptr ? "unknown" : Text(item->value);
}

Walk WalkOf(const Model& model, const std::string& from, Revision revision) {
  Walk walk;
  for (auto key = model.lower_bound(from); key != model.end(); ++key) {
    if (const std::string value = FindIn(model, key->first, revision); value != "unknown") {
      walk.emplace_back(key->first, value);
    }
  }
  return walk;
}

Walk WalkOf(const Layers& layers, const std::string& from) {
  Walk walk;
  for (Layers::Cursor cursor(layers, from); cursor.item() != nullptr; cursor.Next()) {
    walk.emplace_back(cursor.item()->key, Text(cursor.item()->value));
  }
  return walk;
}

TEST(Layer, BeginsEmpty) {
  const Layer layer(7);
  EXPECT_EQ(layer.base(), 7U);
  EXPECT_TRUE(layer.empty());
  EXPECT_EQ(layer.Find("a", 100), nullptr);
  EXPECT_EQ(Layer::Cursor(layer, "", 100).item(), nullptr);
}

TEST(Layer, OfOneRevisionTheLastCounts) {
  Layer layer(0);
  layer.Put({.key = "a", .value = "1", .revision = 1});
  layer.Put({.key = "a", .value = std::nullopt, .revision = 1});
  layer.Put({.key = "a", .value = "3", .revision = 1});
  const Layers layers{.newest_first = {&layer}, .revision = 1};
  EXPECT_EQ(FindIn(layers, "a"), "3");
  EXPECT_EQ(WalkOf(layers, ""), (Walk{{"a", "3"}}));
}

TEST(Layer, KeepsItsOwnCopies) {
  Layer layer(0);
  std::string key = "a key";
  std::string value(100000, 'v');
  layer.Put({.key = key, .value = value, .revision = 1});
  key.assign(5, '#');
  value.assign(100000, '#');
  EXPECT_EQ(layer.Find("a key", 1)->value, std::string(100000, 'v'));
  EXPECT_EQ(layer.value_bytes(), 100000U);
}

TEST(Layers, AreAsAModelAtEveryRevision) {
  std::mt19937_64 random(11);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same at every run.
  Layer older(0);
  Layer newer(500);
  Model model;
  for (Revision revision = 1; revision <= 1000; ++revision) {
    Layer& layer = revision <= 500 ? older : newer;
    for (std::uint64_t changes = random() % 4; changes > 0; --changes) {
      const std::string key = std::to_string(random() % 60);
      std::optional<std::string> value;
      if (random() % 3 != 0) value = std::string(random() % 300, 'v') + std::to_string(revision);
      layer.Put({.key = key, .value = value, .revision = revision});
      model[key][revision] = value;
    }
    const Revision seen = random() % (revision + 1);
    const Layers layers{.newest_first = {&newer, nullptr, &older}, .revision = seen};
    const std::string key = std::to_string(random() % 60);
    ASSERT_EQ(FindIn(layers, key), FindIn(model, key, seen));
    ASSERT_EQ(WalkOf(layers, key), WalkOf(model, key, seen));
  }
}

TEST(Layer, IsReadWhileItGrows) {
  Layer layer(0);
  std::atomic<Revision> published = 0;
  constexpr Revision last = 3000;
  std::thread reading([&] {
    std::mt19937_64 random(3);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same at every run.
    while (published < last) {
      const Revision revision = published.load(std::memory_order_acquire);
      const Layers layers{.newest_first = {&layer}, .revision = revision};
      // Every revision writes one of a hundred keys, and a count of all that are there.
      const std::string expected = revision == 0 ? "unknown" : std::to_string(revision);
      ASSERT_EQ(FindIn(layers, "count"), expected);
      std::size_t keys = 0;
      for (Layers::Cursor cursor(layers, "k"); cursor.item() != nullptr; cursor.Next()) ++keys;
      ASSERT_EQ(keys, std::min<std::size_t>(revision, 100));
    }
  });
  for (Revision revision = 1; revision <= last; ++revision) {
    layer.Put({.key = "k" + std::to_string(revision % 100), .value = "v", .revision = revision});
    layer.Put({.key = "count", .value = std::to_string(revision), .revision = revision});
    published.store(revision, std::memory_order_release);
  }
  reading.join();
}

}  // namespace
}  // namespace claviger::store
