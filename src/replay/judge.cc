#include "replay/judge.h"

#include <utility>

#include "http/message.h"
#include "service/session_identity.h"

namespace claviger::replay {
namespace {

constexpr std::size_t kIdentitiesMax = 16384;

}  // namespace

Judge::Judge(store::Reader& reader, const service::Directories& directories)
    : reader_(reader), directories_(directories), authorizer_(reader, directories), identities_(kIdentitiesMax) {}

Result<service::IdentityPointer> Judge::FindIdentity(const Recorded& recorded, const session::Session* session) {
  const std::string key = recorded.unique_id + "/" + recorded.access_key_id;
  if (const service::IdentityPointer* known = identities_.Find(key)) return *known;
  store::Transaction transaction(reader_);
  directory::Directory directory = directories_.Of(transaction, recorded.account);
  service::IdentityPointer identity = session == nullptr
                                          ? TRY(service::FindPrincipal(directory, recorded.type, recorded.unique_id))
                                          : TRY(service::FindSessionPrincipal(directory, *session, policies_));
  if (identity != nullptr) identity->caller.access_key_id = recorded.access_key_id;
  return identities_.Insert(key, std::move(identity));
}

Result<Judgement> Judge::Decide(const Recorded& recorded, const session::Session* session) {
  Judgement judgement;
  const service::IdentityPointer identity = TRY(FindIdentity(recorded, session));
  if (identity == nullptr) {
    judgement.principal_gone = true;
    return judgement;
  }
  http::Request http{.method = "POST",
                     .path = "/",
                     .query = {},
                     .headers = {},
                     .body = {},
                     .source_ip = recorded.source_ip,
                     .secure = recorded.secure};
  if (!recorded.user_agent.empty()) http.headers.push_back({"user-agent", recorded.user_agent});
  const Result<> decided = authorizer_.Authorize({.caller = *identity,
                                                  .operation = *recorded.operation,
                                                  .request = recorded.request->get(),
                                                  .http = http,
                                                  .region = recorded.region,
                                                  .now = recorded.time,
                                                  .mfa_authenticated = recorded.mfa_authenticated,
                                                  .rulings = &judgement.rulings,
                                                  .recorded = recorded.uses},
                                                 nullptr);
  judgement.allowed = decided.ok();
  if (decided.ok()) return judgement;
  const ErrorCode code = decided.error().code;
  if (code != ErrorCode::kAccessDenied && code != ErrorCode::kInvalidClientTokenId) return Failure{decided.error()};
  judgement.message = decided.error().message;
  return judgement;
}

Effect Compare(const Judgement& before, const Judgement& after) {
  if (before.allowed == after.allowed) return Effect::kNone;
  return after.allowed ? Effect::kNewlyAllowed : Effect::kNewlyDenied;
}

}  // namespace claviger::replay
