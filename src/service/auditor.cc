#include "service/auditor.h"

#include <array>
#include <cmath>
#include <utility>

namespace claviger::service {
namespace {

constexpr std::size_t kEventsMax = 256;  // Gathered before they are handed over.

// Answers to somebody whose credentials prove nothing: there is no account whose event it could be.
constexpr std::array kUnproven = {ErrorCode::kExpiredToken, ErrorCode::kIncompleteSignature,
                                  ErrorCode::kInvalidClientTokenId, ErrorCode::kMissingAuthenticationToken,
                                  ErrorCode::kSignatureDoesNotMatch};

std::shared_ptr<const audit::Who> WhoOf(Identity& identity) {
  if (identity.who == nullptr) {
    const Caller& caller = identity.caller;
    audit::Principal principal{.type = caller.type,
                               .account = caller.account,
                               .principal_id = caller.user_id,
                               .arn = caller.arn,
                               .user_name = caller.user_name,
                               .access_key_id = caller.access_key_id,
                               .session = {}};
    if (caller.session) {
      principal.session = {.issued = caller.session->issued,
                           .mfa_authenticated = caller.session->mfa_authenticated,
                           .issuer_id = caller.unique_id,
                           .issuer_arn = identity.issuer_arn,
                           .source_identity = caller.session->source_identity,
                           .federated_provider = caller.session->federated_provider,
                           .assumed_root = caller.session->assumed_root};
    }
    identity.who = std::make_shared<const audit::Who>(audit::Describe(principal));
  }
  return identity.who;
}

audit::Event EventOf(const AuditedRequest& request) {
  audit::Event event{.time = request.time,
                     .operation = request.operation,
                     .who = request.caller == nullptr ? nullptr : WhoOf(*request.caller),
                     .request_id = std::string(request.request_id),
                     .region = std::string(request.region),
                     .source_ip = std::string(request.http.source_ip),
                     .user_agent = std::string(request.http.FindHeader("user-agent").value_or("")),
                     .host = {},
                     .tls_version = request.http.tls_version,
                     .tls_cipher_suite = request.http.tls_cipher_suite,
                     .error = {},
                     .uses = std::move(request.uses),
                     .keeps = request.keeps,
                     .request = request.request,
                     .response = request.response};
  if (!event.tls_version.empty()) event.host = request.http.FindHeader("host").value_or("");
  if (request.error != nullptr) event.error = *request.error;
  return event;
}

}  // namespace

bool Auditor::InShare(double share) {
  if (share >= 1) return true;
  return std::ldexp(static_cast<double>(random_.Uint64() >> 11), -53) < share;
}

bool Auditor::Wanted(const AuditedRequest& request) {
  if (trail_ == nullptr || request.operation == nullptr) return false;
  if (request.caller == nullptr && !request.operation->is_unsigned) return false;
  if (request.error != nullptr) {
    for (const ErrorCode code : kUnproven) {
      if (request.error->code == code) return false;
    }
    if (request.error->code == ErrorCode::kAccessDenied) return InShare(trail_->options().denied_share);
  }
  return !audit::IsReadOnly(*request.operation) || InShare(trail_->options().read_only_share);
}

Result<std::vector<audit::Kept>> Auditor::Keep(const AuditedRequest& request, store::Batch& changes) {
  std::vector<audit::Kept> kept;
  if (trail_ == nullptr) return kept;
  if (!trail_->accepts_changes()) {
    return Fail(ErrorCode::kServiceUnavailable,
                "The audit trail cannot be written; no changes are accepted until it can.");
  }
  const audit::Event event = EventOf(request);
  for (audit::Entry& entry : audit::MakeEntries(event, random_)) {
    std::string key = audit::OutboxKey(entry);
    changes.writes[key] = audit::Encode(entry);
    kept.push_back({.key = std::move(key), .entry = std::move(entry)});
  }
  return kept;
}

void Auditor::Committed(std::vector<audit::Kept> kept) {
  if (trail_ != nullptr && !kept.empty()) trail_->AddCommitted(std::move(kept));
}

void Auditor::Note(const AuditedRequest& request) {
  if (!Wanted(request)) return;
  events_.push_back(EventOf(request));
  if (events_.size() >= kEventsMax) Flush();
}

void Auditor::Flush() {
  if (!events_.empty()) trail_->Add(std::exchange(events_, {}));
}

}  // namespace claviger::service
