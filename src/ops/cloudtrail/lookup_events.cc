#include "ops/cloudtrail/lookup_events.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "audit/digest.h"
#include "audit/trail.h"
#include "base/encoding.h"
#include "directory/audit_key.h"
#include "gen/cloudtrail/operations.h"

namespace claviger::ops::cloudtrail {
namespace {

using namespace gen::cloudtrail;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

constexpr int kPageEvents = 50;
constexpr std::chrono::hours kDays90{24 * 90};
constexpr std::chrono::years kKeyValidity{10};

Failure<Error> InvalidNextToken() {
  return Fail(ErrorCode::kInvalidNextTokenException, "The NextToken is not one that was given for this request.");
}

// A page goes on only in the query that it was begun in.
std::string TokenContext(const OperationContext& context, const LookupEventsRequest& request) {
  const auto number = [](const std::optional<TimePoint>& time) {
    return time ? std::to_string(time->time_since_epoch().count()) : std::string();
  };
  std::string query = number(request.start_time) + "/" + number(request.end_time);
  for (const LookupAttribute& attribute : request.lookup_attributes.value_or(std::vector<LookupAttribute>())) {
    query += "/" + attribute.attribute_key + "=" + attribute.attribute_value;
  }
  return "events/" + context.account().ToString() + "/" + audit::Sha256Hex(query);
}

Result<std::optional<audit::Position>> OpenToken(const OperationContext& context, const LookupEventsRequest& request) {
  if (!request.next_token) return std::optional<audit::Position>();
  const auto box = Base64Decode(*request.next_token);
  const auto opened =
      box ? context.directory.context.keys.markers.Open(TokenContext(context, request), *box) : std::nullopt;
  if (!opened) return InvalidNextToken();
  const std::string_view text = opened->Reveal();
  audit::Position position;
  const char* const end = text.data() + text.size();
  const auto segment = std::from_chars(text.data(), end, position.segment);
  if (segment.ec != std::errc() || segment.ptr == end) return InvalidNextToken();
  if (std::from_chars(segment.ptr + 1, end, position.offset).ec != std::errc()) return InvalidNextToken();
  return std::optional(position);
}

std::string MakeToken(const OperationContext& context, const LookupEventsRequest& request, audit::Position position) {
  const std::string text = std::to_string(position.segment) + "." + std::to_string(position.offset);
  return Base64Encode(
      AsBytes(context.directory.context.keys.markers.Seal(TokenContext(context, request), text, context.random)));
}

Event ToApi(const audit::Entry& entry) {
  Event event{.event_id = entry.event_id,
              .event_name = entry.name,
              .read_only = entry.read_only ? "true" : "false",
              .access_key_id = {},
              .event_time = std::chrono::floor<std::chrono::seconds>(entry.time),
              .event_source = entry.source,
              .username = {},
              .resources = std::vector<Resource>(),
              .cloud_trail_event = entry.record};
  if (!entry.access_key_id.empty()) event.access_key_id = entry.access_key_id;
  if (!entry.user_name.empty()) event.username = entry.user_name;
  for (const audit::ResourceName& resource : entry.resources) {
    event.resources->push_back({.resource_type = resource.type, .resource_name = resource.name});
  }
  return event;
}

Result<audit::Query> QueryOf(const OperationContext& context, const LookupEventsRequest& request) {
  audit::Query query{.account = context.account(), .value = {}};
  const auto attributes = request.lookup_attributes.value_or(std::vector<LookupAttribute>());
  if (attributes.size() > 1) {
    return Fail(ErrorCode::kInvalidLookupAttributesException, "You can specify only one lookup attribute.");
  }
  if (!attributes.empty()) {
    const auto attribute = audit::FindAttribute(attributes.front().attribute_key);
    if (!attribute) {
      return Fail(ErrorCode::kInvalidLookupAttributesException,
                  "The lookup attribute " + attributes.front().attribute_key + " is not known.");
    }
    query.attribute = *attribute;
    query.value = attributes.front().attribute_value;
  }
  if (request.start_time && request.end_time && *request.start_time > *request.end_time) {
    return Fail(ErrorCode::kInvalidTimeRangeException, "The start time must not be after the end time.");
  }
  query.start = context.now - kDays90;
  if (request.start_time) query.start = std::max(query.start, *request.start_time);
  // Times are whole seconds to those who ask: the last one is included with all its fractions.
  if (request.end_time)
    query.end = std::chrono::floor<std::chrono::seconds>(*request.end_time) + std::chrono::microseconds(999'999);
  return query;
}

Result<LookupEventsResponse> LookupEvents(OperationContext& context, const LookupEventsRequest& request) {
  const audit::Query query = TRY(QueryOf(context, request));
  const int count_max = request.max_results.value_or(kPageEvents);
  if (count_max < 1 || count_max > kPageEvents) {
    return Fail(ErrorCode::kInvalidMaxResultsException, "MaxResults must be between 1 and 50.");
  }
  LookupEventsResponse response{.events = std::vector<Event>(), .next_token = {}};
  const auto before = TRY(OpenToken(context, request));
  // There are events of management and of Insights. Of the latter none is ever made.
  if (request.event_category) return response;
  if (context.trail == nullptr) {
    return Fail(ErrorCode::kUnsupportedOperationException, "This installation keeps no audit trail.");
  }
  audit::Position last;
  const auto found =
      context.trail->journal().Find(query, before, [&](const audit::Position& position, const audit::Entry& entry) {
        if (response.events->size() == static_cast<std::size_t>(count_max)) {
          response.next_token = MakeToken(context, request, last);
          return false;
        }
        last = position;
        response.events->push_back(ToApi(entry));
        return true;
      });
  if (!found.ok())
    return Fail(ErrorCode::kServiceUnavailable, "The audit trail cannot be read: " + found.error().message);
  return response;
}

// All of them: they are few, and what was signed long ago can be asked about today.
Result<ListPublicKeysResponse> ListPublicKeys(OperationContext& context, const ListPublicKeysRequest& request) {
  if (request.start_time && request.end_time && *request.start_time > *request.end_time) {
    return Fail(ErrorCode::kInvalidTimeRangeException, "The start time must not be after the end time.");
  }
  if (request.next_token) return Fail(ErrorCode::kInvalidTokenException, "The token is not valid.");
  ListPublicKeysResponse response{.public_key_list = std::vector<PublicKey>(), .next_token = {}};
  for (const directory::AuditKey& key : TRY(directory::ListAuditKeys(context.directory.context.transaction))) {
    const TimePoint created = std::chrono::floor<std::chrono::seconds>(key.created);
    if (request.end_time && created > *request.end_time) continue;
    response.public_key_list->push_back({.value = key.public_der,
                                         .validity_start_time = created,
                                         .validity_end_time = created + kKeyValidity,
                                         .fingerprint = key.fingerprint});
  }
  return response;
}

}  // namespace

void RegisterLookupOperations(Operations& operations) {
  operations.Add<api::LookupEvents>(LookupEvents);
  operations.Add<api::ListPublicKeys>(ListPublicKeys);
}

}  // namespace claviger::ops::cloudtrail
