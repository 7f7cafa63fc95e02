#include "ops/iam/tags.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>

#include "base/text.h"
#include "gen/iam/operations.h"
#include "ops/iam/oidc_provider.h"
#include "ops/iam/policy_lookup.h"
#include "ops/iam/saml_provider.h"
#include "ops/iam/show.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

constexpr std::string_view kReservedPrefix = "aws:";

bool SameKey(std::string_view a, std::string_view b, TagKeys keys) {
  return keys == TagKeys::kIgnoreCase ? EqualsIgnoreCase(a, b) : a == b;
}

Result<> CheckNotReserved(std::string_view key) {
  if (!EqualsIgnoreCase(key.substr(0, kReservedPrefix.size()), kReservedPrefix)) return {};
  return Fail(ErrorCode::kInvalidInput, "Tag keys beginning with aws: are reserved for system use.");
}

// Adds `given`; a key that is there already gets the new value, and the new spelling.
Result<> Merge(const std::vector<claviger::Tag>& given, TagKeys keys, std::uint64_t max,
               std::vector<claviger::Tag>& tags) {
  for (const claviger::Tag& tag : given) {
    const auto known =
        std::ranges::find_if(tags, [&](const claviger::Tag& old) { return SameKey(old.key, tag.key, keys); });
    if (known == tags.end()) {
      tags.push_back(tag);
    } else {
      *known = tag;
    }
  }
  if (tags.size() > max) {
    return Fail(ErrorCode::kLimitExceeded, "The number of tags has reached the maximum limit.");
  }
  return {};
}

// What a request is about, with the rules for its tags, by whichever member the request has. An ARN of AWS's own
// policies is refused before it is looked up, but only by what would change it.
template <class Request>
auto GetTagged(OperationContext& context, const Request& request) {
  if constexpr (requires { request.user_name; }) {
    return context.directory.users.Get(request.user_name);
  } else if constexpr (requires { request.role_name; }) {
    return context.directory.roles.Get(request.role_name);
  } else if constexpr (requires { request.serial_number; }) {
    return context.directory.mfa_devices.GetVirtual(request.serial_number);
  } else if constexpr (requires { request.server_certificate_name; }) {
    return context.directory.server_certificates.Get(request.server_certificate_name);
  } else if constexpr (requires { request.open_id_connect_provider_arn; }) {
    return GetOidcProvider(context, request.open_id_connect_provider_arn);
  } else if constexpr (requires { request.saml_provider_arn; }) {
    return GetSamlProvider(context, request.saml_provider_arn);
  } else if constexpr (requires { request.instance_profile_name; }) {
    return context.directory.instance_profiles.Get(request.instance_profile_name);
  } else {
    return GetKnownPolicy(context, request.policy_arn);
  }
}

template <class Request>
concept OfPolicy = requires(const Request& request) {
  request.policy_arn;
};
template <class Request>
concept OfUserOrRole = requires(const Request& request) {
  request.user_name;
}
|| requires(const Request& request) { request.role_name; };
template <class Request>
concept OfServerCertificate = requires(const Request& request) {
  request.server_certificate_name;
};

template <class Request>
constexpr TagKeys KeysOf() {
  return OfUserOrRole<Request> ? TagKeys::kIgnoreCase : TagKeys::kExact;
}

template <class Request>
Result<> CheckMayChange(const OperationContext& context, const Request& request, std::string_view what) {
  if constexpr (OfPolicy<Request>) TRY(CheckOwnPolicy(context, request.policy_arn, what));
  return {};
}

Result<> Save(OperationContext& context, const directory::User& stored, const directory::User& changed) {
  return context.directory.users.Replace(stored, changed);
}
Result<> Save(OperationContext& context, const directory::Role& stored, const directory::Role& changed) {
  return context.directory.roles.Replace(stored, changed);
}
Result<> Save(OperationContext& context, const directory::Policy& stored, const directory::Policy& changed) {
  return context.directory.policies.Replace(stored, changed);
}
Result<> Save(OperationContext& context, const directory::MfaDevice& stored, const directory::MfaDevice& changed) {
  return context.directory.mfa_devices.Replace(stored, changed);
}
Result<> Save(OperationContext& context, const directory::ServerCertificate& stored,
              const directory::ServerCertificate& changed) {
  return context.directory.server_certificates.Replace(stored, changed);
}
Result<> Save(OperationContext& context, const directory::OidcProvider& stored,
              const directory::OidcProvider& changed) {
  return context.directory.oidc_providers.Replace(stored, changed);
}
Result<> Save(OperationContext& context, const directory::SamlProvider& stored,
              const directory::SamlProvider& changed) {
  return context.directory.saml_providers.Replace(stored, changed);
}
Result<> Save(OperationContext& context, const directory::InstanceProfile& stored,
              const directory::InstanceProfile& changed) {
  return context.directory.instance_profiles.Replace(stored, changed);
}

template <class Operation>
Result<typename Operation::Response> AddTags(OperationContext& context, const typename Operation::Request& request) {
  constexpr TagKeys kKeys = KeysOf<typename Operation::Request>();
  if (request.tags.empty()) return Fail(ErrorCode::kInvalidInput, "The provided tag map must not be null/empty.");
  const auto given = TRY(TagsFromApi(request.tags, kKeys));
  TRY(CheckMayChange(context, request, "tag"));
  const auto stored = TRY(GetTagged(context, request));
  auto changed = stored;
  TRY(Merge(given, kKeys, context.directory.context.quotas.tags_per_resource, changed.tags));
  TRY(Save(context, stored, changed));
  return typename Operation::Response{};
}

