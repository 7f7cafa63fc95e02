#include "ops/sts/session_tags.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace claviger::ops::sts {
namespace {

constexpr std::string_view kReservedPrefix = "aws:";

Failure<Error> Invalid(std::string_view text) { return Fail(ErrorCode::kInvalidParameterValue, std::string(text)); }

auto FindKey(auto& tags, std::string_view key) {
  return std::ranges::find_if(tags, [&](const session::SessionTag& tag) { return EqualsIgnoreCase(tag.tag.key, key); });
}

}  // namespace

Result<std::vector<session::SessionTag>> SessionTags(const Caller& caller,
                                                     const std::optional<std::vector<gen::sts::Tag>>& tags,
                                                     const std::optional<std::vector<std::string>>& transitive_keys) {
  std::vector<session::SessionTag> own;
  for (const gen::sts::Tag& tag : tags.value_or(std::vector<gen::sts::Tag>())) {
    if (EqualsIgnoreCase(std::string_view(tag.key).substr(0, kReservedPrefix.size()), kReservedPrefix)) {
      return Invalid("Tag keys beginning with aws: are reserved for system use: " + tag.key);
    }
    if (FindKey(own, tag.key) != own.end()) {
      return Invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    own.push_back({.tag = {.key = tag.key, .value = tag.value}});
  }
  for (const std::string& key : transitive_keys.value_or(std::vector<std::string>())) {
    const auto tag = FindKey(own, key);
    if (tag == own.end()) {
      return Invalid("The specified transitive tag key must be included in the requested tags.");
    }
    tag->transitive = true;
  }

  std::vector<session::SessionTag> all;
  if (caller.session) {
    for (const Tag& tag : caller.session->transitive_tags) all.push_back({.tag = tag, .transitive = true});
  }
  for (session::SessionTag& tag : own) {
    if (FindKey(all, tag.tag.key) != all.end()) {
      return Invalid(
          "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from "
          "the calling session.");
    }
    all.push_back(std::move(tag));
  }
  return all;
}

}  // namespace claviger::ops::sts
