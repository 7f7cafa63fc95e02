#include "service/worker.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include "directory/sealing_keys.h"
#include "ops/sts/mfa.h"
#include "service/extended_request_id.h"
#include "service/last_use.h"
#include "service/request_values.h"
#include "service/token_issuer.h"
#include "sigv4/verify.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/json_decode.h"
#include "wire/operation.h"
#include "wire/protocol.h"

namespace claviger::service {
namespace {

constexpr std::size_t kSigningKeysMax = 16384;
// Uses of a key within this time after one that is on record are not written down: AWS's own granularity.
constexpr std::chrono::minutes kUseGranularity{15};
// The same of a principal's use of an action: as long as AWS takes to show one.
constexpr std::chrono::hours kActionUseGranularity{4};
// A change that has met this many others on the same resource is given back to its client to try again.
constexpr int kAttemptsMax = 64;
// Hashing keeps a processor busy; who waits for others does not.
constexpr std::size_t kComputingThreads = 1;
constexpr std::size_t kWaitingThreads = 4;

constexpr std::string_view kRequestIdHeader = "x-amzn-RequestId";
constexpr std::string_view kProductPage = "https://aws.amazon.com/iam";
constexpr int kFound = 302;
// What requests that no region was signed for are taken to be sent to.
constexpr std::string_view kUnsignedRegion = "us-east-1";

Failure<Error> NotImplemented(const OperationInfo& operation) {
  return Fail(ErrorCode::kNotImplemented, "Claviger does not implement " + std::string(operation.service->name) + ":" +
                                              std::string(operation.name) +
                                              " yet; docs/reference/coverage.md lists what it does.");
}

// The code of an MFA device that a request shows.
struct ShownCode {
  std::optional<std::string> serial_number;
  std::optional<std::string> token_code;
};

// The code where it may decide whether the request is allowed, as in a condition of a role's trust policy.
std::optional<ShownCode> FindDecidingCode(const OperationInfo& operation, const void* request) {
  if (operation.action->check != CheckKind::kIdentityAndTrust) return std::nullopt;
  ShownCode shown;
  for (const Member& member : operation.request->members) {
    const std::string* text = FindText(request, &member);
    if (text != nullptr && member.name == "SerialNumber") shown.serial_number = *text;
    if (text != nullptr && member.name == "TokenCode") shown.token_code = *text;
  }
  if (!shown.serial_number && !shown.token_code) return std::nullopt;
  return shown;
}

}  // namespace

// One request on its way. On the heap, because a change leaves the loop and comes back.
struct Worker::Exchange {
  const http::Request& request;
  http::Response& response;
  Done done;
  TimePoint now;
  std::string request_id;
  wire::Protocol protocol;
  const ServiceInfo* service = nullptr;      // In whose words errors are told.
  const OperationInfo* operation = nullptr;  // Null until recognised.
  std::string access_key_id;                 // As claimed.
  std::string region;                        // As signed for, like the service.
  std::string signed_service;
  IdentityPointer identity;                       // Null until proven; of unsigned requests always.
  std::unique_ptr<ops::Call> call;                // Null until accepted.
  std::optional<std::string_view> session_token;  // Of temporary credentials; in the request, or in `decoded`.
  std::unique_ptr<char[]> decoded;
  std::string extended_request_id;           // Empty: it has none, or none yet.
  std::shared_ptr<const Outsider> outsider;  // Who proved to ask an unsigned operation; null: nobody.
  std::vector<audit::Use> uses;              // The permissions that it needed.
  audit::EntryBatch kept;                    // Its events, when they are in the batch of its change.
  bool understood = false;                   // The typed request has been read.
  bool changed = false;                      // The change is durable, and its events with it.
  std::string authorization_message;         // Why it was denied; only when a log wants to know.
  std::optional<ShownCode> deciding_code;
  bool mfa_authenticated = false;  // With this very request.
  ops::SlowWork slow_work;
  Result<> outcome;  // Of the last attempt.
  bool names_action = false;
  int attempts = 0;
};

Result<std::unique_ptr<Worker>> Worker::New(const Environment& environment, std::unique_ptr<Random> random, Post post,
                                            bool access_log) {
  auto reader = TRY(directory::FromStore(environment.store.NewReader()));
  return std::unique_ptr<Worker>(
      new Worker(environment, std::move(reader), std::move(random), std::move(post), access_log));
}

Worker::Worker(const Environment& environment, std::unique_ptr<store::Reader> reader, std::unique_ptr<Random> random,
               Post post, bool access_log)
    : environment_(environment),
      reader_(std::move(reader)),
      random_(std::move(random)),
      post_(std::move(post)),
      keys_(environment_.keys),
      directories_{.keys = keys_,
                   .quotas = environment_.quotas,
                   .catalogue = environment_.catalogue,
                   .random = *random_,
                   .services = environment_.services},
      authenticator_(*reader_, directories_, environment_.session_end),
      authorizer_(*reader_, directories_),
      signing_keys_(kSigningKeysMax),
      metrics_(wire::Services()),
      access_log_(access_log),
      auditor_(environment.trail, *random_),
      computing_(kComputingThreads),
      waiting_(kWaitingThreads) {}

Worker::~Worker() = default;

bool Worker::AnswerTokenIssuer(const http::Request& request, http::Response& response) {
  const auto asked = ParseTokenIssuerPath(request);
  if (!asked) return false;
  Result<> published = directory::FromStore(reader_->Refresh());
  if (published.ok()) {
    store::Transaction transaction(*reader_);
    published = Publish(*asked, directories_.ContextOf(transaction, AccountId()), environment_.token_issuers, response);
  }
  reader_->Release();
  if (!published.ok()) response.status = HttpStatus(published.error().code);
  return true;
}

void Worker::Handle(const http::Request& request, http::Response& response, Done done) {
  // NOLINTNEXTLINE(modernize-make-unique): it cannot name the members.
  auto exchange = std::unique_ptr<Exchange>(
      new Exchange{.request = request,
                   .response = response,
                   .done = std::move(done),
                   .now = environment_.clock.Now(),
                   .request_id = random_->Uuid(),
                   .protocol = wire::ProtocolFor(request.FindHeader("content-type").value_or("")),
                   .service = wire::Services().front()});
  if (const Result<> accepted = Accept(*exchange); !accepted.ok()) {
    reader_->Release();
    Finish(*exchange, accepted);
    return;
  }
  Run(std::move(exchange));
}

// Who signed it, what it asks, and may they. Leaves the reader on the snapshot that this was decided in.
Result<> Worker::Accept(Exchange& exchange) {
  return exchange.protocol == wire::Protocol::kJson ? AcceptJson(exchange) : AcceptQuery(exchange);
}

Result<> Worker::AcceptQuery(Exchange& exchange) {
  const codec::Form form = TRY(wire::ParseForm(exchange.request.query, exchange.request.body));
  exchange.names_action = form.Find("Action").has_value();
  // The protocol knows GET and POST. HEAD is let through for those who only look whether somebody is there.
  const std::string_view method = exchange.request.method;
  if (method != "GET" && method != "POST" && (method != "HEAD" || exchange.names_action)) {
    return Fail(ErrorCode::kUnknownOperationException, "");
  }
  const Result<const OperationInfo*> operation = wire::GetOperation(form);
  if (operation.ok()) {
    exchange.operation = *operation;
    exchange.service = exchange.operation->service;
  } else if (const ServiceInfo* service = wire::ServiceOfVersion(form.Find("Version").value_or(""))) {
    exchange.service = service;
  }
  TRY(Refresh());
  // AWS tells who a caller is not before it tells what it does not know.
  if (!operation.ok() || !exchange.operation->is_unsigned) TRY(Authenticate(exchange));
  TRY(operation);
  return Prepare(exchange, [&form](const OperationInfo& asked, void* request) {
    return wire::Decode(form, *asked.request, asked.service->validation_style, request);
  });
}

// The body is read once it is known whose it is.
Result<> Worker::AcceptJson(Exchange& exchange) {
  if (exchange.request.method != "POST") return Fail(ErrorCode::kUnknownOperationException, "");
  exchange.operation = TRY(wire::GetTargetOperation(exchange.request.FindHeader("x-amz-target").value_or("")));
  exchange.service = exchange.operation->service;
  TRY(Refresh());
  if (Result<> authentic = Authenticate(exchange); !authentic.ok()) {
    if (authentic.error().code != ErrorCode::kMissingAuthenticationToken) return authentic;
    return Fail(ErrorCode::kMissingAuthenticationToken, "Missing Authentication Token");
  }
  return Prepare(exchange, [&exchange](const OperationInfo& asked, void* request) {
    return wire::DecodeJson(exchange.request.body, *asked.request, asked.service->validation_style, request);
  });
}

// Reads the request, and asks whether the caller may. An operation that is not built yet does the same, and tells what
// is wrong, before it says so.
template <class Decode>
Result<> Worker::Prepare(Exchange& exchange, const Decode& decode) {
  const OperationInfo& operation = *exchange.operation;
  if (exchange.identity != nullptr) RecordActionUse(exchange);
  exchange.call = environment_.operations.NewCall(operation);
  if (exchange.call == nullptr) {
    ErasedValue request(*operation.request_lifetime);
    TRY(decode(operation, request.get()));
    TRY(CheckPermission(exchange, request.get()));
    return NotImplemented(operation);
  }
  TRY(decode(operation, exchange.call->request()));
  exchange.understood = true;
  exchange.deciding_code = FindDecidingCode(operation, exchange.call->request());
  if (exchange.deciding_code) return {};  // Then the attempt asks, which can take the code.
  return CheckPermission(exchange, exchange.call->request());
}

// Moves to the newest snapshot, and takes up the keys of session tokens if somebody has rotated them.
Result<> Worker::Refresh() {
  TRY(directory::FromStore(reader_->Refresh()));
  if (environment_.master_key == nullptr) return {};
  if (keys_depend_on_ && TRY(keys_depend_on_->Hold(*reader_))) return {};
  store::Transaction transaction(*reader_);
  keys_.sessions = TRY(directory::ReadSessionKeys(transaction, *environment_.master_key));
  keys_depend_on_.emplace(transaction);
  authenticator_.Forget();
  return {};
}

Result<> Worker::Authenticate(Exchange& exchange) {
  sigv4::Authorization authorization = TRY(sigv4::Parse(exchange.request));
  exchange.access_key_id = authorization.access_key_id;
  exchange.region = authorization.region;
  exchange.signed_service = authorization.service;
  TRY(sigv4::CheckHostSigned(authorization));
  IdentityPointer identity =
      TRY(authenticator_.Find(authorization.access_key_id, authorization.session_token, exchange.now));

  sigv4::VerifyOptions options{.now = exchange.now};
  if (exchange.operation != nullptr) options.services = std::span(&exchange.service->name, 1);
  const sigv4::SigningKeyCache::Id id{.access_key_id = authorization.access_key_id,
                                      .version = identity->generation,
                                      .date = authorization.date,
                                      .region = authorization.region,
                                      .service = authorization.service};
  if (const sigv4::SigningKey* key = signing_keys_.Find(id)) {
    TRY(sigv4::Verify(exchange.request, authorization, *key, options));
  } else {
    TRY(sigv4::CheckClaims(authorization, options));
    const sigv4::SigningKey derived =
        sigv4::DeriveSigningKey(identity->secret_access_key, id.date, id.region, id.service);
    TRY(sigv4::Verify(exchange.request, authorization, derived, options));
    signing_keys_.Insert(id, derived);
  }
  exchange.identity = std::move(identity);
  exchange.session_token = authorization.session_token;
  exchange.decoded = std::move(authorization.decoded);
  RecordUse(exchange);
  return {};
}

// Whether the caller may; operations that need no signature prove for themselves who asks.
Result<> Worker::CheckPermission(Exchange& exchange, const void* request) {
  if (exchange.identity == nullptr) return {};
  exchange.uses.clear();
  return authorizer_.Authorize({.caller = *exchange.identity,
                                .operation = *exchange.operation,
                                .request = request,
                                .http = exchange.request,
                                .region = exchange.region,
                                .now = exchange.now,
                                .mfa_authenticated = exchange.mfa_authenticated,
                                .uses = auditor_.enabled() ? &exchange.uses : nullptr},
                               access_log_.enabled() ? &exchange.authorization_message : nullptr);
}

// Whether the role that the request names trusts whom the operation has proven to ask.
Result<> Worker::CheckTrust(Exchange& exchange, const Outsider& outsider) {
  exchange.outsider = std::make_shared<const Outsider>(outsider);
  const Identity identity{.caller = {.type = PrincipalType::kOutsider, .user_id = outsider.user_id},
                          .outsider = exchange.outsider};
  return authorizer_.Authorize({.caller = identity,
                                .operation = *exchange.operation,
                                .request = exchange.call->request(),
                                .http = exchange.request,
                                .region = kUnsignedRegion,
                                .now = exchange.now},
                               access_log_.enabled() ? &exchange.authorization_message : nullptr);
}

// The same once the code that the request shows has proved right. A wrong one is told before what it would have
// allowed.
Result<> Worker::CheckPermissionWithCode(Exchange& exchange, ops::OperationContext& context) {
  const ShownCode& shown = *exchange.deciding_code;
  exchange.mfa_authenticated = TRY(ops::sts::AuthenticateMfa(context, shown.serial_number, shown.token_code));
  return CheckPermission(exchange, exchange.call->request());
}

// Does what is asked: at once when nothing has to be written, else once the store has made it durable. That it failed
// is told as late, when something is to be remembered of it.
void Worker::Run(std::unique_ptr<Exchange> exchange) {
  store::Batch changes;
  exchange->outcome = Attempt(*exchange, changes);
  reader_->Release();
  if (exchange->slow_work.waiting()) return DoSlowWork(std::move(exchange));
  if (!changes.HasChanges()) return Finish(*exchange, exchange->outcome);
  if (const Result<> kept = KeepEvents(*exchange, changes); !kept.ok()) return Finish(*exchange, kept);
  // A shared pointer, because std::function asks for a copy that is never made use of.
  auto held = std::make_shared<std::unique_ptr<Exchange>>(std::move(exchange));
  environment_.store.Commit(std::move(changes), [this, held](store::StoreResult<store::Revision> committed) {
    post_([this, held, committed = std::move(committed)] { AfterCommit(std::move(*held), committed); });
  });
}

// One attempt at the operation, in the reader's snapshot. What it wants written is left in `changes`.
Result<> Worker::Attempt(Exchange& exchange, store::Batch& changes) {
  static const Caller nobody{.type = PrincipalType::kOutsider};
  const Caller& caller = exchange.identity == nullptr ? nobody : exchange.identity->caller;
  store::Transaction transaction(*reader_);
  directory::Directory directory = directories_.Of(transaction, caller.account);
  ops::OperationContext context{.caller = caller,
                                .directory = directory,
                                .now = exchange.now,
                                .random = *random_,
                                .slow_work = exchange.slow_work,
                                .check_trust = [&](const Outsider& outsider) { return CheckTrust(exchange, outsider); },
                                .issuer_keys = environment_.issuer_keys,
                                .token_issuers = environment_.token_issuers,
                                .region = exchange.region,
                                .trail = environment_.trail,
                                .deliveries = environment_.deliveries};
  if (exchange.identity != nullptr) context.principal_tags = exchange.identity->tags;
  Result<> outcome;
  if (exchange.deciding_code) outcome = CheckPermissionWithCode(exchange, context);
  if (outcome.ok()) outcome = exchange.call->Run(context);
  if (exchange.slow_work.waiting()) return outcome;
  if (outcome.ok() || context.keep_when_failed) changes = transaction.TakeBatch();
  return outcome;
}

// Leaves the loop for as long as the work takes.
void Worker::DoSlowWork(std::unique_ptr<Exchange> exchange) {
  auto held = std::make_shared<std::unique_ptr<Exchange>>(std::move(exchange));
  Background& background = (*held)->slow_work.kind() == ops::SlowKind::kWaiting ? waiting_ : computing_;
  const bool taken = background.Run([this, held] {
    (*held)->slow_work.Do();
    post_([this, held] { RunAgain(std::move(*held)); });
  });
  if (!taken) Finish(**held, Fail(ErrorCode::kThrottling, "Rate exceeded"));
}

void Worker::AfterCommit(std::unique_ptr<Exchange> exchange, const store::StoreResult<store::Revision>& committed) {
  if (committed.ok()) {
    exchange->changed = true;
    auditor_.Committed(exchange->kept);
    return Finish(*exchange, exchange->outcome);
  }
  const bool again =
      committed.error().kind == store::StoreError::Kind::kConflict && ++exchange->attempts < kAttemptsMax;
  if (!again) return Finish(*exchange, Failure{directory::ToError(committed.error())});
  RunAgain(std::move(exchange));
}

// On the newest state, which may be another one by now.
void Worker::RunAgain(std::unique_ptr<Exchange> exchange) {
  if (const Result<> accepted = AcceptAgain(*exchange); !accepted.ok()) {
    reader_->Release();
    return Finish(*exchange, accepted);
  }
  Run(std::move(exchange));
}

// Somebody else's change came first, and may have taken away what the request was accepted on: the key, a permission,
// the very resource. All of it is looked at again in the newest snapshot; only the signature stays proven.
Result<> Worker::AcceptAgain(Exchange& exchange) {
  TRY(Refresh());
  if (exchange.identity != nullptr) {
    exchange.identity = TRY(authenticator_.Find(exchange.access_key_id, exchange.session_token, exchange.now));
  }
  if (exchange.deciding_code) return {};
  return CheckPermission(exchange, exchange.call->request());
}

// Writes the answer, and remembers that it was given.
void Worker::Finish(Exchange& exchange, const Result<>& outcome) {
  http::Response& response = exchange.response;
  const wire::Format format = exchange.protocol == wire::Protocol::kJson
                                  ? wire::Format::kAwsJson
                                  : wire::FormatFor(exchange.request.FindHeader("accept").value_or(""));
  if (outcome.ok()) {
    wire::EncodeResponse(format, *exchange.operation, exchange.call->response(), exchange.request_id, response.body);
  } else if (!AnswerNakedRequest(exchange, outcome.error())) {
    response.status = wire::StatusOf(format, outcome.error());
    wire::EncodeError(format, *exchange.service, outcome.error(), exchange.request_id, response.body);
  }
  const bool typed = !response.body.empty() || format == wire::Format::kAwsJson;
  if (typed && response.content_type.empty()) response.content_type = wire::ContentType(format);
  response.headers.emplace_back(kRequestIdHeader, exchange.request_id);
  EnsureExtendedId(exchange);
  if (!exchange.extended_request_id.empty()) {
    response.headers.emplace_back(kExtendedRequestIdHeader, exchange.extended_request_id);
  }

  const Answered answered{
      .time = exchange.now,
      .took = std::chrono::duration_cast<std::chrono::microseconds>(environment_.clock.Now() - exchange.now),
      .request_id = exchange.request_id,
      .operation = exchange.operation,
      .principal_arn = exchange.identity ? std::string_view(exchange.identity->caller.arn) : std::string_view(),
      .access_key_id = exchange.access_key_id,
      .source_ip = exchange.request.source_ip,
      .user_agent = exchange.request.FindHeader("user-agent").value_or(""),
      .status = response.status,
      .error_code = outcome.ok() ? std::string_view() : WireCode(outcome.error().code),
      .authorization_message = exchange.authorization_message};
  metrics_.Count(answered);
  access_log_.Add(answered);
  NoteEvent(exchange, outcome);
  exchange.done();
}

// STS has a second id, which names the region: that of a signature only when it is proven.
void Worker::EnsureExtendedId(Exchange& exchange) {
  if (!exchange.extended_request_id.empty() || exchange.service->name != "sts") return;
  const std::string_view region = exchange.identity != nullptr ? std::string_view(exchange.region) : kUnsignedRegion;
  exchange.extended_request_id = NewExtendedRequestId(region, exchange.now, *random_);
}

// The request and what has become of it, as the audit trail is told.
AuditedRequest Worker::AuditedOf(Exchange& exchange, const Result<>& outcome) {
  return {.time = exchange.now,
          .http = exchange.request,
          .operation = exchange.operation,
          .caller = exchange.identity.get(),
          .outsider = exchange.outsider.get(),
          .request_id = exchange.request_id,
          .extended_request_id = exchange.extended_request_id,
          .region = exchange.region,
          .uses = exchange.uses,
          .request = exchange.understood ? exchange.call->request() : nullptr,
          .response = outcome.ok() ? exchange.call->response() : nullptr,
          .error = outcome.ok() ? nullptr : &outcome.error()};
}

// The events of a change go where the change goes.
Result<> Worker::KeepEvents(Exchange& exchange, store::Batch& changes) {
  if (!auditor_.enabled()) return {};
  EnsureExtendedId(exchange);
  exchange.kept = TRY(auditor_.Keep(AuditedOf(exchange, exchange.outcome), changes));
  return {};
}

void Worker::NoteEvent(Exchange& exchange, const Result<>& outcome) {
  if (!auditor_.enabled() || exchange.changed) return;
  auditor_.Note(AuditedOf(exchange, outcome));
}

// A request that neither is signed nor names an action is somebody's browser: AWS sends it to a page about the service,
// and has a short answer for any other path, as for methods that no operation has. Returns whether this was one.
bool Worker::AnswerNakedRequest(const Exchange& exchange, const Error& error) {
  if (exchange.protocol == wire::Protocol::kJson) return false;
  const bool naked = error.code == ErrorCode::kMissingAuthenticationToken && !exchange.names_action;
  const bool unknown_method = error.code == ErrorCode::kUnknownOperationException;
  if (!naked && !unknown_method) return false;
  http::Response& response = exchange.response;
  if (exchange.request.path == "/" && !unknown_method) {
    response.status = kFound;
    response.headers.emplace_back("Location", std::string(kProductPage));
  } else {
    response.status = HttpStatus(ErrorCode::kUnknownOperationException);
    response.body = "<UnknownOperationException/>\n";
  }
  return true;
}

// Remembers that a long-term key or a role was used, unless a use of the last quarter of an hour is on record. Nobody
// waits for it: it is durable a moment later, or, when the store is busy with the same record, at the next use.
void Worker::RecordUse(const Exchange& exchange) {
  Identity& identity = *exchange.identity;
  if (!IsUseNoted(identity.caller)) return;
  if (identity.last_recorded_use && exchange.now - *identity.last_recorded_use < kUseGranularity) return;
  identity.last_recorded_use = exchange.now;
  store::Transaction transaction(*reader_);
  directory::Directory directory = directories_.Of(transaction, identity.caller.account);
  const auto recorded = FindLastUse(directory, identity.caller);
  if (!recorded.ok()) return;
  if (*recorded && exchange.now - **recorded < kUseGranularity) {  // By another session, event loop or process.
    identity.last_recorded_use = *recorded;
    return;
  }
  const directory::AccessKeyUse use{.time = std::chrono::floor<std::chrono::seconds>(exchange.now),
                                    .service = exchange.signed_service,
                                    .region = exchange.region};
  if (NoteUse(directory, identity.caller, use).ok() && transaction.has_writes()) {
    environment_.store.Commit(transaction.TakeBatch(), [](const auto&) {});
  }
}

// Remembers which action a user, a role or the root user called, allowed or not, in the same manner.
void Worker::RecordActionUse(const Exchange& exchange) {
  Identity& identity = *exchange.identity;
  const Caller& caller = identity.caller;
  const std::string_view principal = caller.IsRoot() ? directory::kRootOwner : std::string_view(caller.unique_id);
  const std::string_view action = exchange.operation->action->name;
  const auto known = std::ranges::find(identity.recorded_actions, action, &Identity::RecordedAction::action);
  const bool is_known = known != identity.recorded_actions.end();
  if (is_known && exchange.now - known->time < kActionUseGranularity) return;
  TimePoint& recorded =
      is_known ? known->time : identity.recorded_actions.emplace_back(Identity::RecordedAction{action, {}}).time;
  recorded = exchange.now;
  store::Transaction transaction(*reader_);
  directory::ActionUses uses(directories_.ContextOf(transaction, caller.account));
  const auto last = uses.Find(principal, action);
  if (!last.ok()) return;
  if (*last && exchange.now - **last < kActionUseGranularity) {
    recorded = **last;
    return;
  }
  const TimePoint time = std::chrono::floor<std::chrono::seconds>(exchange.now);
  if (uses.Record(caller.type, principal, action, time, exchange.region).ok() && transaction.has_writes()) {
    environment_.store.Commit(transaction.TakeBatch(), [](const auto&) {});
  }
}

}  // namespace claviger::service
