// What an account publishes as an issuer of web identity tokens: its discovery document and its keys, for whoever wants
// to verify a token. Unsigned, and the same for all. Source: OpenID Connect Discovery 1.0 and "Getting started with
// outbound identity federation" in the IAM User Guide.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/error.h"
#include "directory/context.h"
#include "http/message.h"

namespace claviger::service {

struct TokenIssuerPath {
  std::string issuer_id;
  bool keys = false;  // Else the discovery document.
};

// nullopt for requests about anything else.
std::optional<TokenIssuerPath> ParseTokenIssuerPath(const http::Request& request);

// `base` is the address below which issuers are. Errors: those of the store. Nothing published is status 404.
Result<> Publish(const TokenIssuerPath& asked, const directory::Context& context, std::string_view base,
                 http::Response& response);

}  // namespace claviger::service
