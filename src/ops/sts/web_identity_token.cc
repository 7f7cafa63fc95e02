#include "ops/sts/web_identity_token.h"

#include <chrono>
#include <span>
#include <utility>

#include "aws/arn.h"
#include "base/encoding.h"
#include "base/time_text.h"
#include "codec/json_writer.h"
#include "directory/outbound_federation.h"
#include "directory/token_key.h"
#include "gen/sts/operations.h"
#include "ops/sts/session_tags.h"
#include "ops/token_issuer.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using std::chrono::seconds;

constexpr seconds kDurationDefault{300};
// What STS takes of such a token.
constexpr std::size_t kTokenBytesMax = 20'000;

// The address that the account is an issuer by.
Result<std::string> GetIssuer(const OperationContext& context) {
  const auto federation = TRY(directory::FindOutboundFederation(context.directory.context));
  if (federation && federation->enabled) return TokenIssuerUrl(context.token_issuers, federation->issuer_id);
  return Fail(ErrorCode::kOutboundWebIdentityFederationDisabledException,
              "Outbound web identity federation is not enabled for account " + context.account().ToString() + ".");
}

struct SigningKey {
  std::string id;
  crypto::SignatureKey key;
};

// A new one is made beside the event loop: RSA's takes long.
Result<SigningKey> GetKey(OperationContext& context, crypto::SignatureAlgorithm algorithm) {
  directory::TokenKeys keys(context.directory.context);
  auto key = TRY(keys.FindSigning(algorithm, context.now));
  if (!key) {
    const auto make = [algorithm]() -> Result<crypto::SignatureKey> { return crypto::SignatureKey::New(algorithm); };
    TRY(keys.Add(TRY(context.slow_work.Get("a new key for tokens", make)), context.now));
    key = TRY(keys.FindSigning(algorithm, context.now));
  }
  return SigningKey{.id = key->id, .key = TRY(keys.Open(*key))};
}

// Of a role the role itself, whatever its session is called.
Result<std::string> SubjectOf(OperationContext& context) {
  const Caller& caller = context.caller;
  if (caller.type != PrincipalType::kAssumedRole) return caller.arn;
  const auto role = TRY(context.directory.roles.FindById(caller.unique_id));
  return role ? IamArn(caller.account, "role", role->path, role->name) : caller.arn;
}

class ClaimWriter {
 public:
  explicit ClaimWriter(std::string& out) : json_(out) { json_.BeginObject(); }

  void Text(std::string_view name, std::string_view text) {
    json_.Key(name);
    json_.String(text);
  }
  void Time(std::string_view name, TimePoint time) {
    json_.Key(name);
    json_.Integer(std::chrono::floor<seconds>(time.time_since_epoch()).count());
  }
  // One text as such, several as a list.
  void Texts(std::string_view name, const std::vector<std::string>& texts) {
    if (texts.size() == 1) return Text(name, texts.front());
    json_.Key(name);
    json_.BeginArray();
    for (const std::string& text : texts) json_.String(text);
    json_.EndArray();
  }
  void Tags(std::string_view name, std::span<const claviger::Tag> tags) {
    if (tags.empty()) return;
    Begin(name);
    for (const claviger::Tag& tag : tags) Text(tag.key, tag.value);
    End();
  }
  void Begin(std::string_view name) {
    json_.Key(name);
    json_.BeginObject();
  }
  void End() { json_.EndObject(); }

 private:
  codec::JsonWriter json_;
};

// What only AWS's own claims can say. What does not apply is left out.
void WriteOwnClaims(const OperationContext& context, const std::string& subject, std::span<const claviger::Tag> tags,
                    ClaimWriter& claims) {
  const auto& session = context.caller.session;
  claims.Begin(kTokenNamespace);
  claims.Text("aws_account", context.account().ToString());
  claims.Text("source_region", context.region);
  claims.Text("principal_id", subject);
  claims.Tags("principal_tags", context.principal_tags);
  claims.Tags("request_tags", tags);
  if (session) {
    claims.Text("original_session_exp", FormatIso8601(session->expires));
    if (!session->federated_provider.empty()) claims.Text("federated_provider", session->federated_provider);
    if (!session->source_identity.empty()) claims.Text("source_identity", session->source_identity);
  }
  claims.End();
}

std::string SignedWith(const crypto::SignatureKey& key, const std::string& key_id, std::string_view claims) {
  std::string header;
  ClaimWriter writer(header);
  writer.Text("alg", crypto::SignatureAlgorithmName(key.algorithm()));
  writer.Text("kid", key_id);
  writer.Text("typ", "JWT");
  writer.End();
  std::string token = Base64UrlEncode(AsBytes(header)) + "." + Base64UrlEncode(AsBytes(claims));
  const std::string signature = key.Sign(token);
  return token.append(".").append(Base64UrlEncode(AsBytes(signature)));
}

// The tags of the request alone. Errors: InvalidParameterValue.
Result<std::vector<claviger::Tag>> RequestTags(const GetWebIdentityTokenRequest& request) {
  std::vector<claviger::Tag> tags;
  for (session::SessionTag& tag : TRY(SessionTags(Caller(), request.tags))) tags.push_back(std::move(tag.tag));
  return tags;
}

Result<GetWebIdentityTokenResponse> GetWebIdentityToken(OperationContext& context,
                                                        const GetWebIdentityTokenRequest& request) {
  const std::string issuer = TRY(GetIssuer(context));
  const auto algorithm = crypto::ParseSignatureAlgorithm(request.signing_algorithm);
  if (algorithm != crypto::SignatureAlgorithm::kRs256 && algorithm != crypto::SignatureAlgorithm::kEs384) {
    return Fail(ErrorCode::kValidationError, "SigningAlgorithm must be RS256 or ES384");
  }
  const TimePoint issued = std::chrono::floor<seconds>(context.now);
  const TimePoint expires = issued + (request.duration_seconds ? seconds(*request.duration_seconds) : kDurationDefault);
  if (context.caller.session && expires > context.caller.session->expires) {
    return Fail(ErrorCode::kSessionDurationEscalationException,
                "The requested token duration would extend the session beyond its original expiration time.");
  }
  const std::vector<claviger::Tag> tags = TRY(RequestTags(request));
  const SigningKey key = TRY(GetKey(context, *algorithm));

  const std::string subject = TRY(SubjectOf(context));
  std::string text;
  ClaimWriter claims(text);
  claims.Text("iss", issuer);
  claims.Texts("aud", request.audience);
  claims.Text("sub", subject);
  claims.Time("iat", issued);
  claims.Time("exp", expires);
  claims.Text("jti", context.random.Uuid());
  WriteOwnClaims(context, subject, tags, claims);
  claims.End();

  std::string token = SignedWith(key.key, key.id, text);
  if (token.size() > kTokenBytesMax) {
    return Fail(ErrorCode::kJWTPayloadSizeExceededException,
                "The requested token payload size exceeds the maximum allowed size.");
  }
  return GetWebIdentityTokenResponse{.web_identity_token = std::move(token), .expiration = expires};
}

}  // namespace

void RegisterWebIdentityTokenOperations(Operations& operations) {
  operations.Add<api::GetWebIdentityToken>(GetWebIdentityToken);
}

}  // namespace claviger::ops::sts
