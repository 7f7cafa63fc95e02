#include "wire/encode.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
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

// The shortest text that is read as the same number; what is none is 0, which no answer has use for anyway.
std::string DoubleText(double number) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), std::isfinite(number) ? number : 0.0).ptr;
  return {text.data(), end};
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
    case ShapeKind::kDouble:
      return xml.Text(name, DoubleText(As<double>(value)));
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
    case ShapeKind::kDouble:
      return json.Raw(DoubleText(As<double>(value)));
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

void EncodeErrorAwsJson(const Error& error, std::string& out) {
  const ErrorCode code = JsonErrorCode(error.code);
  // The errors that all services share, but one, write the member in lower case.
  const bool shared = code != error.code && error.code != ErrorCode::kAccessDenied;
  codec::JsonWriter json(out);
  json.BeginObject();
  json.Key("__type");
  json.String(WireCode(code));
  if (!error.message.empty()) {
    json.Key(shared ? "message" : "Message");
    json.String(error.message);
  }
  if (!error.reason.empty()) {
    json.Key("Reason");
    json.String(error.reason);
  }
  json.EndObject();
}

}  // namespace

Format FormatFor(std::string_view accept) {
  return AsciiLower(accept).find("application/json") == std::string::npos ? Format::kXml : Format::kJson;
}

std::string_view ContentType(Format format) {
  switch (format) {
    case Format::kXml:
      return "text/xml";
    case Format::kJson:
      return "application/json";
    case Format::kAwsJson:
      return "application/x-amz-json-1.1";
  }
  return {};
}

void EncodeResponse(Format format, const OperationInfo& operation, const void* response, std::string_view request_id,
                    std::string& out) {
  switch (format) {
    case Format::kXml:
      return EncodeResponseXml(operation, response, request_id, out);
    case Format::kJson:
      return EncodeResponseJson(operation, response, request_id, out);
    case Format::kAwsJson:
      break;
  }
  if (operation.result_wrapper.empty()) return;  // No output: no body.
  EncodeStructure(*operation.response, response, out);
}

void EncodeStructure(const Shape& shape, const void* structure, std::string& out) {
  codec::JsonWriter json(out);
  WriteJsonMembers(json, shape, structure);
}

int StatusOf(Format format, const Error& error) {
  constexpr int kBadRequest = 400;
  constexpr int kServerFault = 500;
  const int status = HttpStatus(error.code);
  const bool stays = format != Format::kAwsJson || status >= kServerFault;
  return stays || error.code == ErrorCode::kRequestEntityTooLarge ? status : kBadRequest;
}

void EncodeError(Format format, const ServiceInfo& service, const Error& error, std::string_view request_id,
                 std::string& out) {
  switch (format) {
    case Format::kXml:
      return EncodeErrorXml(service, error, request_id, out);
    case Format::kJson:
      return EncodeErrorJson(error, request_id, out);
    case Format::kAwsJson:
      return EncodeErrorAwsJson(error, out);
  }
}

}  // namespace claviger::wire
