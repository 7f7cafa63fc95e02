#include "store/memory.h"

#include "suites/store_suite.h"

namespace claviger::store {
namespace {

struct InMemory {
  static std::unique_ptr<Store> Open(const std::filesystem::path&) { return NewMemoryStore(); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreSuite, InMemory);

}  // namespace
}  // namespace claviger::store
