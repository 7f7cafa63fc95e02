#include "ops/iam/delegation_request.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "aws/arn.h"
#include "directory/delegation_request.h"
#include "directory/delegation_template.h"
#include "gen/iam/operations.h"
#include "lint/role_boundary.h"
#include "ops/iam/delegation_check.h"
#include "ops/iam/delegation_summary.h"
#include "ops/paging.h"
#include "ops/sts/new_session.h"
#include "policy/delegation_template.h"
#include "policy/parse.h"
#include "session/trade_in_token.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::DelegationRequests;
using directory::DelegationState;
using Stored = directory::DelegationRequest;

// Longer access only a user or role may grant.
constexpr std::chrono::hours kRootDurationMax{4};
constexpr std::string_view kArnType = "delegation-request/";
constexpr std::string_view kLanguage = "en";  // The one that summaries are written in.

Failure<Error> Invalid(std::string text) { return Fail(ErrorCode::kInvalidInput, std::move(text)); }

// A request that the caller's account may know of.
Result<Stored> GetRequest(OperationContext& context, std::string_view id) {
  auto request = TRY(DelegationRequests(context.directory.context).Find(id, context.now));
  if (request && request->IsVisibleTo(context.account())) return *std::move(request);
  return Fail(ErrorCode::kNoSuchEntity, "The delegation request with id " + std::string(id) + " cannot be found.");
}

// The same for a step that it must be ready for.
Result<Stored> GetRequestIn(OperationContext& context, std::string_view id,
                            std::initializer_list<DelegationState> states) {
  Stored request = TRY(GetRequest(context, id));
  if (std::ranges::find(states, request.state) != states.end()) return request;
  return Invalid("The delegation request with id " + request.id + " is in state " + std::string(NameOf(request.state)) +
                 ", in which this cannot be done.");
}

Result<std::shared_ptr<const policy::Document>> PolicyOf(const Stored& request) {
  auto document = policy::Parse(request.policy, policy::Kind::kSession);
  if (document.ok()) return *std::move(document);
  return Fail(ErrorCode::kServiceFailure, "The policy of the delegation request cannot be read.");
}

DelegationPermission PermissionsOf(const Stored& request) {
  DelegationPermission permissions{.policy_template_arn = request.template_arn};
  if (request.parameters.empty()) return permissions;
  auto& parameters = permissions.parameters.emplace();
  for (const directory::DelegationParameter& parameter : request.parameters) {
    parameters.push_back(
        {.name = parameter.name, .values = parameter.values, .type = parameter.is_list ? "stringList" : "string"});
  }
  return permissions;
}

// As lists show it.
DelegationRequest ToApi(const Stored& request) {
  DelegationRequest shown{.delegation_request_id = request.id,
                          .description = request.description,
                          .request_message = request.message,
                          .state = std::string(NameOf(request.state)),
                          .expiration_time = request.expires,
                          .requestor_id = request.provider.ToString(),
                          .create_date = request.created,
                          .session_duration = static_cast<std::int32_t>(request.session_duration.count()),
                          .redirect_url = request.redirect_url,
                          .notes = request.notes,
                          .rejection_reason = request.rejection_reason,
                          .only_send_by_owner = request.only_send_by_owner,
                          .updated_time = request.updated};
  if (request.owner_account) shown.owner_account_id = request.owner_account->ToString();
  if (!request.owner_arn.empty()) shown.owner_id = request.owner_arn;
  if (!request.approver_arn.empty()) shown.approver_id = request.approver_arn;
  if (!request.provider_name.empty()) shown.requestor_name = request.provider_name;
  return shown;
}

// ---- Making one

// One of the caller's own account, as nobody else's would be told.
bool IsTopicOf(AccountId account, std::string_view text) {
  const auto arn = Arn::Parse(text);
  return arn && arn->service == "sns" && !arn->region.empty() && arn->account == account.ToString() &&
         arn->resource.find(':') == std::string_view::npos;
}

