#include "federation/issuer_keys.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "crypto/fingerprint.h"

namespace claviger::federation {
namespace {

constexpr std::size_t kIssuersMax = 4096;
// Keys are asked for again after this time, and go on counting until the last when the issuer cannot be reached.
constexpr std::chrono::hours kFresh{1};
constexpr std::chrono::hours kUsable{24};
// An issuer is not asked more often than this, whatever tokens say and however it fails.
constexpr std::chrono::seconds kPause{15};

std::string NameOf(const Issuer& issuer) {
  std::vector<std::string> thumbprints = issuer.thumbprints;
  std::ranges::sort(thumbprints);
  std::string name = issuer.url;
  for (const std::string& thumbprint : thumbprints) name += '\n' + thumbprint;
  return name;
}

Failure<Error> NoKeys() {
  return Fail(ErrorCode::kInvalidIdentityToken,
              "Couldn't retrieve verification key from your identity provider,  please reference "
              "AssumeRoleWithWebIdentity documentation for requirements");
}

Failure<Error> ToError(FetchProblem problem) {
  switch (problem) {
    case FetchProblem::kUnreachable:
      return Fail(ErrorCode::kIDPCommunicationError,
                  "Couldn't communicate with your identity provider. Please retry the request.");
    case FetchProblem::kUntrusted:
      return Fail(ErrorCode::kInvalidIdentityToken,
                  "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint");
    case FetchProblem::kUnusable:
      break;
  }
  return NoKeys();
}

std::string DiscoveryUrl(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return std::string(issuer) + "/.well-known/openid-configuration";
}

std::string ThumbprintOf(std::string_view der) { return HexEncode(crypto::Sha1Of(der)); }

Result<WebKeysPointer> Parse(std::string_view json) {
  auto keys = WebKeys::Parse(json);
  if (!keys) return NoKeys();
  return std::make_shared<const WebKeys>(*std::move(keys));
}

}  // namespace

IssuerKeys::IssuerKeys(Sources sources) : sources_(std::move(sources)), known_(kIssuersMax) {}

std::optional<Result<WebKeysPointer>> IssuerKeys::Find(const Issuer& issuer, std::string_view key_id, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const Known* known = known_.Find(NameOf(issuer));
  if (known == nullptr) return std::nullopt;
  const bool usable = known->keys != nullptr && now - known->fetched < kUsable;
  const bool fresh = usable && now - known->fetched < kFresh;
  if (fresh && (key_id.empty() || known->keys->Has(key_id))) return Result<WebKeysPointer>(known->keys);
  if (now - known->attempted >= kPause) return std::nullopt;
  if (usable || !known->failure) return Result<WebKeysPointer>(known->keys);
  return Result<WebKeysPointer>(Failure{*known->failure});
}

Result<WebKeysPointer> IssuerKeys::Get(const Issuer& issuer, std::string_view key_id, TimePoint now) {
  if (auto known = Find(issuer, key_id, now)) return *std::move(known);
  Result<WebKeysPointer> fetched = Fetch(issuer);
  {
    const std::lock_guard lock(mutex_);
    const std::string name = NameOf(issuer);
    Known known;
    if (const Known* before = known_.Find(name)) known = *before;
    known.attempted = now;
    known.failure.reset();
    if (fetched.ok()) {
      known.keys = *fetched;
      known.fetched = now;
    } else {
      known.failure = fetched.error();
    }
    known_.Insert(name, std::move(known));
  }
  if (auto known = Find(issuer, key_id, now)) return *std::move(known);  // What is kept may be of use still.
  return fetched;
}

Result<std::string> IssuerKeys::GetThumbprint(const std::string& url) const {
  if (!sources_.certificates || sources_.files.contains(url)) return std::string();
  const auto unreachable = [&url] {
    return Fail(ErrorCode::kOpenIdIdpCommunicationError, "Could not connect to " + url);
  };
  // 1. The issuer says where its keys are. It may be trusted by the thumbprint only that is looked for: on first use.
  const std::string discovery_url = DiscoveryUrl(url);
  auto discovery = sources_.fetch(discovery_url, {}, kDiscoveryBytesMax);
  if (!discovery.ok() && discovery.error() == FetchProblem::kUntrusted) {
    const auto chain = sources_.certificates(discovery_url);
    if (!chain.ok()) return unreachable();
    discovery = sources_.fetch(discovery_url, {ThumbprintOf(chain->back())}, kDiscoveryBytesMax);
  }
  if (!discovery.ok()) return unreachable();
  const auto place = ParseDiscovery(*discovery, url);
  if (!place) return unreachable();
  // 2. What that server shows last is the top of its chain.
  const auto chain = sources_.certificates(*place);
  if (!chain.ok()) return unreachable();
  return ThumbprintOf(chain->back());
}

Result<WebKeysPointer> IssuerKeys::Fetch(const Issuer& issuer) const {
  if (const auto file = sources_.files.find(issuer.url); file != sources_.files.end()) {
    const auto json = sources_.read_file(file->second);
    return json ? Parse(*json) : Result<WebKeysPointer>(NoKeys());
  }
  const auto discovery = sources_.fetch(DiscoveryUrl(issuer.url), issuer.thumbprints, kDiscoveryBytesMax);
  if (!discovery.ok()) return ToError(discovery.error());
  const auto place = ParseDiscovery(*discovery, issuer.url);
  if (!place) return NoKeys();
  const auto keys = sources_.fetch(*place, issuer.thumbprints, kWebKeysBytesMax);
  if (!keys.ok()) return ToError(keys.error());
  return Parse(*keys);
}

}  // namespace claviger::federation
