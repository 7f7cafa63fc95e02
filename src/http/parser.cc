#include "http/parser.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "http/grammar.h"

namespace claviger::http {
namespace {

// A chunk's size and its extensions, which nobody uses.
constexpr std::size_t kChunkLineBytesMax = 256;
constexpr std::size_t kTrailerBytesMax = 8 << 10;
constexpr std::size_t kUsualHeaders = 24;
constexpr std::size_t kSizeMax = std::numeric_limits<std::size_t>::max();

constexpr ParseError kHeadTooLarge{431, "the request's headers are too large"};
constexpr ParseError kTargetTooLong{414, "the request's target is too long"};
constexpr ParseError kBodyTooLarge{413, "the request's body is too large"};
constexpr ParseError kBadChunk{400, "a chunk's size is malformed"};
constexpr ParseError kBadTrailer{400, "the trailer is malformed or too large"};

std::string_view View(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

// Whether a comma-separated list names `token`, ignoring case.
bool ListContains(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (EqualsIgnoreCase(TrimBlanks(list.substr(0, comma)), token)) return true;
    if (comma == list.npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

// Digits only, as RFC 9110 section 8.6 has it; a number too large for us becomes the largest we have.
std::optional<std::size_t> ParseLength(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::size_t length = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const std::size_t digit = static_cast<std::size_t>(c - '0');
    length = length > (kSizeMax - digit) / 10 ? kSizeMax : length * 10 + digit;
  }
  return length;
}

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = AsciiLower(c);
  if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
  return std::nullopt;
}

}  // namespace

// What the head says about where the request ends and what follows it.
struct RequestParser::Framing {
  std::optional<std::string_view> host;
  std::optional<std::string_view> content_length;
  std::optional<std::string_view> transfer_encoding;
  bool close = false;
  bool keep_alive = false;
  bool expects = false;
};

RequestParser::RequestParser(const ParserLimits& limits) : limits_(limits) {
  limits_.head_bytes_max = std::min(limits_.head_bytes_max, kHeadBytesLimit);
  headers_.reserve(std::min(limits_.headers_max, kUsualHeaders));
}

void RequestParser::Reset() {
  stage_ = Stage::kHead;
  read_ = scanned_ = line_end_ = 0;
  seen_request_line_ = skipped_empty_line_ = false;
  keep_alive_ = expects_continue_ = body_begun_ = false;
  minor_version_ = 1;
  authority_ = query_ = {};
  headers_.clear();
  body_begin_ = body_size_ = chunk_left_ = framing_bytes_ = trailer_begin_ = 0;
}

RequestParser::Progress RequestParser::Parse(std::span<char> bytes) {
  const std::string_view view = View(bytes);
  bool advanced = true;
  while (advanced) {
    switch (stage_) {
      case Stage::kHead:
        advanced = ReadHead(bytes);
        break;
      case Stage::kFixedBody:
        advanced = ReadFixedBody(bytes.size());
        break;
      case Stage::kChunkSize:
        advanced = ReadChunkSize(view);
        break;
      case Stage::kChunkData:
        advanced = ReadChunkData(bytes);
        break;
      case Stage::kChunkEnd:
        advanced = ReadChunkEnd(view);
        break;
      case Stage::kTrailer:
        advanced = ReadTrailer(view);
        break;
      case Stage::kDone:
        return Progress::kComplete;
      case Stage::kFailed:
        return Progress::kFailed;
    }
  }
  return stage_ == Stage::kFailed ? Progress::kFailed : Progress::kNeedsMore;
}

void RequestParser::Fill(std::span<const char> bytes, Request& request) const {
  const auto view = [bytes](Span span) { return std::string_view(bytes.data() + span.begin, span.size); };
  request.method = view(method_);
  request.path = path_.size == 0 ? std::string_view("/") : view(path_);
  request.query = view(query_);
  request.headers.clear();
  for (const HeaderSpan& header : headers_) request.headers.push_back({view(header.name), view(header.value)});
  request.body = {bytes.data() + body_begin_, body_size_};
}

bool RequestParser::Fail(int status, std::string_view reason) {
  stage_ = Stage::kFailed;
  error_ = {status, reason};
  return false;
}

// Looks for the end of the line at read_, of which nothing may lie at or behind `limit_end`.
// True: the line is [read_, line_end_), and CR LF follow.
bool RequestParser::FinishLine(std::string_view bytes, std::size_t limit_end, const ParseError& too_long) {
  const std::size_t end = std::min(bytes.size(), limit_end);
  const void* found = end > scanned_ ? std::memchr(bytes.data() + scanned_, '\n', end - scanned_) : nullptr;
  if (found == nullptr) {
    scanned_ = std::max(scanned_, end);
    return bytes.size() < limit_end ? false : Fail(too_long.status, too_long.reason);
  }
  const std::size_t feed = static_cast<const char*>(found) - bytes.data();
  if (feed == read_ || bytes[feed - 1] != '\r') return Fail(400, "a line does not end in CR LF");
  line_end_ = feed - 1;
  scanned_ = feed + 1;
  return true;
}

// ---- The head ----

bool RequestParser::ReadHead(std::span<char> bytes) {
  const std::string_view view = View(bytes);
  while (true) {
    // Whoever speaks another protocol, TLS for instance, is told at the first byte.
    if (!seen_request_line_ && read_ < view.size() && !Is(view[read_], kTokenCharacter) &&
        !(view[read_] == '\r' && !skipped_empty_line_)) {
      return Fail(400, "this is not an HTTP request");
    }
    const ParseError& too_long = seen_request_line_ ? kHeadTooLarge : kTargetTooLong;
    if (!FinishLine(view, limits_.head_bytes_max, too_long)) return false;
    const std::string_view line = view.substr(read_, line_end_ - read_);
    if (!seen_request_line_) {
      if (line.empty()) {
        // RFC 9112 section 2.2: an empty line before the request is ignored. One is enough for the clients it is for.
        if (skipped_empty_line_) return Fail(400, "this is not an HTTP request");
        skipped_empty_line_ = true;
      } else if (!ParseRequestLine(view, line)) {
        return false;
      }
    } else if (line.empty()) {
      read_ = scanned_;
      return EndHead(view);
    } else if (IsBlank(line.front())) {
      if (!JoinFoldedLine(bytes, line)) return false;
    } else if (!ParseHeaderLine(view, line)) {
      return false;
    }
    read_ = scanned_;
  }
}

// method SP request-target SP HTTP-version, with exactly one space each.
bool RequestParser::ParseRequestLine(std::string_view bytes, std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == line.npos || last == first) return Fail(400, "the request line is malformed");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(method) || !IsTarget(target)) {
    return Fail(400, "the request line is malformed");
  }
  if (version == "HTTP/1.1" || version == "HTTP/1.0") {
    minor_version_ = version.back() - '0';
  } else {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool other = version.size() == 8 && version.starts_with("HTTP/") && digit(version[5]) && version[6] == '.' &&
                       digit(version[7]);
    return other ? Fail(505, "only HTTP/1.1 and HTTP/1.0 are spoken here") : Fail(400, "the request line is malformed");
  }
  method_ = {static_cast<std::uint32_t>(read_), static_cast<std::uint32_t>(method.size())};
  seen_request_line_ = true;
  return ParseTarget(bytes, method, target);
}

