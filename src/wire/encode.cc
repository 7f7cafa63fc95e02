#include "wire/encode.h"

#include <chrono>
#include <cstdlib>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/text.h"
#include "base/time_text.h"
#include "codec/json_writer.h"
#include "codec/xml_writer.h"

namespace claviger::wire {
namespace {

constexpr std::string_view kFaultNamespace = "http://webservices.amazon.com/AWSFault/2005-15-09";

template <class T>
const T& As(const void* value) {
  return *static_cast<const T*>(value);
}

// ---- XML

void WriteXml(codec::XmlWriter& xml, std::string_view name, const Shape& shape, bool milliseconds, const void* value);

void WriteXmlMembers(codec::XmlWriter& xml, const Shape& shape, const void* structure) {
  for (const Member& member : shape.members) {
    const void* value = FindValue(structure, member);
    if (value != nullptr) WriteXml(xml, member.name, *member.shape, member.milliseconds, value);
  }
}

void WriteXmlMap(codec::XmlWriter& xml, const Shape& shape, const void* map) {
  struct Context {
    codec::XmlWriter& xml;
    const Shape& shape;
  } context{xml, shape};
  shape.map->visit(map, &context, [](void* opaque, const std::string& key, const void* value) {
    const Context& to = *static_cast<Context*>(opaque);
    to.xml.Open("entry");
    to.xml.Text("key", key);
    WriteXml(to.xml, "value", *to.shape.element, false, value);
    to.xml.Close("entry");
  });
}

void WriteXml(codec::XmlWriter& xml, std::string_view name, const Shape& shape, bool milliseconds, const void* value) {
  switch (shape.kind) {
    case ShapeKind::kString:
      return xml.Text(name, As<std::string>(value));
    case ShapeKind::kInteger:
      return xml.Text(name, std::to_string(As<std::int32_t>(value)));
    case ShapeKind::kLong:
      return xml.Text(name, std::to_string(As<std::int64_t>(value)));
    case ShapeKind::kBoolean:
      return xml.Text(name, As<bool>(value) ? "true" : "false");
    case ShapeKind::kTimestamp:
      return xml.Text(name,
                      milliseconds ? FormatIso8601Millis(As<TimePoint>(value)) : FormatIso8601(As<TimePoint>(value)));
    case ShapeKind::kBlob:
      return xml.Text(name, Base64Encode(AsBytes(As<std::string>(value))));
    case ShapeKind::kList:
      xml.Open(name);
      for (std::size_t index = 0; index < shape.list->size(value); ++index) {
        WriteXml(xml, "member", *shape.element, false, shape.list->at_const(value, index));
      }
      return xml.Close(name);
    case ShapeKind::kMap:
      xml.Open(name);
      WriteXmlMap(xml, shape, value);
      return xml.Close(name);
    case ShapeKind::kStructure:
      xml.Open(name);
      WriteXmlMembers(xml, shape, value);
      return xml.Close(name);
  }
}

void EncodeResponseXml(const OperationInfo& operation, const void* response, std::string_view request_id,
                       std::string& out) {
  codec::XmlWriter xml(out);
  xml.OpenRoot(operation.response_element, operation.service->xml_namespace);
  if (!operation.result_wrapper.empty()) {
    xml.Open(operation.result_wrapper);
    WriteXmlMembers(xml, *operation.response, response);
    xml.Close(operation.result_wrapper);
  }
  xml.Open("ResponseMetadata");
  xml.Text("RequestId", request_id);
  xml.Close("ResponseMetadata");
  xml.Close(operation.response_element);
}

// ---- JSON

// Seconds since 1970, with a fraction of three digits if wanted and not zero.
std::string EpochSeconds(TimePoint time, bool milliseconds) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  std::string text = std::to_string(seconds.time_since_epoch().count());
  const auto fraction = std::chrono::floor<std::chrono::milliseconds>(time - seconds).count();
  // Before 1970 a fraction would have to be taken off instead; no such time is ever answered.
  if (!milliseconds || fraction == 0 || text.front() == '-') return text;
  const std::string digits = std::to_string(1000 + fraction);
  return text + "." + digits.substr(1);
}

void WriteJson(codec::JsonWriter& json, const Shape& shape, bool milliseconds, const void* value);

void WriteJsonMembers(codec::JsonWriter& json, const Shape& shape, const void* structure) {
  json.BeginObject();
  for (const Member& member : shape.members) {
    const void* value = FindValue(structure, member);
    if (value == nullptr) continue;
    json.Key(member.name);
    WriteJson(json, *member.shape, member.milliseconds, value);
  }
  json.EndObject();
}

void WriteJsonMap(codec::JsonWriter& json, const Shape& shape, const void* map) {
  struct Context {
    codec::JsonWriter& json;
    const Shape& shape;
  } context{json, shape};
  json.BeginObject();
  shape.map->visit(map, &context, [](void* opaque, const std::string& key, const void* value) {
    const Context& to = *static_cast<Context*>(opaque);
    to.json.Key(key);
    WriteJson(to.json, *to.shape.element, false, value);
  });
  json.EndObject();
}

void WriteJson(codec::JsonWriter& json, const Shape& shape, bool milliseconds, const void* value) {
  switch (shape.kind) {
    case ShapeKind::kString:
      return json.String(As<std::string>(value));
    case ShapeKind::kInteger:
      return json.Integer(As<std::int32_t>(value));
    case ShapeKind::kLong:
      return json.Integer(As<std::int64_t>(value));
    case ShapeKind::kBoolean:
      return json.Boolean(As<bool>(value));
    case ShapeKind::kTimestamp:
      return json.Raw(EpochSeconds(As<TimePoint>(value), milliseconds));
    case ShapeKind::kBlob:
      return json.String(Base64Encode(AsBytes(As<std::string>(value))));
    case ShapeKind::kList:
      json.BeginArray();
      for (std::size_t index = 0; index < shape.list->size(value); ++index) {
        WriteJson(json, *shape.element, false, shape.list->at_const(value, index));
      }
      return json.EndArray();
    case ShapeKind::kMap:
      return WriteJsonMap(json, shape, value);
    case ShapeKind::kStructure:
      return WriteJsonMembers(json, shape, value);
  }
}

void EncodeResponseJson(const OperationInfo& operation, const void* response, std::string_view request_id,
                        std::string& out) {
  codec::JsonWriter json(out);
  json.BeginObject();
  json.Key(operation.response_element);
  json.BeginObject();
  if (!operation.result_wrapper.empty()) {
    json.Key(operation.result_wrapper);
    WriteJsonMembers(json, *operation.response, response);
  }
  json.Key("ResponseMetadata");
  json.BeginObject();
  json.Key("RequestId");
  json.String(request_id);
  json.EndObject();
  json.EndObject();
  json.EndObject();
}

// ---- Errors

std::string_view FaultType(const Error& error) { return HttpStatus(error.code) < 500 ? "Sender" : "Receiver"; }

void EncodeErrorXml(const ServiceInfo& service, const Error& error, std::string_view request_id, std::string& out) {
  codec::XmlWriter xml(out);
  xml.OpenRoot("ErrorResponse", error.code == ErrorCode::kInvalidAction ? kFaultNamespace : service.xml_namespace);
  xml.Open("Error");
  xml.Text("Type", FaultType(error));
  xml.Text("Code", WireCode(error.code));
  if (!error.message.empty()) xml.Text("Message", error.message);
  xml.Close("Error");
  xml.Text("RequestId", request_id);
  xml.Close("ErrorResponse");
}

void EncodeErrorJson(const Error& error, std::string_view request_id, std::string& out) {
  codec::JsonWriter json(out);
  json.BeginObject();
  json.Key("Error");
  json.BeginObject();
  json.Key("Code");
  json.String(WireCode(error.code));
  if (!error.message.empty()) {
    json.Key("Message");
    json.String(error.message);
  }
  json.Key("Type");
  json.String(FaultType(error));
  json.EndObject();
  json.Key("RequestId");
  json.String(request_id);
  json.EndObject();
}

}  // namespace

Format FormatFor(std::string_view accept) {
  return AsciiLower(accept).find("application/json") == std::string::npos ? Format::kXml : Format::kJson;
}

std::string_view ContentType(Format format) { return format == Format::kXml ? "text/xml" : "application/json"; }

void EncodeResponse(Format format, const OperationInfo& operation, const void* response, std::string_view request_id,
                    std::string& out) {
  if (format == Format::kXml) return EncodeResponseXml(operation, response, request_id, out);
  EncodeResponseJson(operation, response, request_id, out);
}

void EncodeError(Format format, const ServiceInfo& service, const Error& error, std::string_view request_id,
                 std::string& out) {
  if (format == Format::kXml) return EncodeErrorXml(service, error, request_id, out);
  EncodeErrorJson(error, request_id, out);
}

}  // namespace claviger::wire
