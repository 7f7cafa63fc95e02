#include "sigv4/canonical.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <tuple>
#include <vector>

#include "base/encoding.h"
#include "base/text.h"
#include "http/uri.h"
#include "sigv4/signed_headers_internal.h"

namespace claviger::sigv4 {

bool LessIgnoreCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return static_cast<unsigned char>(AsciiLower(c)); };
  return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

std::vector<std::string_view> SortedSignedHeaders(std::string_view list) {
  std::vector<std::string_view> names;
  SignedHeaderReader reader(list);
  while (const auto name = reader.Next()) names.push_back(*name);
  std::ranges::sort(names, LessIgnoreCase);
  return names;
}

namespace {

constexpr char kHexUpper[] = "0123456789ABCDEF";
constexpr std::string_view kHashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// Where the canonical request goes: into a text ...
class TextSink {
 public:
  void Put(char c) { text_.push_back(c); }
  void Put(std::string_view text) { text_.append(text); }
  std::string Take() && { return std::move(text_); }

 private:
  std::string text_;
};

// ... or into a hash, a buffer at a time because it comes in small pieces.
class HashSink {
 public:
  void Put(char c) {
    if (used_ == buffer_.size()) Flush();
    buffer_[used_++] = c;
  }
  void Put(std::string_view text) {
    if (text.size() > buffer_.size() - used_) {
      Flush();
      if (text.size() > buffer_.size()) {
        hash_.Update(text);
        return;
      }
    }
    std::memcpy(buffer_.data() + used_, text.data(), text.size());
    used_ += text.size();
  }
  crypto::Digest Finish() {
    Flush();
    return hash_.Finish();
  }

 private:
  void Flush() {
    hash_.Update({buffer_.data(), used_});
    used_ = 0;
  }

  crypto::Sha256 hash_;
  std::size_t used_ = 0;
  std::array<char, 1024> buffer_;  // Uninitialized: only the first used_ are read.
};

template <class Sink>
void PutEncoded(char c, Sink& sink) {
  if (http::IsUnreserved(c)) {
    sink.Put(c);
  } else {
    const auto byte = static_cast<std::uint8_t>(c);
    const char escape[] = {'%', kHexUpper[byte >> 4], kHexUpper[byte & 15]};
    sink.Put(std::string_view(escape, sizeof escape));
  }
}

template <class Sink>
void PutLower(std::string_view name, Sink& sink) {
  for (const char c : name) sink.Put(AsciiLower(c));
}

// Encodes everything but the slashes.
template <class Sink>
void PutPath(std::string_view path, Sink& sink) {
  for (const char c : path) {
    if (c == '/') {
      sink.Put(c);
    } else {
      PutEncoded(c, sink);
    }
  }
}

// What remains of a path when empty and "." segments are dropped and ".." takes its predecessor along; the last slash
// stays when there is something before it.
template <class Sink>
void PutNormalizedPath(std::string_view path, Sink& sink) {
  std::array<std::byte, 1024> space;
  std::pmr::monotonic_buffer_resource memory(space.data(), space.size());
  std::pmr::vector<std::string_view> segments(&memory);
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      segments.push_back(segment);
    } else if (!segments.empty()) {
      segments.pop_back();
    }
  }
  for (const std::string_view segment : segments) {
    sink.Put('/');
    PutPath(segment, sink);
  }
  if (segments.empty() || path.ends_with('/')) sink.Put('/');
}

template <class Sink>
void PutQuery(std::string_view query, Form form, const CanonicalOptions& options, Sink& sink) {
  struct Encoded {
    std::string_view name;
    std::string_view value;
  };
  std::array<std::byte, 8192> space;
  std::pmr::monotonic_buffer_resource memory(space.data(), space.size());
  std::pmr::vector<char> text(query.size() * 3, &memory);  // No byte takes more than three.
  std::pmr::vector<Encoded> parameters(&memory);
  parameters.reserve(static_cast<std::size_t>(std::ranges::count(query, '&')) + 1);

  struct {
    char* end;
    void Put(char c) { *end++ = c; }
    void Put(std::string_view piece) { end = std::ranges::copy(piece, end).out; }
  } scratch{text.data()};
  const auto encode = [&scratch](std::string_view sent) {
    const char* const begin = scratch.end;
    while (!sent.empty()) {
      if (http::IsUnreserved(sent.front())) {  // Nearly always: neither decoded nor encoded.
        scratch.Put(sent.front());
        sent.remove_prefix(1);
      } else {
        PutEncoded(http::TakeDecoded(sent), scratch);
      }
    }
    return std::string_view(begin, static_cast<std::size_t>(scratch.end - begin));
  };

  http::QueryReader reader(query);
  while (const auto parameter = reader.Next()) {
    if (form == Form::kQuery && http::DecodesTo(parameter->name, "X-Amz-Signature")) continue;
    if (options.omit_session_token && http::DecodesTo(parameter->name, "X-Amz-Security-Token")) continue;
    const std::string_view name = encode(parameter->name);
    parameters.push_back({name, encode(parameter->value)});
  }
  std::ranges::sort(parameters, [](const Encoded& a, const Encoded& b) {
    return std::tie(a.name, a.value) < std::tie(b.name, b.value);
  });
  bool first = true;
  for (const Encoded& parameter : parameters) {
    if (!first) sink.Put('&');
    first = false;
    sink.Put(parameter.name);
    sink.Put('=');
    sink.Put(parameter.value);
  }
}

