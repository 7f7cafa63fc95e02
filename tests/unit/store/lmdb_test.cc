#include "store/lmdb.h"

#include "suites/store_suite.h"

namespace claviger::store {
namespace {

struct OnDisk {
  static std::unique_ptr<Store> Open(const std::filesystem::path& directory) { return OpenLmdb(directory).value(); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Lmdb, StoreSuite, OnDisk);

}  // namespace
}  // namespace claviger::store