bool RequestParser::ParseTarget(std::string_view bytes, std::string_view method, std::string_view target) {
  const auto span = [bytes](std::string_view part) {
    return Span{static_cast<std::uint32_t>(part.data() - bytes.data()), static_cast<std::uint32_t>(part.size())};
  };
  if (target.front() != '/' && !(target == "*" && method == "OPTIONS")) {
    // RFC 9112 section 3.2.2: every server takes the absolute form too.
    for (const std::string_view scheme : {"http://", "https://"}) {
      if (!EqualsIgnoreCase(target.substr(0, scheme.size()), scheme)) continue;
      const std::string_view rest = target.substr(scheme.size());
      const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
      if (authority.empty() || !All(authority, kHostCharacter)) return Fail(400, "the request's target is malformed");
      authority_ = span(authority);
      target = rest.substr(authority.size());
    }
    if (authority_.size == 0) return Fail(400, "the request's target is malformed");
  }
  const std::size_t mark = target.find('?');
  path_ = span(target.substr(0, mark));
  query_ = mark == target.npos ? Span{} : span(target.substr(mark + 1));
  return true;
}

// field-name ":" OWS field-value OWS. White space before the colon is refused, as RFC 9112 section 5.1 demands.
bool RequestParser::ParseHeaderLine(std::string_view bytes, std::string_view line) {
  std::size_t colon = 0;
  while (colon < line.size() && Is(line[colon], kTokenCharacter)) ++colon;
  if (colon == 0 || colon == line.size() || line[colon] != ':') return Fail(400, "a header is malformed");
  const std::string_view value = TrimBlanks(line.substr(colon + 1));
  if (!IsHeaderValue(value)) return Fail(400, "a header's value contains a control character");
  if (headers_.size() == limits_.headers_max) return Fail(431, "the request has too many headers");
  headers_.push_back(
      {{static_cast<std::uint32_t>(read_), static_cast<std::uint32_t>(colon)},
       {static_cast<std::uint32_t>(value.data() - bytes.data()), static_cast<std::uint32_t>(value.size())}});
  return true;
}

