#include "store/persistent_map.h"

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace claviger::store {
namespace {

using Model = std::map<std::string, std::string>;

Model Contents(const PersistentMap& map, std::string_view from = "") {
  Model contents;
  std::string last;
  for (PersistentMap::Cursor cursor(map, from); cursor.item() != nullptr; cursor.Next()) {
    EXPECT_TRUE(contents.empty() || last < cursor.item()->key);
    last = cursor.item()->key;
    contents.emplace(last, cursor.item()->value);
  }
  return contents;
}

TEST(PersistentMap, HoldsWhatAMapHolds) {
  std::mt19937_64 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same at every run.
  PersistentMap map;
  Model model;
  for (int i = 0; i < 10000; ++i) {
    const std::string key = std::to_string(random() % 400);
    if (random() % 2 == 0) {
      map.Put({key, std::to_string(i), 1});
      model[key] = std::to_string(i);
    } else {
      EXPECT_EQ(map.Erase(key), model.erase(key) > 0);
    }
    const PersistentMap::Item* found = map.Find(key);
    ASSERT_EQ(found != nullptr, model.contains(key));
    if (i % 500 != 0) continue;
    ASSERT_EQ(Contents(map), model);
    ASSERT_EQ(Contents(map, key), Model(model.lower_bound(key), model.end()));
  }
}

TEST(PersistentMap, OldVersionsStayAsTheyWere) {
  std::mt19937_64 random(2);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same at every run.
  PersistentMap map;
  Model model;
  std::vector<std::pair<PersistentMap, Model>> versions;
  for (int i = 0; i < 2000; ++i) {
    const std::string key = std::to_string(random() % 100);
    if (random() % 3 != 0) {
      map.Put({key, std::to_string(i), 1});
      model[key] = std::to_string(i);
    } else {
      map.Erase(key);
      model.erase(key);
    }
    if (i % 20 == 0) versions.emplace_back(map, model);
  }
  for (const auto& [version, contents] : versions) EXPECT_EQ(Contents(version), contents);
}

TEST(PersistentMap, StaysShallowWhateverTheOrder) {
  // A cursor has room for a path of 64: a tree without balance would need 10000 here.
  PersistentMap ascending;
  PersistentMap descending;
  for (int i = 0; i < 10000; ++i) {
    ascending.Put({std::to_string(100000 + i), "", 1});
    descending.Put({std::to_string(100000 - i), "", 1});
  }
  EXPECT_EQ(Contents(ascending).size(), 10000U);
  EXPECT_EQ(Contents(descending).size(), 10000U);
  for (int i = 0; i < 9990; ++i) ASSERT_TRUE(ascending.Erase(std::to_string(100000 + i)));
  EXPECT_EQ(Contents(ascending).size(), 10U);
}

}  // namespace
}  // namespace claviger::store