Result<directory::DelegationTemplate> GetTemplate(OperationContext& context, const std::optional<std::string>& arn) {
  const directory::Context& directory = context.directory.context;
  const auto all = TRY(directory::ListDelegationTemplates(directory));
  const auto is_own = [&](const directory::DelegationTemplate& one) { return one.provider == context.account(); };
  if (std::ranges::none_of(all, is_own)) {
    return Fail(ErrorCode::kAccessDenied, "Account " + context.account().ToString() +
                                              " is not a registered product provider, which CreateDelegationRequest is "
                                              "for.");
  }
  const std::string wanted = arn.value_or("");
  const auto name = directory::DelegationTemplateName(wanted);
  const auto found = std::ranges::find_if(
      all, [&](const directory::DelegationTemplate& one) { return is_own(one) && name && one.name == *name; });
  if (found != all.end()) return *found;
  return Invalid("The policy template " + wanted + " does not exist.");
}

Result<std::vector<directory::DelegationParameter>> ReadParameters(const DelegationPermission& permissions) {
  std::vector<directory::DelegationParameter> parameters;
  if (!permissions.parameters) return parameters;
  for (const PolicyParameter& given : *permissions.parameters) {
    if (!given.name || !given.type) return Invalid("A parameter must have a Name and a Type.");
    parameters.push_back({.name = *given.name,
                          .is_list = *given.type == "stringList",
                          .values = given.values.value_or(std::vector<std::string>())});
  }
  return parameters;
}

Result<std::string> Render(const std::string& text, const std::vector<directory::DelegationParameter>& parameters) {
  std::vector<policy::TemplateParameter> given;
  given.reserve(parameters.size());
  for (const auto& [name, is_list, values] : parameters) given.push_back({name, is_list, values});
  auto rendered = policy::RenderTemplate(text, given);
  if (!rendered.ok()) {
    return Invalid("The policy template cannot be used with these parameters: " + rendered.error());
  }
  const auto document = policy::Parse(*rendered, policy::Kind::kSession);
  if (!document.ok()) return Invalid(document.error().message);
  const std::string problem = lint::RoleBoundariesOf(**document).problem;
  if (!problem.empty()) return Invalid("The policy cannot be delegated: " + problem);
  return *std::move(rendered);
}

Result<CreateDelegationRequestResponse> CreateDelegationRequest(OperationContext& context,
                                                                const CreateDelegationRequestRequest& request) {
  const directory::DelegationTemplate from = TRY(GetTemplate(context, request.permissions.policy_template_arn));
  if (!IsTopicOf(context.account(), request.notification_channel)) {
    return Invalid("NotificationChannel must be the ARN of an SNS topic of account " + context.account().ToString() +
                   ".");
  }
  Stored made{.id = context.random.Uuid(),
              .provider = context.account(),
              .provider_name = from.provider_name,
              .template_arn = *request.permissions.policy_template_arn,
              .parameters = TRY(ReadParameters(request.permissions)),
              .description = request.description,
              .message = request.request_message,
              .workflow_id = request.requestor_workflow_id,
              .redirect_url = request.redirect_url,
              .topic = request.notification_channel,
              .session_duration = std::chrono::seconds(request.session_duration),
              .only_send_by_owner = request.only_send_by_owner.value_or(false)};
  made.policy = TRY(Render(from.policy, made.parameters));
  if (request.owner_account_id) made.owner_account = AccountId::Parse(*request.owner_account_id);
  TRY(DelegationRequests(context.directory.context).Insert(made, context.now));
  return CreateDelegationRequestResponse{
      .console_deep_link = std::string(context.token_issuers) + "/iam/account-access-requests/review/" + made.id,
      .delegation_request_id = made.id};
}

// ---- Its way

Result<AssociateDelegationRequestResponse> AssociateDelegationRequest(
    OperationContext& context, const AssociateDelegationRequestRequest& request) {
  Stored found = TRY(GetRequestIn(context, request.delegation_request_id, {DelegationState::kUnassigned}));
  found.owner_account = context.account();
  found.owner_arn = context.caller.arn;
  found.owner_user_id = context.caller.user_id;
  DelegationRequests(context.directory.context).Advance(found, DelegationState::kAssigned, context.now);
  return AssociateDelegationRequestResponse{};
}

