// SAML providers at rest: what sessions need of them in one small record, the metadata document apart from it.
// One attempt's view; not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/saml_issuer.h"
#include "aws/tag.h"
#include "base/clock.h"
#include "crypto/secret.h"
#include "directory/named.h"

namespace claviger::directory {

// A key that opens encrypted assertions; the key itself only by OpenPrivateKey.
struct SamlPrivateKey {
  std::string id;  // "SAMLPK..."
  TimePoint added;
  std::string sealed;
};

struct SamlProvider {
  std::string id;          // "SAMLSP...": its UUID.
  std::string path = "/";  // Always: its ARN has none.
  std::string name;
  TimePoint created;
  std::vector<Tag> tags;  // In the order given.
  TimePoint valid_until;
  bool encryption_required = false;  // Else an assertion may be encrypted, or not.
  std::vector<SamlIssuer> issuers;
  std::vector<SamlPrivateKey> private_keys;  // Oldest first.
};

extern template class Named<SamlProvider>;

class SamlProviders : public Named<SamlProvider> {
 public:
  using Named::Named;

  [[nodiscard]] std::string ArnOf(const SamlProvider& provider) const;
  // The provider of exactly this ARN. Letter case counts, because it does where policies name it.
  Result<std::optional<SamlProvider>> FindByArn(std::string_view arn);

  // EntityAlreadyExists; LimitExceeded.
  Result<> Insert(const SamlProvider& provider, std::string_view metadata);
  // With its metadata.
  Result<> Remove(const SamlProvider& provider);
  Result<std::string> GetMetadata(const SamlProvider& provider);
  void PutMetadata(const SamlProvider& provider, std::string_view metadata);

  // A key for `provider`, sealed, which is the caller's to add and to store.
  [[nodiscard]] SamlPrivateKey SealPrivateKey(const SamlProvider& provider, std::string id, TimePoint now,
                                              std::string_view pem) const;
  // As PEM. Fails when it is not what SealPrivateKey made for this provider.
  [[nodiscard]] Result<crypto::Secret> OpenPrivateKey(const SamlProvider& provider, const SamlPrivateKey& key) const;
};

}  // namespace claviger::directory
