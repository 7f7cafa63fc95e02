#include "cli/instance_metadata.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace claviger::cli {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const TimePoint kStart = std::chrono::sys_days(std::chrono::year(2026) / 11 / 26) + hours(12);

class FakeClock final : public Clock {
 public:
  [[nodiscard]] TimePoint Now() const override { return now; }
  TimePoint now = kStart;
};

class InstanceMetadataTest : public ::testing::Test {
 protected:
  using Headers = std::vector<http::Header>;

  Instance Described() {
    return {.account = "123456789012",
            .role = "Reader",
            .region = "eu-central-1",
            .architecture = "x86_64",
            .credentials = [this]() -> client::CallResult<const client::TemporaryCredentials*> {
              if (!refusal_.message.empty()) return Failure{refusal_};
              return &credentials_;
            },
            .profile = [this] { return profile_; }};
  }

  http::Response Ask(std::string_view method, std::string_view path, Headers headers,
                     std::string_view host = "127.0.0.1:9911") {
    headers.push_back({.name = "Host", .value = host});
    http::Response response;
    metadata_.Respond({.method = method, .path = path, .query = {}, .headers = headers, .body = {}, .source_ip = {}},
                      response);
    return response;
  }

  http::Response Begin(std::string_view lasts) {
    return Ask("PUT", "/latest/api/token", {{.name = "X-aws-ec2-metadata-token-ttl-seconds", .value = lasts}});
  }

  http::Response Get(std::string_view path) {
    const std::string token = Begin("60").body;
    return Ask("GET", path, {{.name = "x-aws-ec2-metadata-token", .value = token}});
  }

  int StatusWith(std::string_view token) {
    return Ask("GET", "/latest/meta-data/placement/region", {{.name = "X-Aws-Ec2-Metadata-Token", .value = token}})
        .status;
  }

  FakeClock clock_;
  SeededRandom random_{1};
  client::TemporaryCredentials credentials_{.access_key_id = "ASIAEXAMPLE",
                                            .secret_access_key = crypto::Secret(std::string("the/secret")),
                                            .session_token = "the-token",
                                            .issued = kStart - minutes(5),
                                            .expiration = kStart + minutes(55)};
  client::CallError refusal_;
  std::optional<InstanceProfile> profile_;
  InstanceMetadata metadata_{Described(), clock_, random_};
};

TEST_F(InstanceMetadataTest, TellsNothingToWhoShowsNoToken) {
  const std::string refused = R"(<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
	"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>401 - Unauthorized</title>
 </head>
 <body>
  <h1>401 - Unauthorized</h1>
 </body>
</html>
)";
  for (const std::string_view path : {"/", "/latest/meta-data/iam/security-credentials/Reader", "/nothing/here"}) {
    const http::Response response = Ask("GET", path, {});
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.content_type, "text/html");
    EXPECT_EQ(response.body, refused);
  }
}

TEST_F(InstanceMetadataTest, BeginsASessionOfAtMostSixHours) {
  for (const std::string_view wrong : {"", "0", "21601", "-1", "+5", " 5", "5s", "5.0", "18446744073709551616"}) {
    EXPECT_EQ(Begin(wrong).status, 400) << wrong;
  }
  EXPECT_EQ(Ask("PUT", "/latest/api/token", {}).status, 400);
  for (const std::string_view right : {"1", "21600"}) {
    const http::Response response = Begin(right);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "text/plain");
    ASSERT_EQ(response.headers.size(), 1);
    EXPECT_EQ(response.headers[0].first, "X-Aws-Ec2-Metadata-Token-Ttl-Seconds");
    EXPECT_EQ(response.headers[0].second, right);
    EXPECT_EQ(StatusWith(response.body), 200);
  }
}

TEST_F(InstanceMetadataTest, EndsASessionInTime) {
  const std::string token = Begin("10").body;
  clock_.now = kStart + seconds(10) - TimePoint::duration(1);
  EXPECT_EQ(StatusWith(token), 200);
  clock_.now = kStart + seconds(10);
  EXPECT_EQ(StatusWith(token), 401);
}

TEST_F(InstanceMetadataTest, TakesNoTokenThatItDidNotMake) {
  const std::string token = Begin("10").body;
  const std::string signature = token.substr(token.find('.'));
  std::string altered = token;
  altered.back() = altered.back() == 'A' ? 'B' : 'A';
  const std::string later = std::to_string(std::stoll(token) + 1) + signature;
  for (const std::string& wrong :
       {altered, later, token + "x", "0" + token, token.substr(0, token.find('.')), signature}) {
    EXPECT_EQ(StatusWith(wrong), 401) << wrong;
  }
  const InstanceMetadata other(Described(), clock_, random_);
  http::Response response;
  const Headers headers = {{.name = "Host", .value = "localhost"},
                           {.name = "X-aws-ec2-metadata-token", .value = token}};
  other.Respond({.method = "GET", .path = "/latest/", .query = {}, .headers = headers, .body = {}, .source_ip = {}},
                response);
  EXPECT_EQ(response.status, 401);
}