Result<UpdateDelegationRequestResponse> UpdateDelegationRequest(OperationContext& context,
                                                                const UpdateDelegationRequestRequest& request) {
  Stored found = TRY(GetRequestIn(context, request.delegation_request_id, {DelegationState::kAssigned}));
  found.notes = request.notes;
  DelegationRequests(context.directory.context).Advance(found, DelegationState::kPendingApproval, context.now);
  return UpdateDelegationRequestResponse{};
}

// The tags that the caller's session has besides those of its role.
Result<std::vector<session::SessionTag>> TagsOfSession(OperationContext& context) {
  const auto role = TRY(context.directory.roles.FindById(context.caller.unique_id));
  const auto& inherited = context.caller.session->transitive_tags;
  std::vector<session::SessionTag> tags;
  for (const claviger::Tag& tag : context.principal_tags) {
    if (role && std::ranges::find(role->tags, tag) != role->tags.end()) continue;
    tags.push_back({.tag = tag, .transitive = std::ranges::find(inherited, tag) != inherited.end()});
  }
  return tags;
}

// Whom the provider will act as: the caller as it is now.
Result<std::string> SessionOfApprover(OperationContext& context, std::chrono::seconds duration) {
  session::Session session = sts::SessionFor(context, duration);
  const Caller& caller = context.caller;
  if (!caller.session) return session::EncodeSession(session);
  session.mfa_authenticated = caller.session->mfa_authenticated;
  session.source_identity = caller.session->source_identity;
  session.federated_provider = caller.session->federated_provider;
  session.identity_keys = caller.session->identity_keys;
  if (caller.type != PrincipalType::kAssumedRole) return session::EncodeSession(session);
  session.name = caller.user_id.substr(caller.user_id.find(':') + 1);
  session.tags = TRY(TagsOfSession(context));
  return session::EncodeSession(session);
}

Result<AcceptDelegationRequestResponse> AcceptDelegationRequest(OperationContext& context,
                                                                const AcceptDelegationRequestRequest& request) {
  Stored found = TRY(GetRequestIn(context, request.delegation_request_id,
                                  {DelegationState::kAssigned, DelegationState::kPendingApproval}));
  const Caller& caller = context.caller;
  if (caller.IsRoot() && found.session_duration > kRootDurationMax) {
    return Invalid("The root user can only accept delegation requests with a duration of 4 hours or less.");
  }
  // What somebody else lets it do only in part it cannot pass on in full.
  if (caller.session && caller.session->limited) {
    return Invalid("A session that is limited by session policies cannot accept a delegation request.");
  }
  found.approver_arn = caller.arn;
  found.approver_session = TRY(SessionOfApprover(context, found.session_duration));
  DelegationRequests(context.directory.context).Advance(found, DelegationState::kAccepted, context.now);
  return AcceptDelegationRequestResponse{};
}

Result<RejectDelegationRequestResponse> RejectDelegationRequest(OperationContext& context,
                                                                const RejectDelegationRequestRequest& request) {
  Stored found =
      TRY(GetRequestIn(context, request.delegation_request_id,
                       {DelegationState::kAssigned, DelegationState::kPendingApproval, DelegationState::kAccepted}));
  found.rejection_reason = request.notes;
  DelegationRequests(context.directory.context).Advance(found, DelegationState::kRejected, context.now);
  return RejectDelegationRequestResponse{};
}

Result<SendDelegationTokenResponse> SendDelegationToken(OperationContext& context,
                                                        const SendDelegationTokenRequest& request) {
  Stored found = TRY(GetRequestIn(context, request.delegation_request_id, {DelegationState::kAccepted}));
  if (found.only_send_by_owner && found.owner_user_id != context.caller.user_id) {
    return Fail(ErrorCode::kAccessDenied, "User: " + context.caller.arn +
                                              " is not authorized to perform: iam:SendDelegationToken on resource: " +
                                              IamArn(context.account(), "delegation-request", "/", found.id) +
                                              " because the token can only be sent by the owner of the request");
  }
  const std::string token = session::MintTradeInToken(
      {.request_id = found.id,
       .provider = found.provider,
       .expires = std::chrono::floor<std::chrono::seconds>(context.now) + found.session_duration},
      context.directory.context.keys.sessions, context.random);
  DelegationRequests(context.directory.context).Advance(found, DelegationState::kFinalized, context.now, token);
  return SendDelegationTokenResponse{};
}

