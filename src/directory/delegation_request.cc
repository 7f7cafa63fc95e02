#include "directory/delegation_request.h"

#include <array>
#include <utility>

#include "base/encoding.h"
#include "codec/record.h"
#include "crypto/sha256.h"
#include "directory/counter.h"
#include "directory/delegation_notice.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

using codec::RecordReader;
using codec::RecordWriter;

// How long a request waits for somebody to take it on, and for each of the next steps.
constexpr std::chrono::days kUnassignedLife{1};
constexpr std::chrono::days kStateLife{7};
// How long what has expired is still shown.
constexpr std::chrono::days kExpiredLife{30};

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum Field : unsigned {
  kProvider = 1,
  kProviderName = 2,
  kTemplateArn = 3,
  kParameter = 4,
  kPolicy = 5,
  kDescription = 6,
  kMessage = 7,
  kWorkflowId = 8,
  kRedirectUrl = 9,
  kTopic = 10,
  kSessionSeconds = 11,
  kOnlySendByOwner = 12,
  kState = 13,
  kCreated = 14,
  kUpdated = 15,
  kExpires = 16,
  kOwnerAccount = 17,
  kOwnerArn = 18,
  kOwnerUserId = 19,
  kApproverArn = 20,
  kApproverSession = 21,
  kNotes = 22,
  kRejectionReason = 23,
};
enum ParameterField : unsigned { kName = 1, kIsList = 2, kValue = 3 };

std::uint64_t Micros(TimePoint time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }

Counter CounterOf(const Context& context) {
  return {.what = "delegation-requests",
          .quota_name = "DelegationRequestsPerAccount",
          .max = context.quotas.delegation_requests_per_account};
}

std::string Encode(const DelegationParameter& parameter) {
  RecordWriter writer(kVersion);
  writer.Bytes(kName, parameter.name).Number(kIsList, parameter.is_list ? 1 : 0);
  for (const std::string& value : parameter.values) writer.Bytes(kValue, value);
  return writer.Take();
}

DelegationParameter DecodeParameter(std::string_view record) {
  DelegationParameter parameter;
  RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kName) parameter.name = field->Text();
    if (field->number == kIsList) parameter.is_list = field->value == 1;
    if (field->number == kValue) parameter.values.push_back(field->Text());
  }
  return parameter;
}

std::string Encode(const DelegationRequest& request) {
  RecordWriter writer(kVersion);
  writer.Bytes(kProvider, request.provider.ToString())
      .BytesUnlessEmpty(kProviderName, request.provider_name)
      .Bytes(kTemplateArn, request.template_arn)
      .Bytes(kPolicy, request.policy)
      .Bytes(kDescription, request.description)
      .Bytes(kWorkflowId, request.workflow_id)
      .Bytes(kTopic, request.topic)
      .Number(kSessionSeconds, static_cast<std::uint64_t>(request.session_duration.count()))
      .Number(kState, static_cast<std::uint64_t>(request.state))
      .Time(kCreated, request.created)
      .Time(kUpdated, request.updated)
      .Time(kExpires, request.expires)
      .BytesUnlessEmpty(kOwnerArn, request.owner_arn)
      .BytesUnlessEmpty(kOwnerUserId, request.owner_user_id)
      .BytesUnlessEmpty(kApproverArn, request.approver_arn)
      .BytesUnlessEmpty(kApproverSession, request.approver_session);
  for (const DelegationParameter& parameter : request.parameters) writer.Bytes(kParameter, Encode(parameter));
  if (request.message) writer.Bytes(kMessage, *request.message);
  if (request.redirect_url) writer.Bytes(kRedirectUrl, *request.redirect_url);
  if (request.only_send_by_owner) writer.Number(kOnlySendByOwner, 1);
  if (request.owner_account) writer.Bytes(kOwnerAccount, request.owner_account->ToString());
  if (request.notes) writer.Bytes(kNotes, *request.notes);
  if (request.rejection_reason) writer.Bytes(kRejectionReason, *request.rejection_reason);
  return writer.Take();
}

