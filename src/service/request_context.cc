#include "service/request_context.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <vector>

#include "aws/arn.h"
#include "base/text.h"
#include "base/time_text.h"
#include "service/request_values.h"

namespace claviger::service {
namespace {

using authz::ContextKeys;

// IAM and Organizations are in one region only, whatever the signature says.
constexpr std::string_view kGlobalRegion = "us-east-1";

bool IsGlobal(std::string_view service) { return service == "iam" || service == "organizations"; }

std::string AsciiUpper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
  return text;
}

std::string_view TypeText(PrincipalType type) {
  switch (type) {
    case PrincipalType::kRoot:
      return "Account";
    case PrincipalType::kUser:
      return "User";
    case PrincipalType::kAssumedRole:
      return "AssumedRole";
    case PrincipalType::kFederatedUser:
      return "FederatedUser";
    case PrincipalType::kOutsider:
      break;
  }
  return "Anonymous";
}

void SetSeconds(ContextKeys& keys, std::string_view name, std::chrono::seconds seconds) {
  std::array<char, 24> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), seconds.count()).ptr;
  keys.Set(name, std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
}

void SetTags(ContextKeys& keys, std::string_view prefix, const std::vector<Tag>& tags) {
  for (const Tag& tag : tags) keys.Set(std::string(prefix) + tag.key, tag.value);
}

bool SetTexts(ContextKeys& keys, std::string_view name, const std::vector<std::string>& texts) {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  if (!views.empty()) keys.Set(name, views);
  return !views.empty();
}

// A code that comes with the request itself counts for it alone; else that counts which the session began with.
// Long-term keys have neither key.
void FillMfa(const Circumstances& circumstances, ContextKeys& keys) {
  const auto& session = circumstances.caller.caller.session;
  if (!session && !circumstances.mfa_authenticated) return;
  const bool present = circumstances.mfa_authenticated || session->mfa_authenticated;
  keys.Set("aws:MultiFactorAuthPresent", present ? "true" : "false");
  if (!present) return;
  const TimePoint shown = circumstances.mfa_authenticated ? circumstances.now : session->issued;
  SetSeconds(keys, "aws:MultiFactorAuthAge", std::chrono::floor<std::chrono::seconds>(circumstances.now - shown));
}

// Nobody's account, and no credentials; but what an identity provider says.
void FillOutsider(const Outsider& outsider, ContextKeys& keys) {
  for (const std::string_view name : {"aws:PrincipalAccount", "aws:userid"}) keys.Set(name, "anonymous");
  keys.Set("aws:PrincipalType", TypeText(PrincipalType::kOutsider));
  for (const IdentityKey& key : outsider.keys) SetTexts(keys, key.name, key.values);
}

void FillPrincipal(const Identity& identity, ContextKeys& keys) {
  if (identity.outsider != nullptr) return FillOutsider(*identity.outsider, keys);
  const Caller& caller = identity.caller;
  const bool role = caller.type == PrincipalType::kAssumedRole;
  keys.Set("aws:PrincipalArn", role ? identity.issuer_arn : caller.arn);
  keys.Set("aws:PrincipalAccount", caller.account.ToString());
  keys.Set("aws:PrincipalType", TypeText(caller.type));
  keys.Set("aws:PrincipalIsAWSService", "false");
  keys.Set("aws:userid", caller.user_id);
  if (caller.type == PrincipalType::kUser) keys.Set("aws:username", caller.user_name);
  SetTags(keys, "aws:PrincipalTag/", identity.tags);
  if (!caller.session) return;
  keys.Set("aws:TokenIssueTime", FormatIso8601(caller.session->issued));
  if (!caller.session->source_identity.empty()) keys.Set("aws:SourceIdentity", caller.session->source_identity);
  if (!caller.session->federated_provider.empty()) {
    keys.Set("aws:FederatedProvider", caller.session->federated_provider);
  }
  if (caller.session->assumed_root) keys.Set("aws:AssumedRoot", "true");
  for (const auto& [name, value] : caller.session->identity_keys) keys.Set(name, value);
}

