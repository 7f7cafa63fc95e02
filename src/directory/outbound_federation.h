// Whether tokens for services outside may be made in an account, and in whose name. One attempt's view.
#pragma once

#include <optional>
#include <string>

#include "directory/context.h"

namespace claviger::directory {

struct OutboundFederation {
  std::string issuer_id;  // Part of the issuer's address; once given it stays the account's.
  bool enabled = false;
};

// nullopt: never enabled.
Result<std::optional<OutboundFederation>> FindOutboundFederation(const Context& context);
void PutOutboundFederation(const Context& context, const OutboundFederation& federation);

}  // namespace claviger::directory
