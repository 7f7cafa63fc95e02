#include "http/writer.h"

#include <charconv>
#include <cstddef>

#include "base/time_text.h"
#include "http/grammar.h"
#include "http/status.h"

namespace claviger::http {
namespace {

void AppendNumber(std::size_t number, std::string& out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void AppendHeader(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ");
  const std::size_t begin = out.size();
  out.append(value);
  for (std::size_t i = begin; i < out.size(); ++i) {
    if (!Is(out[i], kValueCharacter)) out[i] = ' ';
  }
  out.append("\r\n");
}

}  // namespace

void AppendResponse(const Response& response, const Delivery& delivery, std::string& out) {
  const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  out.append("HTTP/1.1 ");
  AppendNumber(static_cast<std::size_t>(response.status), out);
  out.append(" ").append(ReasonPhrase(response.status)).append("\r\nDate: ").append(delivery.date).append("\r\n");
  if (!response.content_type.empty()) AppendHeader("Content-Type", response.content_type, out);
  for (const auto& [name, value] : response.headers) AppendHeader(name, value, out);
  if (!delivery.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (delivery.minor_version == 0) {
    out.append("Connection: keep-alive\r\n");
  }
  if (!bodiless) {
    out.append("Content-Length: ");
    AppendNumber(response.body.size(), out);
    out.append("\r\n");
  }
  out.append("\r\n");
  if (!bodiless && !delivery.head_request) out.append(response.body);
}

std::string_view DateText::At(TimePoint now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (text_.empty() || second != second_) {
    second_ = second;
    text_ = FormatHttpDate(now);
  }
  return text_;
}

}  // namespace claviger::http
