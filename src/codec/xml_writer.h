// Writes XML in the shape that AWS's Query services use: no declaration, an element a line, indented by two spaces.
// Grammar only. Single pass, straight into the caller's string; not thread-safe.
//
// Text: '&', '<' and '>' are escaped, quotation marks and apostrophes stand as they are. A carriage return is written
// as
// "&#xD;", because a parser would turn a bare one into a line feed. What XML 1.0 cannot carry at all (the other control
// characters, U+FFFE, U+FFFF, bytes that aren't UTF-8) becomes U+FFFD each: a document is always well-formed, and who
// must carry such text exactly encodes it first (as policy documents are percent-encoded).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace claviger::codec {

class XmlWriter {
 public:
  // Appends to `out`, which must outlive this.
  explicit XmlWriter(std::string& out) : out_(out) {}

  // Starts an element. Element names are the caller's own and are written as they are.
  void Open(std::string_view name);
  void OpenRoot(std::string_view name, std::string_view xml_namespace);

  // Ends it; REQUIRES: the name it was opened with. One without content is written as "<name/>".
  void Close(std::string_view name);

  // An element that holds text; "<name/>" when that is empty.
  void Text(std::string_view name, std::string_view text);

 private:
  void StartLine();
  void FinishStartTag();

  std::string& out_;
  std::size_t depth_ = 0;
  bool start_tag_open_ = false;  // "<name" is written, but not yet ">" or "/>".
};

// Appends `text` escaped as above.
void EscapeXmlTo(std::string_view text, std::string& out);

}  // namespace claviger::codec
