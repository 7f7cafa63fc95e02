#include "audit/service_event.h"

#include "audit/event.h"
#include "base/time_text.h"
#include "codec/json_writer.h"

namespace claviger::audit {

Entry MakeServiceEntry(const ServiceEvent& event, Random& random) {
  const std::string source = std::string(event.service) + ".amazonaws.com";
  Entry entry{.event_id = random.Uuid(),
              .time = event.time,
              .account = event.account,
              .name = std::string(event.name),
              .source = source,
              .user_name = {},
              .access_key_id = {},
              .resources = event.resources,
              .principal_arn = {},
              .issuer_arn = {},
              .error_code = {},
              .uses = {},
              .record = {},
              .denied_parameters = {}};
  codec::JsonWriter json(entry.record);
  const auto text = [&json](std::string_view name, std::string_view value) {
    json.Key(name);
    json.String(value);
  };
  json.BeginObject();
  text("eventVersion", kEventVersion);
  json.Key("userIdentity");
  json.BeginObject();
  text("type", "AWSService");
  text("invokedBy", source);
  json.EndObject();
  text("eventTime", FormatIso8601(event.time));
  text("eventSource", source);
  text("eventName", event.name);
  text("awsRegion", kGlobalRegion);
  text("sourceIPAddress", source);
  text("userAgent", source);
  json.Key("requestParameters");
  json.Null();
  json.Key("responseElements");
  json.Null();
  text("eventID", entry.event_id);
  json.Key("readOnly");
  json.Boolean(false);
  text("eventType", "AwsServiceEvent");
  json.Key("managementEvent");
  json.Boolean(true);
  text("recipientAccountId", event.account.ToString());
  json.Key("serviceEventDetails");
  json.BeginObject();
  for (const ServiceEvent::Detail& detail : event.details) {
    json.Key(detail.name);
    if (const auto* number = std::get_if<std::int64_t>(&detail.value)) {
      json.Integer(*number);
    } else {
      json.String(std::get<std::string>(detail.value));
    }
  }
  json.EndObject();
  text("eventCategory", "Management");
  json.EndObject();
  return entry;
}

}  // namespace claviger::audit
