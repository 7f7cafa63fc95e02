#include "federation/web_identity.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "aws/account_id.h"
#include "aws/arn.h"
#include "base/text.h"
#include "federation/session_claims.h"
#include "gen/claim_keys.h"

namespace claviger::federation {
namespace {

using codec::JsonValue;

constexpr std::string_view kRolesClaim = "https://aws.amazon.com/roles";
constexpr std::chrono::seconds kLeeway{300};
constexpr std::size_t kSubjectBytesMax = 255;
constexpr std::size_t kClaimBytesMax = 1024;

Failure<Error> Invalid(std::string text) { return Fail(ErrorCode::kInvalidIdentityToken, std::move(text)); }

Failure<Error> Missing(std::string_view claim) {
  return Invalid("Missing a required claim: " + std::string(claim) + ".");
}

Result<std::string> RequiredText(const JsonValue& claims, std::string_view name) {
  const JsonValue* value = claims.Find(name);
  if (value == nullptr) return Missing(name);
  if (!value->IsString() || value->text.empty() || value->text.size() > kClaimBytesMax) return NotValidated();
  return std::string(value->text);
}

Result<std::int64_t> RequiredTime(const JsonValue& claims, std::string_view name) {
  const JsonValue* value = claims.Find(name);
  if (value == nullptr) return Missing(name);
  const auto seconds = IntegerOf(value);
  if (!seconds || *seconds < 0) return NotValidated();
  return *seconds;
}

// A text, or a list of them; empty when it is neither.
std::vector<std::string> Texts(const JsonValue* value) {
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  if (value->IsString()) texts.emplace_back(value->text);
  for (const JsonValue& item : value->items) {
    if (!item.IsString()) return {};
    texts.emplace_back(item.text);
  }
  return texts;
}

// The one whom the token is for: who asked for it, where the token says so.
Result<> ReadAudience(const JsonValue& claims, WebIdentity& identity) {
  const JsonValue* audience = claims.Find("aud");
  const JsonValue* party = claims.Find("azp");
  if (audience == nullptr && party == nullptr) return Missing("aud");
  const std::vector<std::string> audiences = Texts(audience);
  if (audience != nullptr && audiences.empty()) return NotValidated();
  if (party != nullptr) {
    identity.audience = TRY(RequiredText(claims, "azp"));
    if (!audiences.empty()) identity.original_audience = audiences.front();
    return {};
  }
  if (audiences.size() > 1) {
    return Invalid("Token audience contains more than one audience while authorized party is not present");
  }
  identity.audience = audiences.front();
  if (identity.audience.empty() || identity.audience.size() > kClaimBytesMax) return NotValidated();
  return {};
}

bool IsOf(const ClaimKey& key, std::string_view issuer) {
  if (!key.issuer_varies) return issuer == key.issuer_front;
  return issuer.size() > key.issuer_front.size() + key.issuer_back.size() && issuer.starts_with(key.issuer_front) &&
         issuer.ends_with(key.issuer_back);
}

// The claim of this name; "a/b" may be its whole name, or b within a.
const JsonValue* FindClaim(const JsonValue& claims, std::string_view name) {
  if (const JsonValue* whole = claims.Find(name)) return whole;
  const std::size_t slash = name.find('/');
  const JsonValue* outer = slash == std::string_view::npos ? nullptr : claims.Find(name.substr(0, slash));
  return outer == nullptr ? nullptr : outer->Find(name.substr(slash + 1));
}

// What policies compare a claim by. Empty for what has no text.
std::vector<std::string> Values(const JsonValue* claim) {
  if (claim != nullptr && (claim->kind == codec::JsonKind::kNumber || claim->kind == codec::JsonKind::kBool)) {
    return {std::string(claim->text)};
  }
  return Texts(claim);
}

std::vector<IdentityKey> KeysOf(const WebIdentityToken& token, std::string_view issuer) {
  const JsonValue& claims = token.jwt.claims.root();
  const std::string front = std::string(issuer) + ":";
  std::vector<IdentityKey> keys;
  const auto add = [&](std::string_view name, std::vector<std::string> values) {
    if (values.empty()) return;
    keys.push_back({.name = front + std::string(name), .values = std::move(values)});
  };
  add("aud", {token.identity.audience});
  if (!token.identity.original_audience.empty()) add("oaud", Texts(claims.Find("aud")));
  add("sub", {token.identity.subject});
  add("amr", Texts(claims.Find("amr")));
  for (const ClaimKey& key : gen::kClaimKeys) {
    if (!IsOf(key, issuer)) continue;
    const std::string name = front + std::string(key.claim);
    auto known = std::ranges::find(keys, name, &IdentityKey::name);
    if (known == keys.end()) {
      add(key.claim, Values(FindClaim(claims, key.claim)));
      known = std::ranges::find(keys, name, &IdentityKey::name);
    }
    if (known != keys.end()) known->stays = key.stays;
  }
  return keys;
}

// A role by its literal ARN: wildcards are no way to list several.
bool IsRoleArn(std::string_view text) {
  const auto arn = Arn::Parse(text);
  return arn && arn->service == "iam" && arn->region.empty() && AccountId::Parse(arn->account) &&
         arn->resource.starts_with("role/") && arn->resource.find_first_of(":;*?") == std::string_view::npos;
}

}  // namespace

Failure<Error> NotValidated() {
  return Invalid(
      "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for "
      "requirements.");
}

Result<WebIdentityToken> ParseWebIdentityToken(std::string_view token) {
  auto jwt = ParseJwt(token);
  if (!jwt.ok()) {
    if (jwt.error() == JwtProblem::kUnsupported) return NotValidated();
    return Invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
  }
  const JsonValue& claims = jwt->claims.root();
  WebIdentity identity;
  identity.issuer = TRY(RequiredText(claims, "iss"));
  TRY(ReadAudience(claims, identity));
  identity.subject = TRY(RequiredText(claims, "sub"));
  identity.expires = TRY(RequiredTime(claims, "exp"));
  identity.issued = TRY(RequiredTime(claims, "iat"));
  if (claims.Find("nbf") != nullptr) identity.not_before = TRY(RequiredTime(claims, "nbf"));
  if (identity.subject.size() > kSubjectBytesMax) return NotValidated();
  return WebIdentityToken{.jwt = std::move(jwt).value(), .identity = std::move(identity)};
}

Result<> CheckTime(const WebIdentity& identity, TimePoint now) {
  const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  if (seconds - kLeeway.count() >= identity.expires) {
    return Fail(ErrorCode::kExpiredTokenException, "Token expired: current date/time " + std::to_string(seconds) +
                                                       " must be before the expiration date/time " +
                                                       std::to_string(identity.expires));
  }
  const std::int64_t begins = std::max(identity.issued, identity.not_before.value_or(0));
  if (begins - kLeeway.count() > seconds) return NotValidated();
  return {};
}

Result<Outsider> ToOutsider(const WebIdentityToken& token, std::string_view provider_arn,
                            std::string_view provider_name) {
  Outsider outsider{.provider = std::string(provider_arn),
                    .user_id = std::string(provider_arn) + ":" + token.identity.audience + ":" + token.identity.subject,
                    .subject = token.identity.subject,
                    .keys = KeysOf(token, provider_name)};
  TRY(ReadSessionClaims(token.jwt.claims.root(), outsider));
  return outsider;
}

Result<bool> ListsRole(const WebIdentityToken& token, std::string_view role_arn) {
  const JsonValue* claim = token.jwt.claims.root().Find(kRolesClaim);
  if (claim == nullptr || claim->kind == codec::JsonKind::kNull) return false;
  if (!claim->IsString() && !claim->IsArray()) return Invalid("The roles claim is not in a supported format");
  bool any = false;
  bool listed = false;
  const auto add = [&](std::string_view text) {
    text = TrimSpace(text);
    any = any || IsRoleArn(text);
    listed = listed || (text == role_arn && IsRoleArn(text));
  };
  for (const JsonValue& item : claim->items) {
    if (item.IsString()) add(item.text);
  }
  // A text may list several, with semicolons in between.
  for (std::string_view rest = claim->IsString() ? claim->text : std::string_view(); !rest.empty();) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    add(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!any) return Invalid("The roles claim contains no valid role ARNs");
  if (!listed) return Invalid("The target role ARN is not present in the roles claim of the identity token");
  return true;
}

}  // namespace claviger::federation