// RFC 9112 section 5.2 lets a server replace a fold by spaces; signers count it as one.
bool RequestParser::JoinFoldedLine(std::span<char> bytes, std::string_view line) {
  if (headers_.empty()) return Fail(400, "the first header begins with white space");
  const std::string_view more = TrimBlanks(line);
  if (!IsHeaderValue(more)) return Fail(400, "a header's value contains a control character");
  HeaderSpan& header = headers_.back();
  header.folded = true;
  if (more.empty()) return true;
  // There is room: the value ends before the CR LF and the white space that it is joined over.
  char* end = bytes.data() + header.value.begin + header.value.size;
  if (header.value.size != 0) *end++ = ' ';
  std::memmove(end, more.data(), more.size());
  header.value.size = static_cast<std::uint32_t>(end + more.size() - (bytes.data() + header.value.begin));
  return true;
}

bool RequestParser::EndHead(std::string_view bytes) {
  Framing framing;
  if (!CollectFraming(bytes, framing)) return false;
  if (!CheckHost(bytes, framing)) return false;
  // RFC 9112 section 9.3.
  keep_alive_ = !framing.close && (minor_version_ == 1 || framing.keep_alive);
  // RFC 9110 section 10.1.1: an expectation in HTTP/1.0 is ignored.
  expects_continue_ = framing.expects && minor_version_ == 1;
  body_begin_ = read_;
  return ChooseBody(framing);
}

bool RequestParser::CollectFraming(std::string_view bytes, Framing& framing) {
  for (const HeaderSpan& header : headers_) {
    const std::string_view name = bytes.substr(header.name.begin, header.name.size);
    const std::string_view value = bytes.substr(header.value.begin, header.value.size);
    std::optional<std::string_view>* once = nullptr;
    switch (name.size()) {
      case 4:
        if (EqualsIgnoreCase(name, "host")) once = &framing.host;
        break;
      case 6:
        if (!EqualsIgnoreCase(name, "expect")) break;
        if (!EqualsIgnoreCase(value, "100-continue")) return Fail(417, "the only expectation known is 100-continue");
        framing.expects = true;
        break;
      case 10:
        if (!EqualsIgnoreCase(name, "connection")) break;
        framing.close = framing.close || ListContains(value, "close");
        framing.keep_alive = framing.keep_alive || ListContains(value, "keep-alive");
        break;
      case 14:
        if (EqualsIgnoreCase(name, "content-length")) once = &framing.content_length;
        break;
      case 17:
        if (EqualsIgnoreCase(name, "transfer-encoding")) once = &framing.transfer_encoding;
        break;
      default:
        break;
    }
    if (once == nullptr) continue;
    // What decides over the request's extent and target is said once, on one line.
    if (once->has_value()) return Fail(400, "a header that must come once is repeated");
    if (header.folded) return Fail(400, "a header that must not be folded is");
    *once = value;
  }
  return true;
}

bool RequestParser::CheckHost(std::string_view bytes, const Framing& framing) {
  if (!framing.host.has_value()) {
    return minor_version_ == 0 ? true : Fail(400, "the request has no Host header");
  }
  if (!All(*framing.host, kHostCharacter)) return Fail(400, "the Host header is malformed");
  if (authority_.size != 0 && !EqualsIgnoreCase(*framing.host, bytes.substr(authority_.begin, authority_.size))) {
    return Fail(400, "the request's target and its Host header differ");
  }
  return true;
}

