#include "service/auditor.h"

#include <array>
#include <cmath>
#include <utility>

namespace claviger::service {
namespace {

constexpr std::size_t kBatchBytes = 256 << 10;  // Gathered before they are handed over.

// Answers to somebody whose credentials prove nothing: there is no account whose event it could be.
constexpr std::array kUnproven = {ErrorCode::kExpiredToken, ErrorCode::kIncompleteSignature,
                                  ErrorCode::kInvalidClientTokenId, ErrorCode::kMissingAuthenticationToken,
                                  ErrorCode::kSignatureDoesNotMatch};

// CloudTrail tells of the provider of a web identity, not of a SAML provider.
bool IsWebIdentityProvider(std::string_view arn) { return arn.find(":oidc-provider/") != std::string_view::npos; }

const audit::Who* WhoOf(Identity& identity) {
  if (identity.who == nullptr) {
    const Caller& caller = identity.caller;
    audit::Principal principal{.type = caller.type,
                               .account = caller.account,
                               .principal_id = caller.user_id,
                               .arn = caller.arn,
                               .user_name = caller.IsRoot() ? identity.account_alias : caller.user_name,
                               .access_key_id = caller.access_key_id,
                               .session = {}};
    if (caller.session) {
      const std::string& provider = caller.session->federated_provider;
      principal.session = {.issued = caller.session->issued,
                           .mfa_authenticated = caller.session->mfa_authenticated,
                           .issuer_id = caller.unique_id,
                           .issuer_arn = identity.issuer_arn,
                           .source_identity = caller.session->source_identity,
                           .federated_provider = IsWebIdentityProvider(provider) ? provider : std::string(),
                           .assumed_root = caller.session->assumed_root,
                           .delegate = caller.session->delegate};
    }
    identity.who = std::make_shared<const audit::Who>(audit::Describe(principal));
  }
  return identity.who.get();
}

audit::Event EventOf(const AuditedRequest& request) {
  audit::Event event{.time = request.time,
                     .operation = request.operation,
                     .who = request.caller == nullptr ? nullptr : WhoOf(*request.caller),
                     .outsider = request.outsider,
                     .request_id = request.request_id,
                     .extended_request_id = request.extended_request_id,
                     .region = request.region,
                     .source_ip = request.http.source_ip,
                     .user_agent = request.http.FindHeader("user-agent").value_or(""),
                     .host = {},
                     .tls_version = request.http.tls_version,
                     .tls_cipher_suite = request.http.tls_cipher_suite,
                     .error = request.error,
                     .uses = request.uses,
                     .request = request.request,
                     .response = request.response};
  if (!event.tls_version.empty()) event.host = request.http.FindHeader("host").value_or("");
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

Result<audit::EntryBatch> Auditor::Keep(const AuditedRequest& request, store::Batch& changes) {
  if (trail_ == nullptr) return audit::EntryBatch();
  if (!trail_->accepts_changes()) {
    return Fail(ErrorCode::kServiceUnavailable,
                "The audit trail cannot be written; no changes are accepted until it can.");
  }
  kept_.Clear();
  recorder_.Record(EventOf(request), kept_);
  for (const auto& place : kept_.places) changes.writes[audit::OutboxKey(kept_.At(place))] = kept_.At(place);
  return kept_;
}

void Auditor::Committed(const audit::EntryBatch& kept) {
  if (trail_ == nullptr) return;
  for (const auto& place : kept.places) {
    entries_.places.push_back(
        {.time = place.time, .offset = entries_.bytes.size(), .size = place.size, .in_outbox = true});
    entries_.bytes += kept.At(place);
  }
  FlushWhenFull();
}

void Auditor::Note(const AuditedRequest& request) {
  if (!Wanted(request)) return;
  recorder_.Record(EventOf(request), entries_);
  FlushWhenFull();
}

void Auditor::FlushWhenFull() {
  if (entries_.bytes.size() >= kBatchBytes) Flush();
}

void Auditor::Flush() {
  if (!entries_.empty()) trail_->Add(entries_);
}

}  // namespace claviger::service