constexpr bool IsSpace(char c) { return c == ' ' || c == '\t'; }

template <class Sink>
void PutHeaderValue(std::string_view value, Sink& sink) {
  while (!value.empty() && IsSpace(value.front())) value.remove_prefix(1);
  while (!value.empty() && IsSpace(value.back())) value.remove_suffix(1);
  // Session tokens are long and have no white space: look before going through them byte by byte.
  if (value.find('\t') == std::string_view::npos && value.find("  ") == std::string_view::npos) {
    sink.Put(value);
    return;
  }
  bool after_space = false;
  for (const char c : value) {
    if (!IsSpace(c)) {
      sink.Put(c);
    } else if (!after_space) {
      sink.Put(' ');
    }
    after_space = IsSpace(c);
  }
}

template <class Sink>
void PutHeaderLine(const http::Request& request, std::string_view name, Sink& sink) {
  PutLower(name, sink);
  sink.Put(':');
  bool first = true;
  for (const http::Header& header : request.headers) {
    if (!SameHeader(header.name, name)) continue;
    if (!first) sink.Put(',');
    first = false;
    PutHeaderValue(header.value, sink);
  }
  sink.Put('\n');
}

bool IsSorted(std::string_view signed_headers) {
  SignedHeaderReader reader(signed_headers);
  std::string_view previous;
  while (const auto name = reader.Next()) {
    if (LessIgnoreCase(*name, previous)) return false;
    previous = *name;
  }
  return true;
}

template <class Sink>
void PutHeaders(const http::Request& request, std::string_view signed_headers, Sink& sink) {
  if (IsSorted(signed_headers)) {
    SignedHeaderReader reader(signed_headers);
    while (const auto name = reader.Next()) PutHeaderLine(request, *name, sink);
    sink.Put('\n');
    PutLower(signed_headers, sink);
    return;
  }
  const std::vector<std::string_view> names = SortedSignedHeaders(signed_headers);
  for (const std::string_view name : names) PutHeaderLine(request, name, sink);
  for (std::size_t i = 0; i < names.size(); ++i) {
    sink.Put(i == 0 ? '\n' : ';');
    PutLower(names[i], sink);
  }
}

template <class Sink>
void PutHash(std::string_view body, Sink& sink) {
  if (body.empty()) {
    sink.Put(kHashOfNothing);
    return;
  }
  std::array<char, 64> hex;
  HexEncodeTo(crypto::Sha256Of(body), hex.data());
  sink.Put(std::string_view(hex.data(), hex.size()));
}

template <class Sink>
void PutRequest(const http::Request& request, std::string_view signed_headers, Form form,
                const CanonicalOptions& options, Sink& sink) {
  sink.Put(request.method);
  sink.Put('\n');
  if (request.path == "/" || request.path.empty()) {
    sink.Put('/');
  } else if (options.normalize_path) {
    PutNormalizedPath(request.path, sink);
  } else {
    PutPath(request.path, sink);
  }
  sink.Put('\n');
  if (!request.query.empty()) PutQuery(request.query, form, options, sink);
  sink.Put('\n');
  PutHeaders(request, signed_headers, sink);
  sink.Put('\n');
  PutHash(request.body, sink);
}

}  // namespace

std::string CanonicalRequest(const http::Request& request, std::string_view signed_headers, Form form,
                             const CanonicalOptions& options) {
  TextSink sink;
  PutRequest(request, signed_headers, form, options, sink);
  return std::move(sink).Take();
}

crypto::Digest HashCanonicalRequest(const http::Request& request, std::string_view signed_headers, Form form,
                                    const CanonicalOptions& options) {
  HashSink sink;
  PutRequest(request, signed_headers, form, options, sink);
  return sink.Finish();
}

std::string StringToSign(std::string_view timestamp, std::string_view scope, const crypto::Digest& canonical_request) {
  std::string text;
  text.reserve(kAlgorithm.size() + timestamp.size() + scope.size() + 2 * canonical_request.size() + 3);
  text.append(kAlgorithm).append("\n").append(timestamp).append("\n").append(scope).append("\n");
  return text.append(HexEncode(canonical_request));
}

}  // namespace claviger::sigv4
