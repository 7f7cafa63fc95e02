#include "codec/json_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace claviger::codec {
namespace {

using namespace std::string_view_literals;  // NOLINT(google-build-using-namespace)

TEST(JsonWriter, WritesNestedValuesWithoutWhiteSpace) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Key("a");
  json.BeginArray();
  json.Integer(1);
  json.BeginObject();
  json.EndObject();
  json.BeginArray();
  json.EndArray();
  json.Boolean(true);
  json.EndArray();
  json.Key("b");
  json.BeginObject();
  json.Key("c");
  json.Null();
  json.Key("d");
  json.Raw("1.5");
  json.EndObject();
  json.Key("e");
  json.String("x");
  json.EndObject();
  EXPECT_EQ(out, R"({"a":[1,{},[],true],"b":{"c":null,"d":1.5},"e":"x"})");
}

TEST(JsonWriter, WritesTheSmallestInteger) {
  std::string out;
  JsonWriter(out).Integer(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(out, "-9223372036854775808");
}

TEST(JsonWriter, EscapesStrings) {
  std::string out;
  AppendJsonString("q\"b\\n\nr\rt\tz\0e\x1F/\xC3\xBC\xFF"sv, out);
  EXPECT_EQ(out, "\"q\\\"b\\\\n\\nr\\rt\\tz\\u0000e\\u001f/\xC3\xBC\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace claviger::codec