void FillConnection(const Circumstances& circumstances, ContextKeys& keys) {
  const http::Request& http = circumstances.http;
  keys.Set("aws:CurrentTime", FormatIso8601(circumstances.now));
  SetSeconds(keys, "aws:EpochTime", std::chrono::floor<std::chrono::seconds>(circumstances.now.time_since_epoch()));
  keys.Set("aws:SecureTransport", http.secure ? "true" : "false");
  keys.Set("aws:SourceIp", http.source_ip);
  keys.Set("aws:RequestedRegion", IsGlobal(circumstances.service) ? kGlobalRegion : circumstances.region);
  keys.Set("aws:ViaAWSService", "false");
  if (const auto agent = http.FindHeader("user-agent")) keys.Set("aws:UserAgent", *agent);
  if (const auto referer = http.FindHeader("referer")) keys.Set("aws:referer", *referer);
}

void FillResource(const Resource& resource, ContextKeys& keys) {
  const auto arn = Arn::Parse(resource.arn);
  if (arn && AccountId::Parse(arn->account)) keys.Set("aws:ResourceAccount", arn->account);
  if (!resource.exists || resource.type == nullptr) return;
  for (const std::string_view prefix : resource.type->tag_keys) SetTags(keys, prefix, resource.entity.tags);
  if (!resource.entity.owner_arn.empty()) keys.Set("iam:DelegationRequestOwner", resource.entity.owner_arn);
}

void FillOrganization(const Controls* controls, std::string_view id_key, std::string_view paths_key,
                      ContextKeys& keys) {
  if (controls == nullptr || controls->organization_id.empty()) return;
  keys.Set(id_key, controls->organization_id);
  const std::string_view path = controls->organization_path;
  keys.Set(paths_key, std::span(&path, 1));
}

std::string_view TextOf(const void* structure, const Member& member) {
  const std::string* text = FindText(structure, &member);
  return text == nullptr ? std::string_view() : *text;
}

// A key for each tag of the list.
void FillTags(const ActionKeyInfo& key, const ValueSource& source, const void* request, ContextKeys& keys) {
  VisitValues(request, source.path, [&](const Shape&, const void* tag) {
    keys.Set(std::string(key.name) + std::string(TextOf(tag, *key.tag_key)), TextOf(tag, *key.tag_value));
  });
}

// How a request spells the service of a credential does not change which it is.
constexpr std::string_view kCredentialService = "iam:ServiceSpecificCredentialServiceName";

bool SetFromRequest(const ActionKeyInfo& key, const ValueSource& source, const void* request, ContextKeys& keys) {
  std::vector<std::string> texts;
  VisitValues(request, source.path,
              [&](const Shape& shape, const void* value) { texts.emplace_back(ValueText(shape, value).view()); });
  if (key.name == kCredentialService) {
    for (std::string& text : texts) text = AsciiLower(text);
  }
  return SetTexts(keys, key.name, texts);
}

bool SetText(ContextKeys& keys, std::string_view name, std::string_view text) {
  if (!text.empty()) keys.Set(name, text);
  return !text.empty();
}

bool SetFromCaller(const ActionKeyInfo& key, const ValueSource& source, const Caller& caller, ContextKeys& keys) {
  if (!caller.session) return false;
  if (source.text == "SourceIdentity") return SetText(keys, key.name, caller.session->source_identity);
  if (source.text != "TransitiveTagKeys") return false;
  std::vector<std::string> tag_keys;
  for (const Tag& tag : caller.session->transitive_tags) tag_keys.push_back(tag.key);
  return SetTexts(keys, key.name, tag_keys);
}

// What a token or an assertion says, by the name that model/actions/ has for it.
std::vector<std::string> SaidBy(const Outsider& outsider, std::string_view what) {
  std::vector<std::string> texts;
  if (what == "PrincipalTags" || what == "PrincipalTags[].Key") {
    for (const Tag& tag : outsider.tags) texts.push_back(tag.key);
  }
  if (what == "TransitiveTagKeys[]") texts = outsider.transitive_tag_keys;
  if (what == "SourceIdentity" && !outsider.source_identity.empty()) texts.push_back(outsider.source_identity);
  if (what == "RoleAuthorizedByIdp") texts.emplace_back(outsider.role_authorized ? "true" : "false");
  if (what == "RoleSessionName" && !outsider.session_name.empty()) texts.push_back(outsider.session_name);
  return texts;
}

bool SetFromOutsider(const ActionKeyInfo& key, const ValueSource& source, const Outsider* outsider, ContextKeys& keys) {
  if (outsider == nullptr) return false;
  if (source.text != "PrincipalTags[]") return SetTexts(keys, key.name, SaidBy(*outsider, source.text));
  SetTags(keys, key.name, outsider->tags);  // A key for each.
  return !outsider->tags.empty();
}

