// Writes answers: a response struct or an error as the document that AWS's clients read, XML or JSON.
// Pure; safe from any thread. Single pass over the tables of aws/shape.h into the caller's string, to which it appends.
//
// - Members in the order of the tables, which is the services' own; absent ones are left out, an empty list is
// `<Tags/>`. Telling the two apart is the
//   operation's business: it leaves the field empty or puts an empty list in.
// - An operation without output in the model has no Result element.
// - Timestamps are whole seconds, with milliseconds for the few members that the overlay names; in JSON seconds since
// 1970.
// - JSON has the same names and nesting, lists as arrays and maps as objects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/error.h"
#include "aws/shape.h"

namespace claviger::wire {

enum class Format : std::uint8_t {
  kXml,
  kJson,     // Of Query, for those who ask: the same elements.
  kAwsJson,  // Of AWS JSON 1.1: the members of the answer alone; the header x-amzn-RequestId has the id.
};

// The format in Query that a client asks for by its Accept header (empty when it sent none): XML unless it names
// application/json.
Format FormatFor(std::string_view accept);

// For the header Content-Type.
std::string_view ContentType(Format format);

// Writes the struct at `response`, which `operation.response` describes.
void EncodeResponse(Format format, const OperationInfo& operation, const void* response, std::string_view request_id,
                    std::string& out);

// The response of a known operation: EncodeResponse<gen::iam::api::CreateUser>(format, response, request_id, out).
template <class Operation>
void EncodeResponse(Format format, const typename Operation::Response& response, std::string_view request_id,
                    std::string& out) {
  EncodeResponse(format, Operation::Info(), &response, request_id, out);
}

// Writes a structure alone, a request for example, as AWS JSON has it. Holds back nothing that is sensitive.
void EncodeStructure(const Shape& shape, const void* structure, std::string& out);

// The HTTP status of an error: that of its code. In AWS JSON every fault of the client's but its size is a 400.
int StatusOf(Format format, const Error& error);

// Writes an error document of `service`. In AWS JSON the common errors have names of their own: AccessDenied is
// AccessDeniedException. Without a message there is no
// Message element. InvalidAction has a namespace of its own, whatever the service.
void EncodeError(Format format, const ServiceInfo& service, const Error& error, std::string_view request_id,
                 std::string& out);

}  // namespace claviger::wire
