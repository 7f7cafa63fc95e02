#include "codec/xml_writer.h"

#include "codec/utf8.h"

namespace claviger::codec {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// What stands in XML for the character at the start of `text`: itself, or what it is replaced by.
std::string_view Escaped(std::string_view text, const CodePoint& point) {
  switch (point.value) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\r':
      return "&#xD;";
    case '\t':
    case '\n':
      return text.substr(0, 1);
    default:
      break;
  }
  const bool allowed = point.bytes != 0 && point.value >= 0x20 && point.value != 0xFFFE && point.value != 0xFFFF;
  return allowed ? text.substr(0, point.bytes) : kReplacement;
}

// Characters that need no look: printable ASCII but for the three that are escaped.
bool IsPlain(char c) { return c >= 0x20 && c < 0x7F && c != '&' && c != '<' && c != '>'; }

}  // namespace

void EscapeXmlTo(std::string_view text, std::string& out) {
  std::size_t position = 0;
  while (position < text.size()) {
    std::size_t end = position;
    while (end < text.size() && IsPlain(text[end])) ++end;
    out.append(text, position, end - position);
    position = end;
    if (position == text.size()) return;
    const std::string_view rest = text.substr(position);
    const CodePoint point = FirstCodePoint(rest);
    out += Escaped(rest, point);
    position += point.bytes == 0 ? 1 : point.bytes;
  }
}

void XmlWriter::StartLine() {
  FinishStartTag();
  out_.append(2 * depth_, ' ');
}

void XmlWriter::FinishStartTag() {
  if (start_tag_open_) out_ += ">\n";
  start_tag_open_ = false;
}

void XmlWriter::Open(std::string_view name) {
  StartLine();
  out_ += '<';
  out_ += name;
  start_tag_open_ = true;
  ++depth_;
}

void XmlWriter::OpenRoot(std::string_view name, std::string_view xml_namespace) {
  Open(name);
  out_ += " xmlns=\"";
  out_ += xml_namespace;
  out_ += '"';
}

void XmlWriter::Close(std::string_view name) {
  --depth_;
  if (start_tag_open_) {
    out_ += "/>\n";
    start_tag_open_ = false;
    return;
  }
  out_.append(2 * depth_, ' ');
  out_ += "</";
  out_ += name;
  out_ += ">\n";
}

void XmlWriter::Text(std::string_view name, std::string_view text) {
  StartLine();
  out_ += '<';
  out_ += name;
  if (text.empty()) {
    out_ += "/>\n";
    return;
  }
  out_ += '>';
  EscapeXmlTo(text, out_);
  out_ += "</";
  out_ += name;
  out_ += ">\n";
}

}  // namespace claviger::codec
