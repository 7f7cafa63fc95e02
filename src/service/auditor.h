// What one event loop tells the audit trail: each request of somebody who proved who they are, and each unsigned one
// that was understood, whether it was granted or refused. Not thread-safe.
//
// Events are written on the loop, as entries of the trail, and handed over many at a time. Those of changes ride in the
// change's own batch, and are handed over once it is durable.
#pragma once

#include <string_view>
#include <vector>

#include "audit/event.h"
#include "audit/trail.h"
#include "aws/error.h"
#include "aws/outsider.h"
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
  const Outsider* outsider;        // Who proved to ask an operation without signature; null: nobody.
  std::string_view request_id;
  std::string_view extended_request_id;
  std::string_view region;
  const std::vector<audit::Use>& uses;
  // The typed request and response; null where there is none.
  const void* request;
  const void* response;
  const Error* error;  // Null on success.
};

class Auditor {
 public:
  // `trail` null: nothing is recorded. REQUIRES: both outlive it.
  Auditor(audit::Trail* trail, Random& random) : trail_(trail), random_(random), recorder_(random) {}
  ~Auditor() { Flush(); }
  Auditor(const Auditor&) = delete;
  Auditor& operator=(const Auditor&) = delete;

  [[nodiscard]] bool enabled() const { return trail_ != nullptr; }

  // Puts the events of a change that is about to be committed into its batch, and returns them.
  // Errors: ServiceUnavailable when the trail cannot be written and changes are to be refused then.
  Result<audit::EntryBatch> Keep(const AuditedRequest& request, store::Batch& changes);
  // The batch has been committed.
  void Committed(const audit::EntryBatch& kept);

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
  void FlushWhenFull();

  audit::Trail* trail_;
  Random& random_;
  audit::Recorder recorder_;
  audit::EntryBatch entries_;  // To be handed over.
  audit::EntryBatch kept_;     // Memory of Keep.
};

}  // namespace claviger::service
