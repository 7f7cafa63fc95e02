// OpenID Connect providers at rest. One attempt's view; not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"
#include "base/clock.h"
#include "directory/named.h"

namespace claviger::directory {

struct OidcProvider {
  std::string id;          // Ours alone: AWS shows none.
  std::string path = "/";  // Always: its ARN has none.
  std::string name;        // The issuer without `https://`: OidcProviderName.
  TimePoint created;
  std::vector<Tag> tags;                 // In the order given.
  std::vector<std::string> client_ids;   // In the order given; each once.
  std::vector<std::string> thumbprints;  // In lower case; none: the issuer's own certificate must be trusted.
};

// What the provider of an issuer is called: its URL without `https://`, and without the port that goes without saying.
std::string OidcProviderName(std::string_view url);

extern template class Named<OidcProvider>;

class OidcProviders : public Named<OidcProvider> {
 public:
  using Named::Named;

  [[nodiscard]] std::string ArnOf(const OidcProvider& provider) const;
  // The provider of exactly this ARN. Letter case counts, because it does where policies name it.
  Result<std::optional<OidcProvider>> FindByArn(std::string_view arn);
};

}  // namespace claviger::directory