// Reads one field; whether it could be understood.
bool DecodeField(const codec::RecordField& field, DelegationRequest& request) {
  switch (field.number) {
    case kProvider: {
      const auto provider = AccountId::Parse(field.bytes);
      request.provider = provider.value_or(AccountId());
      return provider.has_value();
    }
    case kProviderName:
      request.provider_name = field.Text();
      return true;
    case kTemplateArn:
      request.template_arn = field.Text();
      return true;
    case kParameter:
      request.parameters.push_back(DecodeParameter(field.bytes));
      return true;
    case kPolicy:
      request.policy = field.Text();
      return true;
    case kDescription:
      request.description = field.Text();
      return true;
    case kMessage:
      request.message = field.Text();
      return true;
    case kWorkflowId:
      request.workflow_id = field.Text();
      return true;
    case kRedirectUrl:
      request.redirect_url = field.Text();
      return true;
    case kTopic:
      request.topic = field.Text();
      return true;
    case kSessionSeconds:
      request.session_duration = std::chrono::seconds(field.value);
      return true;
    case kOnlySendByOwner:
      request.only_send_by_owner = field.value == 1;
      return true;
    case kState:
      request.state = static_cast<DelegationState>(field.value);
      return field.value >= 1 && field.value <= static_cast<std::uint64_t>(DelegationState::kExpired);
    case kCreated:
      request.created = field.Time();
      return true;
    case kUpdated:
      request.updated = field.Time();
      return true;
    case kExpires:
      request.expires = field.Time();
      return true;
    case kOwnerAccount:
      request.owner_account = AccountId::Parse(field.bytes);
      return request.owner_account.has_value();
    case kOwnerArn:
      request.owner_arn = field.Text();
      return true;
    case kOwnerUserId:
      request.owner_user_id = field.Text();
      return true;
    case kApproverArn:
      request.approver_arn = field.Text();
      return true;
    case kApproverSession:
      request.approver_session = field.Text();
      return true;
    case kNotes:
      request.notes = field.Text();
      return true;
    case kRejectionReason:
      request.rejection_reason = field.Text();
      return true;
    default:
      return true;
  }
}

std::string WorkflowKey(const DelegationRequest& request) {
  return keyspace::DelegationWorkflow(request.provider, HexEncode(crypto::Sha256Of(request.workflow_id)));
}

// When there is something to do about a request though nobody asks.
std::string TimeKey(const DelegationRequest& request) {
  const bool expired = request.state == DelegationState::kExpired;
  return keyspace::GlobalDelegationTime(Micros(expired ? request.expires + kExpiredLife : request.expires), request.id);
}

// Whether its provider was told already how it ended.
bool IsOver(DelegationState state) {
  return state == DelegationState::kFinalized || state == DelegationState::kRejected;
}

}  // namespace

std::string_view NameOf(DelegationState state) {
  switch (state) {
    case DelegationState::kUnassigned:
      return "UNASSIGNED";
    case DelegationState::kAssigned:
      return "ASSIGNED";
    case DelegationState::kPendingApproval:
      return "PENDING_APPROVAL";
    case DelegationState::kAccepted:
      return "ACCEPTED";
    case DelegationState::kFinalized:
      return "FINALIZED";
    case DelegationState::kRejected:
      return "REJECTED";
    case DelegationState::kExpired:
      break;
  }
  return "EXPIRED";
}

Result<std::optional<DelegationRequest>> DelegationRequests::Read(std::string_view id) {
  const std::string at = keyspace::GlobalDelegationRequest(id);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<DelegationRequest>();
  DelegationRequest request;
  request.id = id;
  RecordReader reader(entry->value, kVersion);
  bool good = true;
  while (const auto field = reader.Next()) good = DecodeField(*field, request) && good;
  if (!reader.ok() || !good || request.policy.empty() || request.workflow_id.empty()) return Corrupt(at);
  return std::optional(std::move(request));
}

Result<std::optional<DelegationRequest>> DelegationRequests::Find(std::string_view id, TimePoint now) {
  auto request = TRY(Read(id));
  if (request && request->state != DelegationState::kExpired && now >= request->expires) {
    request->state = DelegationState::kExpired;
    request->updated = request->expires;
  }
  return request;
}

