#include "ops/cloudtrail/trail.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "audit/delivery_service.h"
#include "aws/arn.h"
#include "base/time_text.h"
#include "gen/cloudtrail/operations.h"
#include "ops/cloudtrail/tags.h"

namespace claviger::ops::cloudtrail {
namespace {

using namespace gen::cloudtrail;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::TrailRecord;

constexpr std::size_t kTrailsMax = 5;
constexpr std::size_t kNameMin = 3;
constexpr std::size_t kNameMax = 128;
constexpr std::size_t kBucketMin = 3;
constexpr std::size_t kBucketMax = 63;
constexpr std::size_t kPrefixMax = 200;
constexpr std::string_view kHomeRegion = "us-east-1";

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool IsMadeOf(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text,
                             [&](char c) { return IsLetterOrDigit(c) || others.find(c) != std::string_view::npos; });
}

Failure<Error> BadName(std::string text) { return Fail(ErrorCode::kInvalidTrailNameException, std::move(text)); }

Result<> CheckName(std::string_view name) {
  const std::string length = std::to_string(name.size());
  if (name.size() < kNameMin) {
    return BadName("Trail name too short. Minimum allowed length: 3 characters. Specified name length: " + length);
  }
  if (name.size() > kNameMax) {
    return BadName("Trail name too long. Maximum allowed length: 128 characters. Specified name length: " + length);
  }
  if (!IsLetterOrDigit(name.front())) return BadName("Trail name must starts with a letter or number.");
  if (!IsLetterOrDigit(name.back())) return BadName("Trail name must ends with a letter or number.");
  if (!IsMadeOf(name, "._-")) {
    return BadName(
        "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), "
        "and underscores (_).");
  }
  return {};
}

// What becomes a folder's name never leaves the folder of buckets.
Result<> CheckPlace(const OperationContext& context, const TrailRecord& trail) {
  const std::string& bucket = trail.bucket;
  const bool named = bucket.size() >= kBucketMin && bucket.size() <= kBucketMax && IsMadeOf(bucket, ".-") &&
                     IsLetterOrDigit(bucket.front()) && IsLetterOrDigit(bucket.back()) &&
                     bucket.find("..") == std::string::npos &&
                     std::ranges::none_of(bucket, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!named) return Fail(ErrorCode::kInvalidS3BucketNameException, "Bucket name is invalid: " + bucket);
  const std::string& prefix = trail.prefix;
  const bool placed = prefix.size() <= kPrefixMax && IsMadeOf(prefix, "!-_.*'()/") &&
                      prefix.find("..") == std::string::npos && !prefix.starts_with('/') && !prefix.ends_with('/');
  if (!placed) return Fail(ErrorCode::kInvalidS3PrefixException, "S3 prefix is invalid: " + prefix);
  if (context.deliveries == nullptr || !context.deliveries->HasBucket(bucket)) {
    return Fail(ErrorCode::kS3BucketDoesNotExistException, "S3 bucket " + bucket + " does not exist!");
  }
  return {};
}

// What a trail can do at AWS and not here.
template <class Request>
Result<> RefuseWhatIsMissing(const Request& request) {
  const bool topic = request.sns_topic_name && !request.sns_topic_name->empty();
  const bool log_group = request.cloud_watch_logs_log_group_arn && !request.cloud_watch_logs_log_group_arn->empty();
  const bool key = request.kms_key_id && !request.kms_key_id->empty();
  if (topic || log_group || key || request.is_organization_trail.value_or(false)) {
    return Fail(
        ErrorCode::kUnsupportedOperationException,
        "Claviger delivers trails of one account into folders: without SNS topics, CloudWatch Logs, KMS keys or "
        "organizations.");
  }
  return {};
}

// What a request gives, over what is there.
template <class Request>
void Apply(const Request& request, TrailRecord& trail) {
  trail.prefix = request.s3_key_prefix.value_or(trail.prefix);
  trail.global_events = request.include_global_service_events.value_or(trail.global_events);
  trail.multi_region = request.is_multi_region_trail.value_or(trail.multi_region);
  trail.validation = request.enable_log_file_validation.value_or(trail.validation);
}

// The members that CreateTrail, UpdateTrail and GetTrail have in common.
template <class Response>
Response Show(const OperationContext& context, const TrailRecord& trail) {
  Response response;
  response.name = trail.name;
  response.s3_bucket_name = trail.bucket;
  if (!trail.prefix.empty()) response.s3_key_prefix = trail.prefix;
  response.include_global_service_events = trail.global_events;
  response.is_multi_region_trail = trail.multi_region;
  response.trail_arn = directory::TrailArn(context.account(), trail);
  response.log_file_validation_enabled = trail.validation;
  response.is_organization_trail = false;
  return response;
}

Trail ShowWhole(const OperationContext& context, const TrailRecord& trail) {
  Trail shown = Show<Trail>(context, trail);
  shown.home_region = trail.home_region;
  shown.has_custom_event_selectors = trail.own_selectors;
  shown.has_insight_selectors = false;
  return shown;
}

directory::Trails TrailsOf(OperationContext& context) { return directory::Trails(context.directory.context); }

Result<CreateTrailResponse> CreateTrail(OperationContext& context, const CreateTrailRequest& request) {
  TRY(CheckName(request.name));
  TRY(RefuseWhatIsMissing(request));
  TrailRecord trail{.name = request.name,
                    .bucket = request.s3_bucket_name,
                    .prefix = {},
                    .home_region = std::string(kHomeRegion),
                    .created = context.now};
  Apply(request, trail);
  trail.tags = TRY(TagsFromApi(request.tags_list));
  TRY(CheckPlace(context, trail));
  directory::Trails trails = TrailsOf(context);
  if (TRY(trails.Find(request.name))) {
    return Fail(ErrorCode::kTrailAlreadyExistsException,
                "Trail " + request.name + " already exists for customer: " + context.account().ToString());
  }
  if (TRY(trails.List()).size() >= kTrailsMax) {
    return Fail(ErrorCode::kMaximumNumberOfTrailsExceededException, "User: " + context.account().ToString() +
                                                                        " already has " + std::to_string(kTrailsMax) +
                                                                        " trails in " + std::string(kHomeRegion) + ".");
  }
  trails.Put(trail);
  return Show<CreateTrailResponse>(context, trail);
}

Result<UpdateTrailResponse> UpdateTrail(OperationContext& context, const UpdateTrailRequest& request) {
  TrailRecord trail = TRY(GetTrailOf(context, request.name));
  TRY(RefuseWhatIsMissing(request));
  trail.bucket = request.s3_bucket_name.value_or(trail.bucket);
  Apply(request, trail);
  TRY(CheckPlace(context, trail));
  TrailsOf(context).Put(trail);
  return Show<UpdateTrailResponse>(context, trail);
}

Result<DeleteTrailResponse> DeleteTrail(OperationContext& context, const DeleteTrailRequest& request) {
  TrailsOf(context).Remove(TRY(GetTrailOf(context, request.name)).name);
  return DeleteTrailResponse{};
}

Result<GetTrailResponse> GetTrail(OperationContext& context, const GetTrailRequest& request) {
  return GetTrailResponse{.trail = ShowWhole(context, TRY(GetTrailOf(context, request.name)))};
}

Result<DescribeTrailsResponse> DescribeTrails(OperationContext& context, const DescribeTrailsRequest& request) {
  const auto names = request.trail_name_list.value_or(std::vector<std::string>());
  DescribeTrailsResponse response{.trail_list = std::vector<Trail>()};
  for (const TrailRecord& trail : TRY(TrailsOf(context).List())) {
    const std::string arn = directory::TrailArn(context.account(), trail);
    const bool wanted = names.empty() || std::ranges::any_of(names, [&](const std::string& name) {
                          return name == trail.name || name == arn;
                        });
    if (wanted) response.trail_list->push_back(ShowWhole(context, trail));
  }
  return response;
}

// An account has few enough for one page.
Result<ListTrailsResponse> ListTrails(OperationContext& context, const ListTrailsRequest&) {
  ListTrailsResponse response{.trails = std::vector<TrailInfo>(), .next_token = {}};
  for (const TrailRecord& trail : TRY(TrailsOf(context).List())) {
    response.trails->push_back({.trail_arn = directory::TrailArn(context.account(), trail),
                                .name = trail.name,
                                .home_region = trail.home_region});
  }
  return response;
}

Result<StartLoggingResponse> StartLogging(OperationContext& context, const StartLoggingRequest& request) {
  TrailRecord trail = TRY(GetTrailOf(context, request.name));
  if (trail.logging) return StartLoggingResponse{};
  trail.logging = true;
  trail.started = context.now;
  TrailsOf(context).Put(trail);
  return StartLoggingResponse{};
}

Result<StopLoggingResponse> StopLogging(OperationContext& context, const StopLoggingRequest& request) {
  TrailRecord trail = TRY(GetTrailOf(context, request.name));
  if (!trail.logging) return StopLoggingResponse{};
  trail.logging = false;
  trail.stopped = context.now;
  TrailsOf(context).Put(trail);
  return StopLoggingResponse{};
}

Result<GetTrailStatusResponse> GetTrailStatus(OperationContext& context, const GetTrailStatusRequest& request) {
  const TrailRecord trail = TRY(GetTrailOf(context, request.name));
  GetTrailStatusResponse response{.is_logging = trail.logging};
  response.start_logging_time = trail.started;
  response.stop_logging_time = trail.stopped;
  response.time_logging_started = trail.started ? FormatIso8601(*trail.started) : std::string();
  response.time_logging_stopped = trail.stopped ? FormatIso8601(*trail.stopped) : std::string();
  response.latest_delivery_attempt_time = response.latest_delivery_attempt_succeeded = std::string();
  response.latest_notification_attempt_time = response.latest_notification_attempt_succeeded = std::string();
  if (context.deliveries == nullptr) return response;
  const auto status = context.deliveries->StatusOf(context.account(), trail);
  response.latest_delivery_time = status.delivered;
  response.latest_digest_delivery_time = status.digested;
  if (!status.error.empty()) response.latest_delivery_error = status.error;
  if (status.delivered) {
    response.latest_delivery_attempt_time = FormatIso8601(*status.delivered);
    response.latest_delivery_attempt_succeeded = response.latest_delivery_attempt_time;
  }
  return response;
}

// ---- Event selectors: as far as the events of IAM and STS go, which all are management events.

std::vector<EventSelector> SelectorsOf(const TrailRecord& trail) {
  return {EventSelector{.read_write_type = trail.reads && trail.writes ? "All"
                                           : trail.reads               ? "ReadOnly"
                                                                       : "WriteOnly",
                        .include_management_events = trail.reads || trail.writes,
                        .data_resources = std::vector<DataResource>(),
                        .exclude_management_event_sources = std::vector<std::string>()}};
}

Result<GetEventSelectorsResponse> GetEventSelectors(OperationContext& context,
                                                    const GetEventSelectorsRequest& request) {
  const TrailRecord trail = TRY(GetTrailOf(context, request.trail_name));
  return GetEventSelectorsResponse{.trail_arn = directory::TrailArn(context.account(), trail),
                                   .event_selectors = SelectorsOf(trail),
                                   .advanced_event_selectors = {}};
}

Result<PutEventSelectorsResponse> PutEventSelectors(OperationContext& context,
                                                    const PutEventSelectorsRequest& request) {
  TrailRecord trail = TRY(GetTrailOf(context, request.trail_name));
  const auto selectors = request.event_selectors.value_or(std::vector<EventSelector>());
  if (request.advanced_event_selectors || selectors.size() != 1 ||
      !selectors.front().data_resources.value_or(std::vector<DataResource>()).empty() ||
      !selectors.front().exclude_management_event_sources.value_or(std::vector<std::string>()).empty()) {
    return Fail(ErrorCode::kInvalidEventSelectorsException,
                "Claviger delivers management events: give one event selector with ReadWriteType and "
                "IncludeManagementEvents.");
  }
  const std::string type = selectors.front().read_write_type.value_or("All");
  const bool management = selectors.front().include_management_events.value_or(true);
  trail.own_selectors = true;
  trail.reads = management && type != "WriteOnly";
  trail.writes = management && type != "ReadOnly";
  TrailsOf(context).Put(trail);
  return PutEventSelectorsResponse{.trail_arn = directory::TrailArn(context.account(), trail),
                                   .event_selectors = SelectorsOf(trail),
                                   .advanced_event_selectors = {}};
}

}  // namespace

