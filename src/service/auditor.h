// What one event loop tells the audit trail: each request of somebody who proved who they are, and each unsigned one
// that was understood, whether it was granted or refused. Not thread-safe.
//
// On the loop no more is done than to put things aside; only the events of changes are written out there, because they
// ride in the change's own batch.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "audit/trail.h"
#include "aws/error.h"
#include "aws/shape.h"
#include "base/clock.h"
#include "base/random.h"
#include "http/message.h"
#include "service/identity.h"
#include "store/store.h"

namespace claviger::service {

// A request, and what has become of it.
struct AuditedRequest {
  TimePoint time;
  const http::Request& http;
  const OperationInfo* operation;  // Null: none was recognised.
  Identity* caller;                // Null: nobody proved who they are.
  std::string_view request_id;
  std::string_view region;
  std::vector<audit::Use>& uses;  // Taken.
  // The typed request and response; null where there is none.
  const void* request;
  const void* response;
  const Error* error;                 // Null on success.
  std::shared_ptr<const void> keeps;  // What they are parts of; may be null when they outlive the call.
};

class Auditor {
 public:
  // `trail` null: nothing is recorded. REQUIRES: both outlive it.
  Auditor(audit::Trail* trail, Random& random) : trail_(trail), random_(random) {}
  ~Auditor() { Flush(); }
  Auditor(const Auditor&) = delete;
  Auditor& operator=(const Auditor&) = delete;

  [[nodiscard]] bool enabled() const { return trail_ != nullptr; }

  // Puts the events of a change that is about to be committed into its batch.
  // Errors: ServiceUnavailable when the trail cannot be written and changes are to be refused then.
  Result<std::vector<audit::Kept>> Keep(const AuditedRequest& request, store::Batch& changes);
  // The batch has been committed.
  void Committed(std::vector<audit::Kept> kept);

  // A request that is answered and has changed nothing.
  void Note(const AuditedRequest& request);

  // Hands over what has gathered.
  void Flush();
  // The same, for the last time: the trail may go before this does.
  void Close() {
    Flush();
    trail_ = nullptr;
  }

 private:
  [[nodiscard]] bool Wanted(const AuditedRequest& request);
  [[nodiscard]] bool InShare(double share);

  audit::Trail* trail_;
  Random& random_;
  std::vector<audit::Event> events_;
};

}  // namespace claviger::service
