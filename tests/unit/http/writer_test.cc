#include "http/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace claviger::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Delivery kDelivery{.date = "Sun, 22 Nov 2026 08:00:00 GMT"};

std::string Write(const Response& response, const Delivery& delivery = kDelivery) {
  std::string out;
  AppendResponse(response, delivery, out);
  return out;
}

Response WithStatus(int status) {
  Response response;
  response.status = status;
  return response;
}

TEST(AppendResponse, WritesHeadAndBodyInOnePiece) {
  Response response;
  response.content_type = "text/xml";
  response.headers.emplace_back("x-amzn-RequestId", "1-2");
  response.body = "<a/>\n";
  EXPECT_EQ(Write(response),
            "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 08:00:00 GMT\r\nContent-Type: text/xml\r\n"
            "x-amzn-RequestId: 1-2\r\nContent-Length: 5\r\n\r\n<a/>\n");
}

TEST(AppendResponse, LeavesWhatIsInTheBufferAlone) {
  std::string out = "before";
  AppendResponse(WithStatus(404), kDelivery, out);
  EXPECT_THAT(out, HasSubstr("beforeHTTP/1.1 404 Not Found\r\n"));
}

TEST(AppendResponse, SaysWhatBecomesOfTheConnection) {
  EXPECT_THAT(Write({}), Not(HasSubstr("Connection")));
  EXPECT_THAT(Write({}, {.date = "d", .keep_alive = false}), HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(Write({}, {.date = "d", .minor_version = 0, .keep_alive = true}),
              HasSubstr("\r\nConnection: keep-alive\r\n"));
  EXPECT_THAT(Write({}, {.date = "d", .minor_version = 0, .keep_alive = false}),
              HasSubstr("\r\nConnection: close\r\n"));
}

TEST(AppendResponse, TellsTheLengthButSendsNoBodyForHead) {
  Response response;
  response.body = "12345";
  const std::string out = Write(response, {.date = "d", .head_request = true});
  EXPECT_THAT(out, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_TRUE(out.ends_with("\r\n\r\n"));
}

TEST(AppendResponse, SendsNeitherBodyNorLengthWhereNoneMayBe) {
  for (const int status : {204, 304}) {
    Response response = WithStatus(status);
    response.body = "stray";
    const std::string out = Write(response);
    EXPECT_THAT(out, Not(HasSubstr("Content-Length")));
    EXPECT_TRUE(out.ends_with("\r\n\r\n"));
  }
}

TEST(AppendResponse, LetsNoHeaderValueEndItsLine) {
  Response response;
  response.headers.emplace_back("X", std::string("a\r\nSet-Cookie: b\0c\td", 20));
  EXPECT_THAT(Write(response), HasSubstr("\r\nX: a  Set-Cookie: b c\td\r\n"));
}

TEST(AppendResponse, NamesUnknownStatusesByTheirClass) {
  EXPECT_THAT(Write(WithStatus(299)), HasSubstr("HTTP/1.1 299 Success\r\n"));
  EXPECT_THAT(Write(WithStatus(599)), HasSubstr("HTTP/1.1 599 Server Error\r\n"));
}

TEST(DateText, ChangesWithTheSecond) {
  using namespace std::chrono;
  const TimePoint start = sys_days(2026y / November / 22) + 8h;
  DateText date;
  EXPECT_EQ(date.At(start), "Sun, 22 Nov 2026 08:00:00 GMT");
  EXPECT_EQ(date.At(start + 999ms), "Sun, 22 Nov 2026 08:00:00 GMT");
  EXPECT_EQ(date.At(start + 1000ms), "Sun, 22 Nov 2026 08:00:01 GMT");
  EXPECT_EQ(date.At(start), "Sun, 22 Nov 2026 08:00:00 GMT");
}

}  // namespace
}  // namespace claviger::http
