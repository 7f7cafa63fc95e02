#include "ops/organizations/tags.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"
#include "gen/organizations/operations.h"
#include "ops/organizations/paging.h"
#include "ops/organizations/scope.h"

namespace claviger::ops::organizations {
namespace {

using namespace gen::organizations;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

using Tags = std::vector<claviger::Tag>;

Result<> CheckNotReserved(std::string_view key) {
  constexpr std::string_view kReservedPrefix = "aws:";
  if (!EqualsIgnoreCase(key.substr(0, kReservedPrefix.size()), kReservedPrefix)) return {};
  return Fail(ErrorCode::kInvalidInputException,
              "You specified a tag key that is a system tag. You can't add, edit, or delete system tag keys because "
              "they're reserved for AWS use. System tags don't count against your tags per resource limit.",
              "INVALID_SYSTEM_TAGS_PARAMETER");
}

// Adds `given`; a key that is there already gets the new value.
Result<> Merge(const OperationContext& context, const std::vector<gen::organizations::Tag>& given, Tags& tags) {
  for (auto tag = given.begin(); tag != given.end(); ++tag) {
    TRY(CheckNotReserved(tag->key));
    if (std::find_if(given.begin(), tag, [&](const auto& other) { return other.key == tag->key; }) != tag) {
      return Fail(ErrorCode::kInvalidInputException,
                  "Tag keys must be unique among the tags attached to the same entity.", "DUPLICATE_TAG_KEY");
    }
    const auto known = std::ranges::find(tags, tag->key, &claviger::Tag::key);
    if (known == tags.end()) {
      tags.push_back({.key = tag->key, .value = tag->value});
    } else {
      known->value = tag->value;
    }
  }
  if (tags.size() > context.directory.context.quotas.tags_per_resource) {
    return Fail(ErrorCode::kConstraintViolationException,
                "You have exceeded the number of tags allowed on this resource.", "MAX_TAG_LIMIT_EXCEEDED");
  }
  return {};
}

// Whatever has the id: calls `change` with its tags and, when that succeeds and says so, writes them back.
template <class Change>
Result<> ForTagsOf(Scope& scope, const std::string& id, const Change& change) {
  const auto in_part = [&](auto& part) -> Result<bool> {
    auto item = TRY(part.Find(id));
    if (!item) return false;
    if (TRY(change(item->tags))) part.Put(*item);
    return true;
  };
  if (id == scope.organization.root_id) {
    if (TRY(change(scope.organization.root_tags))) scope.directory.Put(scope.organization);
    return {};
  }
  bool found = false;
  if (id.starts_with("ou-")) {
    found = TRY(in_part(scope.directory.units));
  } else if (id.starts_with("p-")) {
    found = TRY(in_part(scope.directory.policies));
  } else if (id.find('-') == std::string::npos) {
    found = TRY(in_part(scope.directory.accounts));
  }
  if (!found) return Fail(ErrorCode::kTargetNotFoundException, "You specified a target that doesn't exist.");
  return {};
}

Result<TagResourceResponse> TagResource(OperationContext& context, const TagResourceRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  TRY(ForTagsOf(scope, request.resource_id, [&](Tags& tags) -> Result<bool> {
    TRY(Merge(context, request.tags, tags));
    return true;
  }));
  return TagResourceResponse{};
}

Result<UntagResourceResponse> UntagResource(OperationContext& context, const UntagResourceRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  for (const std::string& key : request.tag_keys) TRY(CheckNotReserved(key));
  TRY(ForTagsOf(scope, request.resource_id, [&](Tags& tags) -> Result<bool> {
    return std::erase_if(
               tags, [&](const claviger::Tag& tag) { return std::ranges::count(request.tag_keys, tag.key) > 0; }) > 0;
  }));
  return UntagResourceResponse{};
}

Result<ListTagsForResourceResponse> ListTagsForResource(OperationContext& context,
                                                        const ListTagsForResourceRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  Tags tags;
  TRY(ForTagsOf(scope, request.resource_id, [&](Tags& stored) -> Result<bool> {
    tags = stored;
    return false;
  }));
  ListTagsForResourceResponse response;
  auto& shown = response.tags.emplace();
  TRY(ShowTokenPage(
      context, "ListTagsForResource", request, std::move(tags), [](const claviger::Tag& tag) { return tag.key; },
      [&](const claviger::Tag& tag) -> Result<> {
        shown.push_back({.key = tag.key, .value = tag.value});
        return {};
      },
      response));
  return response;
}

}  // namespace

Result<Tags> TagsFromApi(const OperationContext& context,
                         const std::optional<std::vector<gen::organizations::Tag>>& api) {
  Tags tags;
  if (api) TRY(Merge(context, *api, tags));
  return tags;
}

void RegisterTagOperations(Operations& operations) {
  operations.Add<api::TagResource>(TagResource);
  operations.Add<api::UntagResource>(UntagResource);
  operations.Add<api::ListTagsForResource>(ListTagsForResource);
}

}  // namespace claviger::ops::organizations
