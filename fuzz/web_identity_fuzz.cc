// Whatever the bytes: the parts of a web identity token, its session claims, a key set and a discovery document can be
// read, and no token is verified by keys that only the input itself brought along.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "federation/web_identity.h"
#include "federation/web_keys.h"

namespace federation = claviger::federation;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // The first line is a token, the rest a document.
  const std::size_t line = text.find('\n');
  const std::string_view first = text.substr(0, line);
  const std::string_view rest = line == std::string_view::npos ? std::string_view() : text.substr(line + 1);
  const auto token = federation::ParseWebIdentityToken(first);
  const auto keys = federation::WebKeys::Parse(rest);
  if (token.ok()) {
    if (token->identity.issuer.empty() || token->identity.audience.empty()) std::abort();
    static_cast<void>(federation::CheckTime(token->identity, claviger::TimePoint(std::chrono::seconds(1769860800))));
    const auto outsider = federation::ToOutsider(*token, "arn:aws:iam::111122223333:oidc-provider/i", "i");
    if (outsider.ok() && outsider->tags.size() > 50) std::abort();
    const auto listed = federation::ListsRole(*token, "arn:aws:iam::111122223333:role/r");
    const std::string_view roles = "https://aws.amazon.com/roles";
    if (listed.ok() && *listed && token->jwt.claims.root().Find(roles) == nullptr) std::abort();
    if (keys) static_cast<void>(keys->Verify(token->jwt));
  }
  static_cast<void>(federation::ParseDiscovery(rest, "https://issuer.example"));
  return 0;
}
