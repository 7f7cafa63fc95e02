// Decides recorded requests by the policies of one state of the store, with all that decides about real ones: the
// resource, the condition keys and the evaluator. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bounded_cache.h"
#include "base/result.h"
#include "replay/recorded.h"
#include "service/authorize.h"
#include "service/directories.h"
#include "service/identity.h"
#include "service/permissions.h"
#include "session/token.h"
#include "store/store.h"

namespace claviger::replay {

struct Judgement {
  bool allowed = false;
  bool principal_gone = false;           // There is nobody to be decided about.
  std::vector<service::Ruling> rulings;  // One for each permission that was asked for; the last one denied, if any did.
  std::string message;                   // Of a denial, in the API's words.
};

class Judge {
 public:
  // REQUIRES: the reader stands on one snapshot, and outlives this with all that `directories` refers to.
  Judge(store::Reader& reader, const service::Directories& directories);

  // `session` is null for long-term keys. Fails when the policies cannot be read.
  Result<Judgement> Decide(const Recorded& recorded, const session::Session* session);

 private:
  Result<service::IdentityPointer> FindIdentity(const Recorded& recorded, const session::Session* session);

  store::Reader& reader_;
  service::Directories directories_;
  service::PolicyCache policies_;  // Of sessions.
  service::Authorizer authorizer_;
  BoundedCache<service::IdentityPointer> identities_;  // By unique id and access key.
};

// What a change makes of a request.
enum class Effect : std::uint8_t { kNone, kNewlyDenied, kNewlyAllowed };
Effect Compare(const Judgement& before, const Judgement& after);

}  // namespace claviger::replay
