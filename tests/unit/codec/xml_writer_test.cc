#include "codec/xml_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace claviger::codec {
namespace {

using namespace std::string_view_literals;  // NOLINT(google-build-using-namespace)

std::string Escaped(std::string_view text) {
  std::string out;
  EscapeXmlTo(text, out);
  return out;
}

TEST(XmlWriter, IndentsByTwoSpacesAndEndsEveryLine) {
  std::string out;
  XmlWriter xml(out);
  xml.OpenRoot("Answer", "https://example.com/doc/");
  xml.Open("List");
  xml.Text("member", "a");
  xml.Open("member");
  xml.Close("member");
  xml.Close("List");
  xml.Open("Empty");
  xml.Close("Empty");
  xml.Text("Nothing", "");
  xml.Close("Answer");
  EXPECT_EQ(out,
            "<Answer xmlns=\"https://example.com/doc/\">\n"
            "  <List>\n"
            "    <member>a</member>\n"
            "    <member/>\n"
            "  </List>\n"
            "  <Empty/>\n"
            "  <Nothing/>\n"
            "</Answer>\n");
}

TEST(XmlWriter, EscapesOnlyTheThree) { EXPECT_EQ(Escaped("a&b<c>d\"e'f"), "a&amp;b&lt;c&gt;d\"e'f"); }

TEST(XmlWriter, KeepsWhiteSpaceAsAParserWouldReadIt) { EXPECT_EQ(Escaped("a\tb\nc\rd"), "a\tb\nc&#xD;d"); }

TEST(XmlWriter, KeepsTextBeyondAscii) {
  EXPECT_EQ(Escaped("\xC3\xBC\x7F\xE2\x82\xAC\xF0\x9F\xA6\x8A"), "\xC3\xBC\x7F\xE2\x82\xAC\xF0\x9F\xA6\x8A");
}

TEST(XmlWriter, ReplacesWhatXmlCannotCarry) {
  EXPECT_EQ(Escaped("a\0b\x1F"
                    "c\xEF\xBF\xBE"
                    "d\xFF"
                    "e\xE2\x82"sv),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c\xEF\xBF\xBD"
            "d\xEF\xBF\xBD"
            "e\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace claviger::codec
