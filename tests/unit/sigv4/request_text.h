// HTTP requests as the vectors write them, read for tests: lines end in "\n", values may be folded, the rest is the
// body.
#pragma once

#include <deque>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace claviger::sigv4 {

// The file's bytes; nullopt when there is none.
inline std::optional<std::string> FindFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

inline http::Request MakeRequest(std::string_view method, std::string_view path, std::string_view query = {},
                                 std::vector<http::Header> headers = {}, std::string_view body = {}) {
  http::Request request;
  request.method = method;
  request.path = path;
  request.query = query;
  request.headers = std::move(headers);
  request.body = body;
  return request;
}

// A request and what its views point to. Takes anything: what is malformed comes out as some other request.
class RequestText {
 public:
  explicit RequestText(std::string text) : text_(std::move(text)) {
    std::string_view rest = text_;
    std::string_view line = TakeLine(rest);
    line = line.substr(0, line.rfind(" HTTP/"));
    const std::size_t space = line.find(' ');
    request_.method = line.substr(0, space);
    const std::string_view target = space == std::string_view::npos ? "/" : line.substr(space + 1);
    const std::size_t mark = target.find('?');
    request_.path = target.substr(0, mark);
    if (request_.path.empty()) request_.path = "/";
    if (mark != std::string_view::npos) request_.query = target.substr(mark + 1);
    while (!rest.empty()) {
      line = TakeLine(rest);
      if (line.empty()) break;
      if ((line.front() == ' ' || line.front() == '\t') && !request_.headers.empty()) {
        http::Header& header = request_.headers.back();
        header.value = folded_.emplace_back(std::string(header.value) + " " + std::string(Trim(line)));
        continue;
      }
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos) continue;
      request_.headers.push_back({line.substr(0, colon), Trim(line.substr(colon + 1))});
    }
    request_.body = rest;
  }
  RequestText(const RequestText&) = delete;
  RequestText& operator=(const RequestText&) = delete;

  [[nodiscard]] const http::Request& Get() const { return request_; }
  http::Request& Edit() { return request_; }

 private:
  static std::string_view TakeLine(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
  }
  static std::string_view Trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
  }

  std::string text_;
  std::deque<std::string> folded_;  // A deque: its strings never move.
  http::Request request_;
};

}  // namespace claviger::sigv4
