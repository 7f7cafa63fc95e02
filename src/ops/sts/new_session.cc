#include "ops/sts/new_session.h"

#include <string>
#include <utility>

namespace claviger::ops::sts {

session::Session SessionFor(const OperationContext& context, std::chrono::seconds duration) {
  const Caller& caller = context.caller;
  session::Session session{.account = caller.account,
                           .type = caller.type,
                           .principal_id = caller.unique_id,
                           .origin = {caller.account, caller.unique_id, caller.access_key_id},
                           .issued = context.now,
                           .expires = std::chrono::floor<std::chrono::seconds>(context.now) + duration};
  if (caller.session) {
    session.origin = caller.session->origin;
    session.via = caller.session->via;
    session.via.push_back(caller.access_key_id);
    while (session.via.size() > session::kViaMax) session.via.erase(session.via.begin());
  }
  return session;
}

gen::sts::Credentials IssueCredentials(OperationContext& context, session::Session session) {
  session = session::WithNewCredentials(std::move(session), context.random);
  const crypto::Keyring& keys = context.directory.context.keys.sessions;
  return {.access_key_id = session.access_key_id,
          .secret_access_key = std::string(session.secret.Reveal()),
          .session_token = session::MintToken(session, keys, context.random),
          .expiration = session.expires};
}

}  // namespace claviger::ops::sts