TEST_F(InstanceMetadataTest, BeginsNoSessionBehindAProxyOrAnywhereElse) {
  const http::Header lasts{.name = "X-aws-ec2-metadata-token-ttl-seconds", .value = "60"};
  EXPECT_EQ(Ask("PUT", "/latest/api/token", {lasts, {.name = "X-Forwarded-For", .value = ""}}).status, 403);
  EXPECT_EQ(Ask("PUT", "/2021-03-23/api/token", {lasts}).status, 403);
  EXPECT_EQ(Ask("GET", "/latest/api/token", {lasts}).status, 405);
  EXPECT_EQ(Ask("POST", "/latest/api/token", {lasts}).status, 405);
}

TEST_F(InstanceMetadataTest, AnswersRequestsForThisMachineOnly) {
  const Headers lasts = {{.name = "X-aws-ec2-metadata-token-ttl-seconds", .value = "60"}};
  for (const std::string_view here : {"127.0.0.1", "LOCALHOST:80", "[::1]:9911", "169.254.169.254"}) {
    EXPECT_EQ(Ask("PUT", "/latest/api/token", lasts, here).status, 200) << here;
  }
  for (const std::string_view elsewhere : {"", "example.com:9911", "127.0.0.1.example.com", "[::1", "localhost.:80"}) {
    EXPECT_EQ(Ask("PUT", "/latest/api/token", lasts, elsewhere).status, 403) << elsewhere;
  }
}

TEST_F(InstanceMetadataTest, TellsCredentialsInAwssLines) {
  const http::Response response = Get("/latest/meta-data/iam/security-credentials/Reader");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/plain");
  EXPECT_EQ(response.body, R"({
  "Code" : "Success",
  "LastUpdated" : "2026-11-26T11:55:00Z",
  "Type" : "AWS-HMAC",
  "AccessKeyId" : "ASIAEXAMPLE",
  "SecretAccessKey" : "the/secret",
  "Token" : "the-token",
  "Expiration" : "2026-11-26T12:55:00Z"
})");
  EXPECT_EQ(Get("/latest/meta-data/iam/security-credentials/Writer").status, 404);
}

TEST_F(InstanceMetadataTest, TellsWhyThereAreNoCredentials) {
  refusal_ = {.code = "AccessDenied", .message = "User: bob may not"};
  EXPECT_EQ(Get("/latest/meta-data/iam/security-credentials/Reader").body, R"({
  "Code" : "AssumeRoleUnauthorizedAccess",
  "Message" : "User: bob may not",
  "LastUpdated" : "2026-11-26T12:00:00Z"
})");
  refusal_ = {.code = "", .message = "the server is away"};
  EXPECT_EQ(Get("/latest/meta-data/iam/security-credentials/Reader").status, 503);
}

TEST_F(InstanceMetadataTest, TellsTheInstanceProfileWhereThereIsOne) {
  EXPECT_EQ(Get("/latest/meta-data/iam/info").status, 404);
  profile_ = {.arn = "arn:aws:iam::123456789012:instance-profile/web", .id = "AIPAEXAMPLE"};
  EXPECT_EQ(Get("/latest/meta-data/iam/info").body, R"({
  "Code" : "Success",
  "LastUpdated" : "2026-11-26T12:00:00Z",
  "InstanceProfileArn" : "arn:aws:iam::123456789012:instance-profile/web",
  "InstanceProfileId" : "AIPAEXAMPLE"
})");
}

TEST_F(InstanceMetadataTest, TellsWhereItIs) {
  EXPECT_EQ(Get("/latest/meta-data/placement/region").body, "eu-central-1");
  EXPECT_EQ(Get("/latest/meta-data/placement/availability-zone/").body, "eu-central-1a");
  EXPECT_EQ(Get("/latest/dynamic/instance-identity/document").body, R"({
  "accountId" : "123456789012",
  "architecture" : "x86_64",
  "region" : "eu-central-1",
  "version" : "2017-09-30"
})");
}

TEST_F(InstanceMetadataTest, ListsWhatThereIs) {
  EXPECT_EQ(Get("/latest/").body, "dynamic/\nmeta-data/");
  EXPECT_EQ(Get("/latest/meta-data/").body, "iam/\nplacement/");
  EXPECT_EQ(Get("/latest/meta-data/iam").body, "info\nsecurity-credentials/");
  EXPECT_EQ(Get("/latest/meta-data/iam/security-credentials/").body, "Reader");
  EXPECT_EQ(Get("/latest/meta-data/iam/security%2Dcredentials").body, "Reader");
  for (const std::string_view absent : {"/", "/latest", "/2021-03-23/meta-data/", "/latest/meta-data/ami-id",
                                        "/latest/meta-data/iam/in", "/latest/%", "/latest//meta-data"}) {
    EXPECT_EQ(Get(absent).status, 404) << absent;
  }
}

TEST(ParseRoleArn, TakesTheNameBehindThePath) {
  const auto role = ParseRoleArn("arn:aws:iam::123456789012:role/a/b/Reader");
  ASSERT_TRUE(role);
  EXPECT_EQ(role->account, "123456789012");
  EXPECT_EQ(role->name, "Reader");
  for (const std::string_view wrong :
       {"", "Reader", "arn:aws:iam::123456789012:user/bob", "arn:aws:iam::123456789012:role/",
        "arn:aws:sts::123456789012:assumed-role/Reader/a"}) {
    EXPECT_FALSE(ParseRoleArn(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace claviger::cli