template <class Operation>
Result<typename Operation::Response> RemoveTags(OperationContext& context, const typename Operation::Request& request) {
  if constexpr (OfServerCertificate<typename Operation::Request>) {  // Users and roles were seen to take none.
    if (request.tag_keys.empty()) {
      return Fail(ErrorCode::kInvalidInput, "The provided tag keys must not be null/empty.");
    }
  }
  TRY(CheckMayChange(context, request, "untag"));
  const auto stored = TRY(GetTagged(context, request));
  auto changed = stored;
  std::erase_if(changed.tags, [&](const claviger::Tag& tag) {
    return std::ranges::any_of(request.tag_keys, [&](const std::string& key) {
      return SameKey(tag.key, key, KeysOf<typename Operation::Request>());
    });
  });
  TRY(Save(context, stored, changed));
  return typename Operation::Response{};
}

// Tags are listed by key, as documented. Of policies the recorded order is shorter keys first; a byte
// of the length in front of the key sorts so.
template <class Operation>
Result<typename Operation::Response> ListTags(OperationContext& context, const typename Operation::Request& request) {
  const auto tagged = TRY(GetTagged(context, request));
  const auto position_of = [](const claviger::Tag& tag) {
    constexpr bool kShorterFirst = OfPolicy<typename Operation::Request>;
    const auto size = static_cast<char>(std::min<std::size_t>(tag.key.size(), 127));
    return kShorterFirst ? std::string(1, size) + tag.key : tag.key;
  };
  typename Operation::Response response;
  TRY(ShowPage(
      context, Operation::Info().name, request, tagged.tags, position_of,
      [&](const claviger::Tag& tag) { response.tags.push_back({.key = tag.key, .value = tag.value}); }, response));
  return response;
}

}  // namespace

Result<std::vector<claviger::Tag>> TagsFromApi(const std::vector<gen::iam::Tag>& api, TagKeys keys) {
  std::vector<claviger::Tag> tags;
  std::set<std::string> seen;
  for (const gen::iam::Tag& tag : api) {
    if (!seen.insert(keys == TagKeys::kIgnoreCase ? AsciiLower(tag.key) : tag.key).second) {
      return Fail(ErrorCode::kInvalidInput,
                  keys == TagKeys::kIgnoreCase
                      ? "Duplicate tag keys found. Please note that Tag keys are case insensitive."
                      : "Duplicate tag keys found.");
    }
    TRY(CheckNotReserved(tag.key));
    tags.push_back({.key = tag.key, .value = tag.value});
  }
  return tags;
}

Result<std::vector<claviger::Tag>> TagsFromApi(const std::optional<std::vector<gen::iam::Tag>>& api, TagKeys keys) {
  if (!api) return std::vector<claviger::Tag>();
  return TagsFromApi(*api, keys);
}

void RegisterTagOperations(Operations& operations) {
  operations.Add<api::TagUser>(AddTags<api::TagUser>);
  operations.Add<api::UntagUser>(RemoveTags<api::UntagUser>);
  operations.Add<api::ListUserTags>(ListTags<api::ListUserTags>);
  operations.Add<api::TagRole>(AddTags<api::TagRole>);
  operations.Add<api::UntagRole>(RemoveTags<api::UntagRole>);
  operations.Add<api::ListRoleTags>(ListTags<api::ListRoleTags>);
  operations.Add<api::TagPolicy>(AddTags<api::TagPolicy>);
  operations.Add<api::UntagPolicy>(RemoveTags<api::UntagPolicy>);
  operations.Add<api::ListPolicyTags>(ListTags<api::ListPolicyTags>);
  operations.Add<api::TagMFADevice>(AddTags<api::TagMFADevice>);
  operations.Add<api::UntagMFADevice>(RemoveTags<api::UntagMFADevice>);
  operations.Add<api::ListMFADeviceTags>(ListTags<api::ListMFADeviceTags>);
  operations.Add<api::TagServerCertificate>(AddTags<api::TagServerCertificate>);
  operations.Add<api::UntagServerCertificate>(RemoveTags<api::UntagServerCertificate>);
  operations.Add<api::ListServerCertificateTags>(ListTags<api::ListServerCertificateTags>);
  operations.Add<api::TagOpenIDConnectProvider>(AddTags<api::TagOpenIDConnectProvider>);
  operations.Add<api::UntagOpenIDConnectProvider>(RemoveTags<api::UntagOpenIDConnectProvider>);
  operations.Add<api::ListOpenIDConnectProviderTags>(ListTags<api::ListOpenIDConnectProviderTags>);
  operations.Add<api::TagSAMLProvider>(AddTags<api::TagSAMLProvider>);
  operations.Add<api::UntagSAMLProvider>(RemoveTags<api::UntagSAMLProvider>);
  operations.Add<api::ListSAMLProviderTags>(ListTags<api::ListSAMLProviderTags>);
  operations.Add<api::TagInstanceProfile>(AddTags<api::TagInstanceProfile>);
  operations.Add<api::UntagInstanceProfile>(RemoveTags<api::UntagInstanceProfile>);
  operations.Add<api::ListInstanceProfileTags>(ListTags<api::ListInstanceProfileTags>);
}

}  // namespace claviger::ops::iam