void DelegationRequests::Write(const DelegationRequest& request) {
  context_.transaction.Put(keyspace::GlobalDelegationRequest(request.id), Encode(request));
  context_.transaction.Put(TimeKey(request), "");
  if (!request.owner_arn.empty()) {
    context_.transaction.Put(keyspace::OwnedDelegation(*request.owner_account, request.id), request.owner_arn);
  }
}

Result<> DelegationRequests::Insert(DelegationRequest& request, TimePoint now) {
  const std::string workflow = WorkflowKey(request);
  if (TRY(FromStore(context_.transaction.Get(workflow)))) {
    return Fail(ErrorCode::kEntityAlreadyExists,
                "Delegation request with RequestorWorkflowId " + request.workflow_id + " already exists.");
  }
  const Context provider = InAccount(context_, request.provider);
  TRY(CountUp(provider, CounterOf(provider)));
  request.state = DelegationState::kUnassigned;
  request.created = now;
  request.updated = now;
  request.expires = now + kUnassignedLife;
  context_.transaction.Put(workflow, request.id);
  Write(request);
  return {};
}

void DelegationRequests::Notify(const DelegationRequest& request, TimePoint now, std::string_view exchange_token) {
  DelegationNotice notice{
      .time = now,
      .message_id = context_.random.Uuid(),
      .provider = request.provider,
      .topic = request.topic,
      .request_id = request.id,
      .workflow_id = request.workflow_id,
      .state = std::string(NameOf(request.state)),
      .owner_account = request.owner_account ? request.owner_account->ToString() : std::string(),
      .updated = request.updated,
      .exchange_token = crypto::Secret(std::string(exchange_token)),
      .access_expires = std::chrono::floor<std::chrono::seconds>(request.updated) + request.session_duration};
  DelegationNotices(context_).Put(notice);
}

void DelegationRequests::Advance(DelegationRequest& request, DelegationState state, TimePoint now,
                                 std::string_view exchange_token) {
  context_.transaction.Delete(TimeKey(request));
  request.state = state;
  request.updated = now;
  request.expires = now + kStateLife;
  Write(request);
  Notify(request, now, {});
  if (!exchange_token.empty()) Notify(request, now + std::chrono::microseconds(1), exchange_token);  // Read after it.
}

Result<std::vector<DelegationRequests::Owned>> DelegationRequests::ListOwned() {
  const std::string prefix = keyspace::OwnedDelegations(context_.account);
  std::vector<Owned> owned;
  TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry& entry) {
    owned.push_back({.id = std::string(key.substr(prefix.size())), .owner_arn = std::string(entry.value)});
    return true;
  })));
  return owned;
}

void DelegationRequests::Forget(const DelegationRequest& request) {
  context_.transaction.Delete(keyspace::GlobalDelegationRequest(request.id));
  context_.transaction.Delete(WorkflowKey(request));
  if (!request.owner_arn.empty()) {
    context_.transaction.Delete(keyspace::OwnedDelegation(*request.owner_account, request.id));
  }
  const Context provider = InAccount(context_, request.provider);
  CountDown(provider, CounterOf(provider));
}

Result<std::size_t> DelegationRequests::Sweep(TimePoint now, std::size_t max) {
  const std::string prefix = keyspace::GlobalDelegationTimes();
  const std::string end = keyspace::GlobalDelegationTime(Micros(now) + 1, "");
  std::vector<std::string> due;
  TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry&) {
    if (key >= end || due.size() >= max) return false;
    due.emplace_back(key);
    return true;
  })));
  for (const std::string& key : due) {
    context_.transaction.Delete(key);
    auto request = TRY(Read(std::string_view(key).substr(key.rfind('/') + 1)));
    if (!request) continue;
    if (request->state == DelegationState::kExpired) {
      Forget(*request);
      continue;
    }
    const bool was_over = IsOver(request->state);
    request->state = DelegationState::kExpired;
    request->updated = request->expires;
    Write(*request);
    if (!was_over) Notify(*request, now, {});
  }
  return due.size();
}

}  // namespace claviger::directory
