// Whether tokens for services outside may be made in an account, and in whose name. One attempt's view.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "directory/context.h"

namespace claviger::directory {

struct OutboundFederation {
  std::string issuer_id;  // Part of the issuer's address; once given it stays the account's.
  bool enabled = false;
};

// nullopt: never enabled.
Result<std::optional<OutboundFederation>> FindOutboundFederation(const Context& context);
void PutOutboundFederation(const Context& context, const OutboundFederation& federation);

// The account that is the issuer of this id, in the whole installation.
Result<std::optional<AccountId>> FindTokenIssuer(store::Transaction& transaction, std::string_view issuer_id);

}  // namespace claviger::directory