// ---- Looking at it

Result<GetDelegationRequestResponse> GetDelegationRequest(OperationContext& context,
                                                          const GetDelegationRequestRequest& request) {
  const Stored found = TRY(GetRequest(context, request.delegation_request_id));
  const auto document = TRY(PolicyOf(found));
  GetDelegationRequestResponse response;
  DelegationRequest& shown = response.delegation_request.emplace(ToApi(found));
  shown.permissions = PermissionsOf(found);
  shown.permission_policy = found.policy;
  shown.role_permission_restriction_arns = lint::RoleBoundariesOf(*document).arns;
  if (!request.delegation_permission_check.value_or(false)) return response;
  const auto coverage = CheckDelegation(context, *document);
  response.permission_check_status = coverage.ok() ? "COMPLETE" : "FAILED";
  if (coverage.ok()) response.permission_check_result = std::string(NameOf(*coverage));
  return response;
}

Result<ListDelegationRequestsResponse> ListDelegationRequests(OperationContext& context,
                                                              const ListDelegationRequestsRequest& request) {
  DelegationRequests requests(context.directory.context);
  std::vector<DelegationRequests::Owned> owned = TRY(requests.ListOwned());
  if (request.owner_id) {
    std::erase_if(owned, [&](const DelegationRequests::Owned& one) { return one.owner_arn != *request.owner_id; });
  }
  ListDelegationRequestsResponse response;
  std::vector<std::string> page;
  TRY(ShowPage(
      context, "ListDelegationRequests", request, std::move(owned),
      [](const DelegationRequests::Owned& one) { return one.id; },
      [&](const DelegationRequests::Owned& one) { page.push_back(one.id); }, response));
  auto& shown = response.delegation_requests.emplace();
  for (const std::string& id : page) shown.push_back(ToApi(TRY(GetRequest(context, id))));
  return response;
}

Result<GetHumanReadableSummaryResponse> GetHumanReadableSummary(OperationContext& context,
                                                                const GetHumanReadableSummaryRequest& request) {
  const auto arn = Arn::Parse(request.entity_arn);
  if (!arn) return Invalid("EntityArn " + request.entity_arn + " is not valid.");
  if (arn->service != "iam" || !arn->resource.starts_with(kArnType)) {
    return GetHumanReadableSummaryResponse{.summary_state = "NOT_SUPPORTED"};
  }
  const Stored found = TRY(GetRequest(context, arn->resource.substr(kArnType.size())));
  const auto document = TRY(PolicyOf(found));
  return GetHumanReadableSummaryResponse{
      .summary_content = SummarizeDelegation(found, *document, context.directory.context.services),
      .locale = std::string(kLanguage),
      .summary_state = "AVAILABLE"};
}

}  // namespace

void RegisterDelegationRequestOperations(Operations& operations) {
  operations.Add<api::AcceptDelegationRequest>(AcceptDelegationRequest);
  operations.Add<api::AssociateDelegationRequest>(AssociateDelegationRequest);
  operations.Add<api::CreateDelegationRequest>(CreateDelegationRequest);
  operations.Add<api::GetDelegationRequest>(GetDelegationRequest);
  operations.Add<api::GetHumanReadableSummary>(GetHumanReadableSummary);
  operations.Add<api::ListDelegationRequests>(ListDelegationRequests);
  operations.Add<api::RejectDelegationRequest>(RejectDelegationRequest);
  operations.Add<api::SendDelegationToken>(SendDelegationToken);
  operations.Add<api::UpdateDelegationRequest>(UpdateDelegationRequest);
}

}  // namespace claviger::ops::iam