Result<TrailRecord> GetTrailOf(OperationContext& context, const std::string& name_or_arn) {
  constexpr std::string_view kType = "trail/";
  std::string name = name_or_arn;
  bool ours = true;
  if (name_or_arn.starts_with("arn:")) {
    const auto arn = Arn::Parse(name_or_arn);
    if (!arn || arn->service != "cloudtrail" || !arn->resource.starts_with(kType)) {
      return Fail(ErrorCode::kCloudTrailARNInvalidException, "Trail ARN is invalid: " + name_or_arn);
    }
    name = arn->resource.substr(kType.size());
    ours = arn->account == context.account().ToString() && arn->region == kHomeRegion;
  }
  TRY(CheckName(name));
  auto trail = TRY(TrailsOf(context).Find(name));
  if (!trail || !ours) {
    return Fail(ErrorCode::kTrailNotFoundException,
                "Unknown trail: " + name_or_arn + " for the user: " + context.account().ToString());
  }
  return std::move(*trail);
}

void RegisterTrailOperations(Operations& operations) {
  operations.Add<api::CreateTrail>(CreateTrail);
  operations.Add<api::DeleteTrail>(DeleteTrail);
  operations.Add<api::DescribeTrails>(DescribeTrails);
  operations.Add<api::GetEventSelectors>(GetEventSelectors);
  operations.Add<api::GetTrail>(GetTrail);
  operations.Add<api::GetTrailStatus>(GetTrailStatus);
  operations.Add<api::ListTrails>(ListTrails);
  operations.Add<api::PutEventSelectors>(PutEventSelectors);
  operations.Add<api::StartLogging>(StartLogging);
  operations.Add<api::StopLogging>(StopLogging);
  operations.Add<api::UpdateTrail>(UpdateTrail);
}

}  // namespace claviger::ops::cloudtrail
