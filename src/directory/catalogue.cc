#include "directory/catalogue.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>
#include <vector>

#include "base/encoding.h"
#include "base/time_text.h"
#include "codec/json.h"
#include "crypto/sha256.h"
#include "gen/managed_policies.h"
#include "policy/parse.h"

namespace claviger::directory {
namespace {

// All versions of all policies of 2026 are 45 MB.
constexpr std::size_t kFileBytesMax = 256U << 20;

constexpr Catalogue kBuiltin(gen::kManagedPolicies, gen::kManagedPoliciesById);

}  // namespace

const AwsManagedPolicy* Catalogue::Find(std::string_view arn) const {
  const auto at = std::ranges::lower_bound(policies_, arn, {}, &AwsManagedPolicy::arn);
  return at != policies_.end() && at->arn == arn ? &*at : nullptr;
}

const AwsManagedPolicy* Catalogue::FindById(std::string_view id) const {
  const auto id_of = [&](std::uint32_t index) { return policies_[index].id; };
  const auto at = std::ranges::lower_bound(by_id_, id, {}, id_of);
  return at != by_id_.end() && id_of(*at) == id ? &policies_[*at] : nullptr;
}

const Catalogue& BuiltinCatalogue() { return kBuiltin; }

std::string AwsManagedPolicyId(std::string_view arn) {
  crypto::Digest digest = crypto::Sha256Of(arn);
  digest[0] &= 0x7F;  // Bit 79 of the number in an id says that an account is embedded: here none is.
  return "ANPA" + Base32Encode(digest).substr(0, 17);
}

// Lists whose elements never move, because views point to them.
struct LoadedCatalogue::Content {
  codec::JsonDocument json;
  std::vector<std::string> ids;
  std::vector<std::vector<AwsManagedPolicyVersion>> versions;
  std::vector<AwsManagedPolicy> policies;
  std::vector<std::uint32_t> by_id;
};

namespace {

Failure<Error> Broken(const codec::JsonValue& value, std::string_view what) {
  return Fail(ErrorCode::kValidationError, "line " + std::to_string(value.begin.line) + ": " + std::string(what));
}

Result<std::string_view> Text(const codec::JsonValue& object, std::string_view name) {
  const codec::JsonValue* value = object.Find(name);
  if (value == nullptr || !value->IsString()) return Broken(object, "`" + std::string(name) + "` must be a string");
  return value->text;
}

Result<std::int64_t> Time(const codec::JsonValue& object, std::string_view name) {
  const auto time = ParseIso8601(TRY(Text(object, name)));
  if (!time) return Broken(object, "`" + std::string(name) + "` must be a time like 2026-01-31T12:00:00Z");
  return std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count();
}

Result<std::uint32_t> VersionNumber(const codec::JsonValue& object, std::string_view name) {
  const std::string_view text = TRY(Text(object, name));
  std::uint32_t number = 0;
  const auto read = text.starts_with('v') ? std::from_chars(text.data() + 1, text.data() + text.size(), number)
                                          : std::from_chars_result{text.data(), std::errc::invalid_argument};
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number == 0) {
    return Broken(object, "`" + std::string(name) + "` must be a version like v1");
  }
  return number;
}

Result<AwsManagedPolicyVersion> ReadVersion(const codec::JsonValue& value) {
  const AwsManagedPolicyVersion version{.number = TRY(VersionNumber(value, "version")),
                                        .created = TRY(Time(value, "created")),
                                        .document = TRY(Text(value, "document"))};
  if (const auto parsed = policy::Parse(version.document, policy::Kind::kAny); !parsed.ok()) {
    return Broken(value, "the document is no policy: " + parsed.error().reason);
  }
  return version;
}

Result<std::vector<AwsManagedPolicyVersion>> ReadVersions(const codec::JsonValue& policy) {
  const codec::JsonValue* list = policy.Find("versions");
  if (list == nullptr || !list->IsArray()) return Broken(policy, "`versions` must be a list");
  std::vector<AwsManagedPolicyVersion> versions;
  for (const codec::JsonValue& value : list->items) versions.push_back(TRY(ReadVersion(value)));
  std::ranges::sort(versions, {}, &AwsManagedPolicyVersion::number);
  if (std::ranges::adjacent_find(versions, {}, &AwsManagedPolicyVersion::number) != versions.end()) {
    return Broken(*list, "a version stands here twice");
  }
  return versions;
}

}  // namespace

LoadedCatalogue::LoadedCatalogue(std::unique_ptr<const Content> content)
    : content_(std::move(content)), catalogue_(content_->policies, content_->by_id) {}

LoadedCatalogue::~LoadedCatalogue() = default;

Result<std::unique_ptr<const LoadedCatalogue>> LoadedCatalogue::Parse(std::string_view text) {
  auto json = codec::ParseJson(text, {.bytes_max = kFileBytesMax});
  if (!json.ok()) {
    return Fail(ErrorCode::kValidationError,
                "line " + std::to_string(json.error().position.line) + ": " + json.error().message);
  }
  auto content = std::make_unique<Content>();
  content->json = std::move(*json);
  const codec::JsonValue& root = content->json.root();
  if (!root.IsArray()) return Broken(root, "a catalogue is a list of policies");

  const std::size_t count = root.items.size();
  content->ids.reserve(count);
  content->versions.reserve(count);
  for (const codec::JsonValue& value : root.items) {
    const std::string_view arn = TRY(Text(value, "arn"));
    if (!arn.starts_with(kAwsPolicyArnPrefix) || arn.ends_with('/')) {
      return Broken(value, "`" + std::string(arn) + "` is no policy of AWS");
    }
    const auto& id = content->ids.emplace_back(AwsManagedPolicyId(arn));
    const auto& versions = content->versions.emplace_back(TRY(ReadVersions(value)));
    content->policies.push_back({.arn = arn,
                                 .id = id,
                                 .created = TRY(Time(value, "created")),
                                 .updated = TRY(Time(value, "updated")),
                                 .default_version = TRY(VersionNumber(value, "default")),
                                 .versions = versions});
    const std::uint32_t wanted = content->policies.back().default_version;
    if (std::ranges::find(versions, wanted, &AwsManagedPolicyVersion::number) == versions.end()) {
      return Broken(value, "the default version is missing");
    }
  }

  auto& policies = content->policies;
  std::ranges::sort(policies, {}, &AwsManagedPolicy::arn);
  if (std::ranges::adjacent_find(policies, {}, &AwsManagedPolicy::arn) != policies.end()) {
    return Broken(root, "a policy stands here twice");
  }
  content->by_id.resize(count);
  std::iota(content->by_id.begin(), content->by_id.end(), 0U);
  std::ranges::sort(content->by_id, {}, [&](std::uint32_t index) { return policies[index].id; });
  return std::unique_ptr<const LoadedCatalogue>(new LoadedCatalogue(std::move(content)));
}

}  // namespace claviger::directory
