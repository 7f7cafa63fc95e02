#include "service/authorize.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "authz/denial_text.h"
#include "service/authorization_message.h"
#include "service/delegation.h"
#include "service/request_values.h"

namespace claviger::service {
namespace {

using authz::Decision;
using authz::Layer;
using authz::Verdict;

std::string TextOf(const Verdict& verdict, DenialForm form, const authz::Denial& denial) {
  switch (form) {
    case DenialForm::kUnsigned:
      return "Not authorized to perform " + std::string(denial.action);
    case DenialForm::kThisAction:
      return "User: " + std::string(denial.principal_arn) +
             " is not authorized to perform this action on resource: " + std::string(denial.resource);
    case DenialForm::kNoTail:
      return DenialText(verdict, denial, authz::DenialReason::kOnlyIfExplicit);
    case DenialForm::kBare:
      return DenialText({}, denial, authz::DenialReason::kOnlyIfExplicit);
    case DenialForm::kNoColon: {
      std::string text = DenialText(verdict, denial);
      // No ARN has a space, so the first match is ours.
      text.erase(text.find(" perform: ") + std::string_view(" perform").size(), 1);
      return text;
    }
    case DenialForm::kUsual:
      break;
  }
  return DenialText(verdict, denial);
}

Failure<Error> NotWithThisSession(const Caller& caller, const ActionInfo& action) {
  const Verdict verdict{Decision::kImplicitDeny, Layer::kSession, {}};
  return Fail(ErrorCode::kAccessDenied,
              DenialText(verdict, {.principal_arn = caller.arn, .action = action.name, .resource = {}}));
}

// What temporary credentials may be used for, whatever the policies say ("Comparing STS API operations" and
// "Permissions for GetSessionToken" in the IAM User Guide).
Result<> CheckSessionLimits(const Caller& caller, const OperationInfo& operation) {
  // What AssumeRoot is for says its task, and of a product provider what was accepted.
  const bool by_policies =
      caller.type == PrincipalType::kAssumedRole || caller.IsAssumedRoot() || caller.session->delegate.has_value();
  const bool federated = caller.type == PrincipalType::kFederatedUser;
  if (operation.service->name == "iam") {
    if (by_policies || (!federated && caller.session->mfa_authenticated)) return {};
    return Fail(ErrorCode::kInvalidClientTokenId, "The security token included in the request is invalid.");
  }
  if (operation.service->name != "sts") return {};  // What they are made for.
  const std::string_view name = operation.name;
  if (name == "GetSessionToken" || name == "GetFederationToken") {
    return Fail(ErrorCode::kAccessDenied, "Cannot call " + std::string(name) + " with session credentials");
  }
  if (by_policies || name == "GetCallerIdentity" || (name == "AssumeRole" && !federated)) return {};
  return NotWithThisSession(caller, *operation.action);
}

// Whether the root user is asked about something that can only be in its own account, where it needs no policy.
bool IsRootAtHome(const Identity& identity, const ResourceSpec& resource) {
  const bool may_be_foreign = resource.by == ResourceBy::kArn || resource.by == ResourceBy::kAccount;
  // An access key id may be nobody's.
  const bool at_home = !may_be_foreign && resource.by != ResourceBy::kOwner;
  return identity.caller.IsRoot() && !identity.session_binds && at_home;
}

// Whose delegation requests a request wants to see.
std::string_view OwnerAskedFor(const AuthorizationQuestion& question) {
  if (question.operation.name != "ListDelegationRequests") return {};
  for (const Member& member : question.operation.request->members) {
    const std::string* text = FindText(question.request, &member);
    if (text != nullptr && member.name == "OwnerId") return *text;
  }
  return {};
}

// Whether resource control policies are about what the operation acts on. Source: "Resource control policies" in the
// Organizations User Guide: STS is among the services, IAM and Organizations are not.
bool HasResourceControl(const OperationInfo& operation) { return operation.service->name == "sts"; }

bool SameResource(const ResourceSpec& a, const ResourceSpec& b) {
  return a.by == b.by && a.member == b.member && a.path == b.path && a.suffix == b.suffix;
}

Ruling RulingOf(const ActionInfo& action, const Resource& resource, const Verdict& verdict) {
  Ruling ruling{.action = std::string(action.name),
                .resource = resource.arn,
                .decision = verdict.decision,
                .layer = verdict.layer,
                .policy = {},
                .sid = {}};
  if (verdict.statement.policy != nullptr) {
    const authz::PolicySource& source = verdict.statement.policy->source();
    ruling.policy = source.arn.empty() ? source.id : source.arn;
    ruling.statement = verdict.statement.index;
    ruling.sid = verdict.statement.statement().source().sid.value_or("");
  }
  return ruling;
}

}  // namespace

// One question on its way.
struct Authorizer::Attempt {
  const AuthorizationQuestion& question;
  store::Transaction& transaction;
  std::string account;
  std::string* message;
  ControlsPointer controls;  // Of the caller's account.
  std::size_t checked = 0;   // Permissions so far.
};

Authorizer::Authorizer(store::Reader& reader, const Directories& directories)
    : reader_(reader),
      directories_(directories),
      permissions_(reader, directories, policies_),
      controls_(reader, directories, policies_) {}

Result<> Authorizer::Authorize(const AuthorizationQuestion& question, std::string* message) {
  const Caller& caller = question.caller.caller;
  const ActionInfo* own = question.operation.action;
  const bool outsider = caller.type == PrincipalType::kOutsider;
  // The operation asks again, once it knows who asks.
  if (own->check == CheckKind::kTrust && !outsider) return {};
  const ControlsPointer controls = TRY(controls_.Find(caller.account));
  if (controls->closed) {
    return Fail(ErrorCode::kInvalidClientTokenId, "The security token included in the request is invalid.");
  }
  if (caller.IsTemporary()) TRY(CheckSessionLimits(caller, question.operation));
  if (own->check == CheckKind::kNone) return {};
  if (own->check == CheckKind::kIdentityAndTrust && caller.IsRoot()) {  // Whomever the role trusts.
    return Fail(ErrorCode::kAccessDenied, "Roles may not be assumed by root accounts.");
  }
  if (own->instead != nullptr && AnyHasValue(own->instead->when, question.caller, question.request)) {
    own = own->instead;
  }

  store::Transaction transaction(reader_);
  Attempt attempt{.question = question,
                  .transaction = transaction,
                  .account = caller.account.ToString(),
                  .message = message,
                  .controls = controls};
  // The root user needs no policy at home, but its organization may have taken something away.
  const auto is_free = [&](const ActionInfo& action) {
    return IsRootAtHome(question.caller, action.resource) && !controls->Narrow();
  };
  std::optional<Resource> resource;
  if (!is_free(*own)) {
    resource = TRY(Resolve(attempt, *own, nullptr));
    TRY(Check(attempt, *own, *resource));
  }
  for (const ActionInfo& also : question.operation.action->also) {
    if (is_free(also)) continue;
    if (!also.when.empty() && !AnyHasValue(also.when, question.caller, question.request)) continue;
    if (!resource) resource = TRY(Resolve(attempt, *own, nullptr));
    const bool same = SameResource(also.resource, own->resource);
    TRY(Check(attempt, also, same ? *resource : TRY(Resolve(attempt, also, &*resource))));
  }
  return {};
}

// What the action is about. A recorded request may have been about something that is gone by now, or is found
// elsewhere: then it still is about that.
Result<Resource> Authorizer::Resolve(Attempt& attempt, const ActionInfo& action, const Resource* operation_resource) {
  const AuthorizationQuestion& question = attempt.question;
  Result<Resource> resource = ResolveResource({.action = action,
                                               .caller = question.caller,
                                               .request = question.request,
                                               .region = question.region,
                                               .directories = directories_,
                                               .transaction = attempt.transaction,
                                               .operation_resource = operation_resource});
  if (attempt.checked >= question.recorded.size()) return resource;
  const audit::Use& then = question.recorded[attempt.checked];  // The same questions come in the same order.
  if (then.action != action.name || (resource.ok() && resource->arn == then.resource)) return resource;
  if (!resource.ok() && resource.error().code != ErrorCode::kAccessDenied) return resource;
  Resource gone{.arn = then.resource, .foreign_account = {}, .entity = {}, .credential_service = {}};
  if (resource.ok()) {
    gone.foreign_account = resource->foreign_account;
    gone.type = resource->type;
  }
  return gone;
}

// The role's trust policy. Of a role that does not exist, or whose policy cannot be read, one that trusts nobody.
std::unique_ptr<const authz::CompiledSet> Authorizer::TrustOf(const Resource& resource) {
  std::vector<std::shared_ptr<const authz::CompiledPolicy>> policies;
  if (resource.exists) {
    auto policy = policies_.Compile(resource.entity.trust_policy, policy::Kind::kTrust, {});
    if (policy != nullptr) policies.push_back(std::move(policy));
  }
  return std::make_unique<const authz::CompiledSet>(std::move(policies));
}

Result<> Authorizer::Check(Attempt& attempt, const ActionInfo& action, const Resource& resource) {
  const AuthorizationQuestion& question = attempt.question;
  const Identity& caller = question.caller;
  ++attempt.checked;
  if (question.uses != nullptr) {
    question.uses->push_back({.action = std::string(action.name), .resource = resource.arn});
  }
  PermissionsPointer permissions;
  if (!caller.caller.IsRoot() && caller.outsider == nullptr) {
    permissions = TRY(permissions_.Find(caller.caller.account, caller.caller.type, caller.caller.unique_id));
  }
  std::unique_ptr<const authz::CompiledSet> trust;
  authz::PolicySet policies{.session = caller.session_policies.get(), .session_binds = caller.session_binds};
  if (permissions != nullptr) {
    policies.identity = permissions->identity.get();
    policies.boundary = permissions->boundary.get();
  }
  if (action.check == CheckKind::kIdentityAndTrust || action.check == CheckKind::kTrust) {
    trust = TrustOf(resource);
    policies.resource = trust.get();
    policies.resource_rule = authz::ResourceRule::kTrust;
  }

  // Whose the resource is decides which resource control policies count; they are about the resources of STS, not of
  // IAM.
  const auto foreign_account = AccountId::Parse(resource.foreign_account);
  const ControlsPointer resource_controls = foreign_account ? TRY(controls_.Find(*foreign_account)) : attempt.controls;
  policies.service_control = attempt.controls->service_control.get();
  if (HasResourceControl(question.operation)) policies.resource_control = resource_controls->resource_control.get();

  context_.action = action.name;
  context_.resource = resource.arn;
  context_.principal = PrincipalOf(caller, attempt.account);
  // Nobody has a policy that lets others become its root user: whom it lets in an account's organization knows, which
  // the operation asks.
  const bool has_owners_policy = action.resource.by != ResourceBy::kAccount;
  context_.resource_account = has_owners_policy ? std::string_view(resource.foreign_account) : std::string_view();
  context_.keys.Clear();
  const bool reads_keys = trust != nullptr || caller.session_policies != nullptr || attempt.controls->read_keys ||
                          resource_controls->read_keys || (permissions != nullptr && permissions->read_keys);
  const Circumstances circumstances{.caller = caller,
                                    .http = question.http,
                                    .region = question.region,
                                    .service = question.operation.service->name,
                                    .now = question.now,
                                    .mfa_authenticated = question.mfa_authenticated,
                                    .principal_controls = attempt.controls.get(),
                                    .resource_controls = resource.arn == "*" ? nullptr : resource_controls.get()};
  const auto fill_keys = [&] {
    // Who assumes a role is asked about tagging and naming its source in the circumstances of assuming it.
    const ActionInfo& own = *question.operation.action;
    if (trust != nullptr && &own != &action) {
      FillContextKeys(circumstances, own, question.request, resource, context_.keys);
    }
    FillContextKeys(circumstances, action, question.request, resource, context_.keys);
  };
  if (reads_keys) fill_keys();

  Verdict verdict;
  if (permissions != nullptr && permissions->unreadable) {
    verdict.layer = *permissions->unreadable;
  } else if (attempt.controls->unreadable) {
    verdict.layer = *attempt.controls->unreadable;
  } else if (resource_controls->unreadable) {
    verdict.layer = *resource_controls->unreadable;
  } else {
    verdict = authz::Evaluate(context_, policies);
    if (verdict.decision == Decision::kImplicitDeny && verdict.layer == Layer::kIdentity) {
      const auto* defaults = DelegationDefaults(caller.caller, resource, OwnerAskedFor(question));
      if (defaults != nullptr) {
        policies.identity = defaults;
        verdict = authz::Evaluate(context_, policies);
      }
    }
  }
  if (question.rulings != nullptr) question.rulings->push_back(RulingOf(action, resource, verdict));
  if (verdict.allowed()) return {};

  if (attempt.message != nullptr) {
    if (!reads_keys) fill_keys();
    *attempt.message =
        SealAuthorizationMessage(verdict, context_, caller.caller, directories_.keys.markers, directories_.random);
  }
  const ResourceQuestion asked{.action = action,
                               .caller = caller,
                               .request = question.request,
                               .region = question.region,
                               .directories = directories_,
                               .transaction = attempt.transaction};
  const std::string message = ResourceMessage(asked, resource);
  const DenialForm form = resource.foreign_account.empty() ? action.form : action.foreign_form;
  return Fail(ErrorCode::kAccessDenied,
              TextOf(verdict, form, {.principal_arn = caller.caller.arn, .action = action.name, .resource = message}));
}

}  // namespace claviger::service
