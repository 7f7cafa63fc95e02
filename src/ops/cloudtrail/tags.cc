#include "ops/cloudtrail/tags.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "gen/cloudtrail/operations.h"
#include "ops/cloudtrail/trail.h"

namespace claviger::ops::cloudtrail {
namespace {

using namespace gen::cloudtrail;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<AddTagsResponse> AddTags(OperationContext& context, const AddTagsRequest& request) {
  directory::TrailRecord trail = TRY(GetTrailOf(context, request.resource_id));
  for (const claviger::Tag& tag : TRY(TagsFromApi(request.tags_list))) {
    std::erase_if(trail.tags, [&](const claviger::Tag& old) { return old.key == tag.key; });
    trail.tags.push_back(tag);
  }
  if (trail.tags.size() > context.directory.context.quotas.tags_per_resource) {
    return Fail(ErrorCode::kTagsLimitExceededException,
                "The number of tags per trail has exceeded the permitted amount.");
  }
  directory::Trails(context.directory.context).Put(trail);
  return AddTagsResponse{};
}

Result<RemoveTagsResponse> RemoveTags(OperationContext& context, const RemoveTagsRequest& request) {
  directory::TrailRecord trail = TRY(GetTrailOf(context, request.resource_id));
  for (const gen::cloudtrail::Tag& tag : request.tags_list) {
    std::erase_if(trail.tags, [&](const claviger::Tag& old) {
      return old.key == tag.key && (!tag.value || tag.value->empty() || old.value == *tag.value);
    });
  }
  directory::Trails(context.directory.context).Put(trail);
  return RemoveTagsResponse{};
}

Result<ListTagsResponse> ListTags(OperationContext& context, const ListTagsRequest& request) {
  ListTagsResponse response{.resource_tag_list = std::vector<ResourceTag>(), .next_token = {}};
  for (const std::string& id : request.resource_id_list) {
    const directory::TrailRecord trail = TRY(GetTrailOf(context, id));
    std::vector<gen::cloudtrail::Tag> tags;
    for (const claviger::Tag& tag : trail.tags) tags.push_back({.key = tag.key, .value = tag.value});
    response.resource_tag_list->push_back({.resource_id = id, .tags_list = std::move(tags)});
  }
  return response;
}

}  // namespace

Result<std::vector<claviger::Tag>> TagsFromApi(const std::optional<std::vector<gen::cloudtrail::Tag>>& api) {
  std::vector<claviger::Tag> tags;
  if (!api) return tags;
  std::set<std::string_view> seen;
  for (const gen::cloudtrail::Tag& tag : *api) {
    if (!seen.insert(tag.key).second || AsciiLower(tag.key).starts_with("aws:")) {
      return Fail(ErrorCode::kInvalidTagParameterException,
                  "The tag key " + tag.key + " stands twice, or is reserved.");
    }
    tags.push_back({.key = tag.key, .value = tag.value.value_or("")});
  }
  return tags;
}

void RegisterTagOperations(Operations& operations) {
  operations.Add<api::AddTags>(AddTags);
  operations.Add<api::ListTags>(ListTags);
  operations.Add<api::RemoveTags>(RemoveTags);
}

}  // namespace claviger::ops::cloudtrail
