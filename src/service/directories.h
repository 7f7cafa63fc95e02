// Directories of any account over one event loop's means. Plain references; whoever holds one must be outlived by them.
#pragma once

#include "directory/directory.h"

namespace claviger::service {

struct Directories {
  const directory::Keys& keys;
  const directory::Quotas& quotas;
  const directory::Catalogue& catalogue;
  Random& random;
  const directory::ServiceCatalogue& services = directory::BuiltinServices();

  [[nodiscard]] directory::Context ContextOf(store::Transaction& transaction, AccountId account) const {
    return {.transaction = transaction,
            .account = account,
            .keys = keys,
            .quotas = quotas,
            .random = random,
            .catalogue = catalogue,
            .services = services};
  }
  [[nodiscard]] directory::Directory Of(store::Transaction& transaction, AccountId account) const {
    return directory::Directory(ContextOf(transaction, account));
  }
};

}  // namespace claviger::service