// RFC 9112 section 6.3.
bool RequestParser::ChooseBody(const Framing& framing) {
  if (framing.transfer_encoding.has_value()) {
    if (framing.content_length.has_value()) return Fail(400, "both Content-Length and Transfer-Encoding are given");
    if (minor_version_ == 0) return Fail(400, "HTTP/1.0 has no Transfer-Encoding");
    if (!EqualsIgnoreCase(*framing.transfer_encoding, "chunked")) {
      return Fail(501, "the only transfer coding known is chunked");
    }
    stage_ = Stage::kChunkSize;
    return true;
  }
  if (framing.content_length.has_value()) {
    const std::optional<std::size_t> length = ParseLength(*framing.content_length);
    if (!length.has_value()) return Fail(400, "the Content-Length is not a number");
    if (*length > limits_.body_bytes_max) return Fail(kBodyTooLarge.status, kBodyTooLarge.reason);
    body_size_ = *length;
  }
  stage_ = Stage::kFixedBody;
  return true;
}

// ---- The body ----

bool RequestParser::ReadFixedBody(std::size_t available) {
  body_begun_ = body_size_ == 0 || available > body_begin_;
  if (available - body_begin_ < body_size_) return false;
  read_ = body_begin_ + body_size_;
  stage_ = Stage::kDone;
  return true;
}

// chunk-size [ chunk-ext ] CRLF (RFC 9112 section 7.1). Extensions are ignored.
bool RequestParser::ReadChunkSize(std::string_view bytes) {
  body_begun_ = bytes.size() > body_begin_;
  if (!FinishLine(bytes, read_ + kChunkLineBytesMax, kBadChunk)) return false;
  std::string_view line = bytes.substr(read_, line_end_ - read_);
  std::size_t size = 0;
  std::size_t digits = 0;
  for (; digits < line.size(); ++digits) {
    const std::optional<unsigned> digit = HexDigit(line[digits]);
    if (!digit.has_value()) break;
    // Stays far from overflow: it stops growing once it is too large.
    if (size <= limits_.body_bytes_max) size = size * 16 + *digit;
  }
  line.remove_prefix(digits);
  const std::size_t extension = line.find_first_not_of(" \t");
  if (digits == 0 || (!line.empty() && (extension == line.npos || line[extension] != ';')) ||
      !All(line, kValueCharacter)) {
    return Fail(kBadChunk.status, kBadChunk.reason);
  }
  if (size > limits_.body_bytes_max - body_size_) return Fail(kBodyTooLarge.status, kBodyTooLarge.reason);
  // Crumbs with long extensions would fill our memory without ever reaching the body's limit.
  framing_bytes_ += scanned_ - read_ + 2;
  if (framing_bytes_ > limits_.head_bytes_max + body_size_) return Fail(413, "the chunks' framing outweighs the body");
  read_ = scanned_;
  chunk_left_ = size;
  trailer_begin_ = read_;
  stage_ = size == 0 ? Stage::kTrailer : Stage::kChunkData;
  return true;
}

bool RequestParser::ReadChunkData(std::span<char> bytes) {
  const std::size_t size = std::min(chunk_left_, bytes.size() - read_);
  std::memmove(bytes.data() + body_begin_ + body_size_, bytes.data() + read_, size);
  body_size_ += size;
  read_ += size;
  chunk_left_ -= size;
  if (chunk_left_ != 0) return false;
  stage_ = Stage::kChunkEnd;
  return true;
}

bool RequestParser::ReadChunkEnd(std::string_view bytes) {
  if (read_ < bytes.size() && bytes[read_] != '\r') return Fail(kBadChunk.status, kBadChunk.reason);
  if (read_ + 1 >= bytes.size()) return false;
  if (bytes[read_ + 1] != '\n') return Fail(kBadChunk.status, kBadChunk.reason);
  read_ += 2;
  scanned_ = read_;
  stage_ = Stage::kChunkSize;
  return true;
}

// Trailers are checked and dropped: they come too late to be signed, and nobody may slip a header in with them.
bool RequestParser::ReadTrailer(std::string_view bytes) {
  if (!FinishLine(bytes, trailer_begin_ + kTrailerBytesMax, kBadTrailer)) return false;
  const std::string_view line = bytes.substr(read_, line_end_ - read_);
  read_ = scanned_;
  if (line.empty()) {
    stage_ = Stage::kDone;
    return true;
  }
  const std::size_t colon = line.find(':');
  if (colon == line.npos || !IsToken(line.substr(0, colon)) || !All(line.substr(colon + 1), kValueCharacter)) {
    return Fail(kBadTrailer.status, kBadTrailer.reason);
  }
  return true;
}

}  // namespace claviger::http