// Sets the key from the first source that has a value.
void FillActionKey(const Circumstances& circumstances, const ActionKeyInfo& key, const void* request,
                   const Resource& resource, ContextKeys& keys) {
  if (key.tag_key != nullptr) return FillTags(key, key.sources.front(), request, keys);
  for (const ValueSource& source : key.sources) {
    bool found = false;
    switch (source.origin) {
      case ValueOrigin::kRequest:
        found = SetFromRequest(key, source, request, keys);
        break;
      case ValueOrigin::kCaller:
        found = SetFromCaller(key, source, circumstances.caller.caller, keys);
        break;
      case ValueOrigin::kResource:  // Of all its state only the boundary is asked for, of control policies the type.
        found = SetText(
            keys, key.name,
            source.text == "PolicyType" ? AsciiUpper(resource.entity.policy_type) : resource.entity.boundary_arn);
        break;
      case ValueOrigin::kConstant:
        found = SetText(keys, key.name, source.text);
        break;
      case ValueOrigin::kCredential:  // Of all its state only the service is ever asked for.
        found = SetText(keys, key.name, resource.credential_service);
        break;
      case ValueOrigin::kAssertion:
      case ValueOrigin::kToken:
        found = SetFromOutsider(key, source, circumstances.caller.outsider.get(), keys);
        break;
      case ValueOrigin::kNever:
        break;
    }
    if (found) return;
  }
}

bool HasValue(const ValueSource& source, const Identity& identity, const void* request) {
  const Caller& caller = identity.caller;
  if (source.origin == ValueOrigin::kToken || source.origin == ValueOrigin::kAssertion) {
    return identity.outsider != nullptr && !SaidBy(*identity.outsider, source.text).empty();
  }
  if (source.origin == ValueOrigin::kCaller) {
    if (!caller.session) return false;
    if (source.text == "SourceIdentity") return !caller.session->source_identity.empty();
    return source.text == "TransitiveTagKeys" && !caller.session->transitive_tags.empty();
  }
  if (source.origin != ValueOrigin::kRequest) return false;
  bool found = false;
  VisitValues(request, source.path, [&](const Shape& shape, const void* value) {
    found = found || shape.kind != ShapeKind::kBoolean || *static_cast<const bool*>(value);
  });
  return found;
}

}  // namespace

void FillContextKeys(const Circumstances& circumstances, const ActionInfo& action, const void* request,
                     const Resource& resource, authz::ContextKeys& keys) {
  FillPrincipal(circumstances.caller, keys);
  FillMfa(circumstances, keys);
  FillConnection(circumstances, keys);
  FillResource(resource, keys);
  FillOrganization(circumstances.principal_controls, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", keys);
  FillOrganization(circumstances.resource_controls, "aws:ResourceOrgID", "aws:ResourceOrgPaths", keys);
  for (const ActionKeyInfo& key : action.keys) FillActionKey(circumstances, key, request, resource, keys);
}

bool AnyHasValue(std::span<const ValueSource> sources, const Identity& caller, const void* request) {
  return std::ranges::any_of(sources, [&](const ValueSource& source) { return HasValue(source, caller, request); });
}

authz::Principal PrincipalOf(const Identity& caller, std::string_view account) {
  authz::Principal principal{.account = account,
                             .arn = caller.caller.arn,
                             .issuer_arn = caller.issuer_arn,
                             .unique_id = caller.caller.unique_id};
  switch (caller.caller.type) {
    case PrincipalType::kRoot:
      principal.kind = authz::CallerKind::kRoot;
      break;
    case PrincipalType::kUser:
      principal.kind = authz::CallerKind::kUser;
      break;
    case PrincipalType::kAssumedRole:
      principal.kind = authz::CallerKind::kRoleSession;
      principal.service_linked_role = caller.issuer_arn.find(":role/aws-service-role/") != std::string::npos;
      break;
    case PrincipalType::kFederatedUser:
      principal.kind = authz::CallerKind::kFederatedUser;
      break;
    case PrincipalType::kOutsider:
      return {.kind = authz::CallerKind::kOutsider, .name = caller.outsider->provider};
  }
  return principal;
}

}  // namespace claviger::service
