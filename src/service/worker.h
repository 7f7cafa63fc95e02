// The life of a request, from parsed HTTP to an answer: who signed it, what it asks, may they, do it, keep it, say so.
// The only room that knows the order of things; docs: ARCHITECTURE.md.
//
// A Worker belongs to one event loop and is used on its thread only; it shares nothing that changes with other workers
// but the store. Reads are answered before Handle returns. Changes are answered once they are durable: the store
// reports from its own thread, and the answer is made back on the loop's. What takes long (ops/slow_work.h) is done on
// a thread beside the loop, and the request goes on where it was.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aws/error.h"
#include "base/clock.h"
#include "base/random.h"
#include "directory/context.h"
#include "federation/issuer_keys.h"
#include "http/message.h"
#include "ops/operations.h"
#include "service/access_log.h"
#include "service/auditor.h"
#include "service/authenticator.h"
#include "service/authorize.h"
#include "service/background.h"
#include "service/dependencies.h"
#include "service/metrics.h"
#include "sigv4/authorization.h"
#include "sigv4/signing_key_cache.h"
#include "store/store.h"

namespace claviger::service {

// What all workers share. REQUIRES: it outlives them.
struct Environment {
  store::Store& store;
  const directory::Keys& keys;
  const directory::Quotas& quotas;
  const ops::Operations& operations;
  const Clock& clock;
  const directory::Catalogue& catalogue = directory::BuiltinCatalogue();  // The policies that AWS manages.
  SessionEnd session_end = SessionEnd::kExpiry;
  // Under which the sealing keys are kept, so that rotated ones are taken up; null: they never change.
  const crypto::Secret* master_key = nullptr;
  const directory::ServiceCatalogue& services = directory::BuiltinServices();  // What policies can be about.
  audit::Trail* trail = nullptr;                                               // Null: there is no audit trail.
  const audit::DeliveryService* deliveries = nullptr;                          // Null: nothing of it is delivered.
  federation::IssuerKeys* issuer_keys = nullptr;  // Null: no identity providers can be asked.
  std::string_view token_issuers = {};            // The address below which accounts are issuers of tokens themselves.
};

// Runs a task on the worker's own thread, soon; to be called from any thread.
using Post = std::function<void(std::function<void()>)>;
// Says that the response is complete. Called exactly once, on the worker's own thread.
using Done = std::function<void()>;

class Worker {
 public:
  // Fails when the store cannot be read.
  static Result<std::unique_ptr<Worker>> New(const Environment& environment, std::unique_ptr<Random> random, Post post,
                                             bool access_log);
  ~Worker();

  // Whether the request is for what an account publishes as an issuer of tokens; then it is answered, too.
  bool AnswerTokenIssuer(const http::Request& request, http::Response& response);

  // REQUIRES: request and response stay valid until `done` is called.
  void Handle(const http::Request& request, http::Response& response, Done done);

  [[nodiscard]] const Metrics& metrics() const { return metrics_; }
  AccessLog& access_log() { return access_log_; }
  Auditor& auditor() { return auditor_; }

 private:
  struct Exchange;

  Worker(const Environment& environment, std::unique_ptr<store::Reader> reader, std::unique_ptr<Random> random,
         Post post, bool access_log);

  Result<> Accept(Exchange& exchange);
  Result<> AcceptQuery(Exchange& exchange);
  Result<> AcceptJson(Exchange& exchange);
  template <class Decode>
  Result<> Prepare(Exchange& exchange, const Decode& decode);
  Result<> Refresh();
  Result<> Authenticate(Exchange& exchange);
  Result<> CheckPermission(Exchange& exchange, const void* request);
  Result<> CheckTrust(Exchange& exchange, const Outsider& outsider);
  Result<> CheckPermissionWithCode(Exchange& exchange, ops::OperationContext& context);
  void Run(std::unique_ptr<Exchange> exchange);
  Result<> Attempt(Exchange& exchange, store::Batch& changes);
  Result<> AcceptAgain(Exchange& exchange);
  void DoSlowWork(std::unique_ptr<Exchange> exchange);
  void RunAgain(std::unique_ptr<Exchange> exchange);
  void AfterCommit(std::unique_ptr<Exchange> exchange, const store::StoreResult<store::Revision>& committed);
  void Finish(Exchange& exchange, const Result<>& outcome);
  bool AnswerNakedRequest(const Exchange& exchange, const Error& error);
  void RecordUse(const Exchange& exchange);
  void RecordActionUse(const Exchange& exchange);
  void EnsureExtendedId(Exchange& exchange);
  AuditedRequest AuditedOf(Exchange& exchange, const Result<>& outcome);
  Result<> KeepEvents(Exchange& exchange, store::Batch& changes);
  void NoteEvent(Exchange& exchange, const Result<>& outcome);

  Environment environment_;
  std::unique_ptr<store::Reader> reader_;
  std::unique_ptr<Random> random_;
  Post post_;
  directory::Keys keys_;  // This loop's own: they are exchanged between two requests.
  std::optional<Dependencies> keys_depend_on_;
  Directories directories_;
  Authenticator authenticator_;
  Authorizer authorizer_;
  sigv4::SigningKeyCache signing_keys_;
  Metrics metrics_;
  AccessLog access_log_;
  Auditor auditor_;
  // The last: they end before what their tasks work with.
  Background computing_;
  Background waiting_;
};

}  // namespace claviger::service
