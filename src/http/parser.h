// Reads HTTP/1.0 and HTTP/1.1 requests (RFC 9110, RFC 9112) out of a connection's buffer, in place.
//
// Strict, because a server that disagrees with the proxy before it about where a request ends lets one client speak as
// another: a line ends in CR LF only, a length is given once and in one way, and whatever the grammar leaves doubtful
// is refused. The outcome depends on the bytes alone, never on how they were split on their way.
//
// Not thread-safe: one for each connection, kept and reused, so that a usual request allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace claviger::http {

struct ParserLimits {
  std::size_t head_bytes_max = 64 << 10;  // Request line and headers; session tokens are long. At most kHeadBytesLimit.
  std::size_t headers_max = 100;
  std::size_t body_bytes_max = 16 << 20;  // Without chunk framing.
};

inline constexpr std::size_t kHeadBytesLimit = 1 << 20;

// Why a request was refused before anyone could look at it.
struct ParseError {
  int status = 400;
  std::string_view reason;  // Static text in plain words.
};

class RequestParser {
 public:
  enum class Progress { kNeedsMore, kComplete, kFailed };

  explicit RequestParser(const ParserLimits& limits);

  // Goes on reading. `bytes` begins at the first byte of the request and holds all that has arrived since, which may be
  // more than this request; between calls it may grow and move. Folded headers are joined and chunks put together in
  // place, so the bytes of the request change, those behind it don't. Reads every byte once, however they arrive.
  Progress Parse(std::span<char> bytes);

  // Gets ready for the next request.
  void Reset();

  // Points `request` into `bytes`, which must be those of the last Parse. Leaves source_ip and secure alone.
  // REQUIRES: the last Parse returned kComplete.
  void Fill(std::span<const char> bytes, Request& request) const;

  // How many bytes the complete request takes, framing included.
  [[nodiscard]] std::size_t size() const { return read_; }
  // 400 malformed, 413, 414 or 431 too large, 417 an unknown expectation, 501 an unknown transfer coding, 505 not
  // HTTP/1. REQUIRES: the last Parse returned kFailed. The connection cannot be read any further.
  [[nodiscard]] const ParseError& error() const { return error_; }

  // Valid once the head is complete.
  [[nodiscard]] bool head_complete() const { return stage_ != Stage::kHead && stage_ != Stage::kFailed; }
  // The client waits for "100 Continue" and has not begun to send its body.
  [[nodiscard]] bool awaits_continue() const { return expects_continue_ && !body_begun_ && head_complete(); }
  // The client wants to use the connection again.
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  [[nodiscard]] int minor_version() const { return minor_version_; }

 private:
  enum class Stage { kHead, kFixedBody, kChunkSize, kChunkData, kChunkEnd, kTrailer, kDone, kFailed };
  struct Span {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  struct HeaderSpan {
    Span name;
    Span value;
    bool folded = false;
  };
  struct Framing;

  bool Fail(int status, std::string_view reason);
  bool FinishLine(std::string_view bytes, std::size_t limit_end, const ParseError& too_long);
  // Each takes a step: true when it got somewhere, false when it needs more bytes or has failed.
  bool ReadHead(std::span<char> bytes);
  bool ReadFixedBody(std::size_t available);
  bool ReadChunkSize(std::string_view bytes);
  bool ReadChunkData(std::span<char> bytes);
  bool ReadChunkEnd(std::string_view bytes);
  bool ReadTrailer(std::string_view bytes);

  bool ParseRequestLine(std::string_view bytes, std::string_view line);
  bool ParseTarget(std::string_view bytes, std::string_view method, std::string_view target);
  bool ParseHeaderLine(std::string_view bytes, std::string_view line);
  bool JoinFoldedLine(std::span<char> bytes, std::string_view line);
  bool EndHead(std::string_view bytes);
  bool CollectFraming(std::string_view bytes, Framing& framing);
  bool CheckHost(std::string_view bytes, const Framing& framing);
  bool ChooseBody(const Framing& framing);

  ParserLimits limits_;
  Stage stage_ = Stage::kHead;
  ParseError error_;

  std::size_t read_ = 0;     // INVARIANT: everything before it has been understood.
  std::size_t scanned_ = 0;  // No line end is in [read_, scanned_).
  std::size_t line_end_ = 0;

  bool seen_request_line_ = false;
  bool skipped_empty_line_ = false;
  bool keep_alive_ = false;
  bool expects_continue_ = false;
  bool body_begun_ = false;
  int minor_version_ = 1;
  Span method_;
  Span authority_;  // Of an absolute target; else empty.
  Span path_;
  Span query_;
  std::vector<HeaderSpan> headers_;

  std::size_t body_begin_ = 0;
  std::size_t body_size_ = 0;      // Of a fixed body: announced. Of a chunked one: put together so far.
  std::size_t chunk_left_ = 0;     // Of the current chunk.
  std::size_t framing_bytes_ = 0;  // Spent on chunk lines.
  std::size_t trailer_begin_ = 0;
};

}  // namespace claviger::http
