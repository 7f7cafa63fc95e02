#include "wire/encode.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "gen/cloudtrail/operations.h"
#include "gen/iam/operations.h"
#include "gen/organizations/operations.h"
#include "gen/sts/operations.h"

namespace claviger::wire {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

constexpr TimePoint kTime = std::chrono::sys_days{std::chrono::year{2017} / 10 / 18} + 14h + 56min + 32s + 679ms;
constexpr std::string_view kRequestId = "adc1e9f3-57be-11e9-9ff9-39d852a2d04e";

template <class Operation>
std::string Xml(const typename Operation::Response& response) {
  std::string out;
  EncodeResponse<Operation>(Format::kXml, response, kRequestId, out);
  return out;
}

template <class Operation>
std::string Json(const typename Operation::Response& response) {
  std::string out;
  EncodeResponse<Operation>(Format::kJson, response, "r", out);
  return out;
}

std::string ErrorXml(const ServiceInfo& service, const Error& error) {
  std::string out;
  EncodeError(Format::kXml, service, error, kRequestId, out);
  return out;
}

TEST(EncodeResponse, GivesNoResultWhenTheModelHasNone) {
  const std::string xml = Xml<gen::iam::api::DeleteRole>({});
  EXPECT_EQ(xml,
            "<DeleteRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n"
            "  <ResponseMetadata>\n"
            "    <RequestId>adc1e9f3-57be-11e9-9ff9-39d852a2d04e</RequestId>\n"
            "  </ResponseMetadata>\n"
            "</DeleteRoleResponse>\n");
  EXPECT_EQ(xml.size(), 200U);
}

TEST(EncodeResponse, GivesAnEmptyResultWhenTheModelHasOneWithoutMembers) {
  EXPECT_NE(Xml<gen::iam::api::UpdateRole>({}).find("\n  <UpdateRoleResult/>\n"), std::string::npos);
}

TEST(EncodeResponse, TellsAnEmptyListFromAnAbsentOne) {
  EXPECT_EQ(Xml<gen::iam::api::ListMFADevices>({.mfa_devices = {}, .is_truncated = false}),
            "<ListMFADevicesResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n"
            "  <ListMFADevicesResult>\n"
            "    <IsTruncated>false</IsTruncated>\n"
            "    <MFADevices/>\n"
            "  </ListMFADevicesResult>\n"
            "  <ResponseMetadata>\n"
            "    <RequestId>adc1e9f3-57be-11e9-9ff9-39d852a2d04e</RequestId>\n"
            "  </ResponseMetadata>\n"
            "</ListMFADevicesResponse>\n");
}

TEST(EncodeResponse, WritesNestedStructuresAndListsInTheServicesOrder) {
  const gen::iam::User user = {.path = "/",
                               .user_name = "eve",
                               .user_id = "AIDAEXAMPLE",
                               .arn = "arn:aws:iam::123456789012:user/eve",
                               .create_date = kTime,
                               .tags = {{{.key = "a<b", .value = ""}, {.key = "k", .value = "v"}}}};
  EXPECT_EQ(Xml<gen::iam::api::CreateUser>({.user = user}),
            "<CreateUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n"
            "  <CreateUserResult>\n"
            "    <User>\n"
            "      <Path>/</Path>\n"
            "      <Arn>arn:aws:iam::123456789012:user/eve</Arn>\n"
            "      <UserName>eve</UserName>\n"
            "      <UserId>AIDAEXAMPLE</UserId>\n"
            "      <CreateDate>2017-10-18T14:56:32Z</CreateDate>\n"
            "      <Tags>\n"
            "        <member>\n"
            "          <Value/>\n"
            "          <Key>a&lt;b</Key>\n"
            "        </member>\n"
            "        <member>\n"
            "          <Value>v</Value>\n"
            "          <Key>k</Key>\n"
            "        </member>\n"
            "      </Tags>\n"
            "    </User>\n"
            "  </CreateUserResult>\n"
            "  <ResponseMetadata>\n"
            "    <RequestId>adc1e9f3-57be-11e9-9ff9-39d852a2d04e</RequestId>\n"
            "  </ResponseMetadata>\n"
            "</CreateUserResponse>\n");
}

TEST(EncodeResponse, OrdersAPolicyAsRecorded) {
  const gen::iam::Policy policy = {.policy_name = "n",
                                   .policy_id = "i",
                                   .arn = "a",
                                   .path = "/",
                                   .default_version_id = "v1",
                                   .attachment_count = 2,
                                   .permissions_boundary_usage_count = 0,
                                   .is_attachable = true,
                                   .create_date = kTime,
                                   .update_date = kTime};
  const std::string xml = Xml<gen::iam::api::GetPolicy>({.policy = policy});
  std::size_t position = 0;
  for (const char* element :
       {"<PermissionsBoundaryUsageCount>", "<Path>", "<UpdateDate>", "<DefaultVersionId>", "<PolicyId>",
        "<IsAttachable>", "<PolicyName>", "<AttachmentCount>", "<Arn>", "<CreateDate>"}) {
    position = xml.find(element, position);
    ASSERT_NE(position, std::string::npos) << element << "\n" << xml;
  }
}

TEST(EncodeResponse, WritesMapsAsEntries) {
  const std::string xml = Xml<gen::iam::api::GetAccountSummary>({.summary_map = {{{"Users", 5}}}});
  EXPECT_NE(xml.find("    <SummaryMap>\n"
                     "      <entry>\n"
                     "        <key>Users</key>\n"
                     "        <value>5</value>\n"
                     "      </entry>\n"
                     "    </SummaryMap>\n"),
            std::string::npos)
      << xml;
}

TEST(EncodeResponse, WritesMillisecondsForTheFewThatHaveThem) {
  EXPECT_NE(Xml<gen::iam::api::GetOpenIDConnectProvider>({.create_date = kTime}).find("14:56:32.679Z"),
            std::string::npos);
  EXPECT_NE(Xml<gen::iam::api::GetServiceLastAccessedDetails>({.job_creation_date = kTime}).find("14:56:32.679Z"),
            std::string::npos);
}

TEST(EncodeResponse, WritesBytesAsBase64) {
  EXPECT_NE(Xml<gen::iam::api::GetCredentialReport>({.content = "user,arn\n"}).find("<Content>dXNlcixhcm4K</Content>"),
            std::string::npos);
}

TEST(EncodeResponse, OrdersGetCallerIdentityAsTheServiceDoes) {
  EXPECT_EQ(Json<gen::sts::api::GetCallerIdentity>({.user_id = "u", .account = "c", .arn = "n"}),
            R"({"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Arn":"n","UserId":"u","Account":"c"},)"
            R"("ResponseMetadata":{"RequestId":"r"}}})");
}

TEST(EncodeResponse, WritesJson) {
  EXPECT_EQ(
      Json<gen::sts::api::GetSessionToken>(
          {.credentials =
               {{.access_key_id = "ASIA", .secret_access_key = "s", .session_token = "t", .expiration = kTime}}}),
      R"({"GetSessionTokenResponse":{"GetSessionTokenResult":{"Credentials":{"AccessKeyId":"ASIA",)"
      R"("SecretAccessKey":"s","SessionToken":"t","Expiration":1508338592}},"ResponseMetadata":{"RequestId":"r"}}})");
  EXPECT_EQ(Json<gen::iam::api::DeleteRole>({}), R"({"DeleteRoleResponse":{"ResponseMetadata":{"RequestId":"r"}}})");
  EXPECT_EQ(Json<gen::iam::api::GetAccountSummary>({.summary_map = {{{"Users", 5}}}}),
            R"({"GetAccountSummaryResponse":{"GetAccountSummaryResult":{"SummaryMap":{"Users":5}},)"
            R"("ResponseMetadata":{"RequestId":"r"}}})");
}

TEST(EncodeResponse, AppendsToWhatIsThere) {
  std::string out = "before";
  EncodeResponse<gen::iam::api::DeleteRole>(Format::kXml, {}, kRequestId, out);
  EXPECT_TRUE(out.starts_with("before<DeleteRoleResponse "));
}

TEST(EncodeError, NamesTheSenderForFaultsOfTheCaller) {
  EXPECT_EQ(
      ErrorXml(gen::iam::Service(), {ErrorCode::kNoSuchEntity, "The role with name c7n-test-delete cannot be found."}),
      "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n"
      "  <Error>\n"
      "    <Type>Sender</Type>\n"
      "    <Code>NoSuchEntity</Code>\n"
      "    <Message>The role with name c7n-test-delete cannot be found.</Message>\n"
      "  </Error>\n"
      "  <RequestId>adc1e9f3-57be-11e9-9ff9-39d852a2d04e</RequestId>\n"
      "</ErrorResponse>\n");
}

TEST(EncodeError, HasTheSizesOfRecordedAnswers) {
  EXPECT_EQ(
      ErrorXml(gen::sts::Service(), {ErrorCode::kMissingAuthenticationToken, "Request is missing Authentication Token"})
          .size(),
      297U);
  EXPECT_EQ(ErrorXml(gen::sts::Service(),
                     {ErrorCode::kInvalidClientTokenId, "The security token included in the request is invalid"})
                .size(),
            305U);
}

TEST(EncodeError, NamesTheReceiverForItsOwnFaults) {
  EXPECT_NE(ErrorXml(gen::iam::Service(), {ErrorCode::kServiceFailure, "x"}).find("<Type>Receiver</Type>"),
            std::string::npos);
}

TEST(EncodeError, LeavesOutAMessageThatIsEmpty) {
  EXPECT_EQ(ErrorXml(gen::iam::Service(), {ErrorCode::kReportNotPresent, ""}).find("Message"), std::string::npos);
}

TEST(EncodeError, LeavesApostrophesAsTheyAre) {
  EXPECT_NE(ErrorXml(gen::iam::Service(), {ErrorCode::kValidationError, "Value at 'x' & \"y\""})
                .find("<Message>Value at 'x' &amp; \"y\"</Message>"),
            std::string::npos);
}

TEST(EncodeError, PutsInvalidActionIntoTheNamespaceOfFaults) {
  EXPECT_TRUE(ErrorXml(gen::sts::Service(), {ErrorCode::kInvalidAction, "x"})
                  .starts_with("<ErrorResponse xmlns=\"http://webservices.amazon.com/AWSFault/2005-15-09\">\n"));
}

TEST(EncodeError, WritesJson) {
  std::string out;
  EncodeError(Format::kJson, gen::sts::Service(), {ErrorCode::kSignatureDoesNotMatch, "m"}, "r", out);
  EXPECT_EQ(out, R"({"Error":{"Code":"SignatureDoesNotMatch","Message":"m","Type":"Sender"},"RequestId":"r"})");
}

// ---- AWS JSON 1.1

template <class Operation>
std::string AwsJson(const typename Operation::Response& response) {
  std::string out;
  EncodeResponse<Operation>(Format::kAwsJson, response, "r", out);
  return out;
}

std::string ErrorAwsJson(const Error& error) {
  std::string out;
  EncodeError(Format::kAwsJson, gen::organizations::Service(), error, "r", out);
  return out;
}

TEST(EncodeAwsJson, WritesTheMembersAlone) {
  EXPECT_EQ(AwsJson<gen::organizations::api::DescribeAccount>(
                {.account = gen::organizations::Account{.id = "111122223333", .joined_timestamp = kTime}}),
            R"({"Account":{"JoinedTimestamp":1508338592.679,"Id":"111122223333"}})");
  EXPECT_EQ(AwsJson<gen::organizations::api::ListRoots>({}), "{}");
}

TEST(EncodeAwsJson, WritesNoBodyWhereTheModelHasNoOutput) {
  EXPECT_EQ(AwsJson<gen::organizations::api::AttachPolicy>({}), "");
  EXPECT_EQ(AwsJson<gen::cloudtrail::api::StartLogging>({}), "{}");
}

TEST(EncodeAwsJson, WritesListsOfListsOfMapsAndFractions) {
  EXPECT_EQ(AwsJson<gen::cloudtrail::api::GetQueryResults>({.query_result_rows = {{{{{"a", "1"}}, {{"b", "2"}}}, {}}}}),
            R"({"QueryResultRows":[[{"a":"1"},{"b":"2"}],[]]})");
  EXPECT_EQ(AwsJson<gen::cloudtrail::api::ListInsightsMetricData>({.values = {{0.25, 3, 1e100}}}),
            R"({"Values":[0.25,3,1e+100]})");
}

TEST(EncodeAwsJson, NamesErrorsAsTheProtocolDoes) {
  EXPECT_EQ(ErrorAwsJson({ErrorCode::kAccountNotFoundException, "m"}),
            R"({"__type":"AccountNotFoundException","Message":"m"})");
  EXPECT_EQ(ErrorAwsJson({ErrorCode::kConstraintViolationException, "m", "OU_DEPTH_LIMIT_EXCEEDED"}),
            R"({"__type":"ConstraintViolationException","Message":"m","Reason":"OU_DEPTH_LIMIT_EXCEEDED"})");
  EXPECT_EQ(ErrorAwsJson({ErrorCode::kAccessDenied, "m"}), R"({"__type":"AccessDeniedException","Message":"m"})");
  EXPECT_EQ(ErrorAwsJson({ErrorCode::kSignatureDoesNotMatch, "m"}),
            R"({"__type":"InvalidSignatureException","message":"m"})");
  EXPECT_EQ(ErrorAwsJson({ErrorCode::kMalformedInput, ""}), R"({"__type":"SerializationException"})");
}

TEST(EncodeAwsJson, AnswersEveryFaultOfTheClientsWith400) {
  EXPECT_EQ(StatusOf(Format::kAwsJson, {ErrorCode::kAccessDenied, ""}), 400);
  EXPECT_EQ(StatusOf(Format::kXml, {ErrorCode::kAccessDenied, ""}), 403);
  EXPECT_EQ(StatusOf(Format::kAwsJson, {ErrorCode::kRequestEntityTooLarge, ""}), 413);
  EXPECT_EQ(StatusOf(Format::kAwsJson, {ErrorCode::kInternalFailure, ""}), 500);
  EXPECT_EQ(StatusOf(Format::kAwsJson, {ErrorCode::kNotImplemented, ""}), 501);
}

TEST(FormatFor, IsXmlUnlessJsonIsNamed) {
  EXPECT_EQ(FormatFor(""), Format::kXml);
  EXPECT_EQ(FormatFor("*/*"), Format::kXml);
  EXPECT_EQ(FormatFor("application/json"), Format::kJson);
  EXPECT_EQ(FormatFor("text/html, Application/JSON;q=0.9"), Format::kJson);
  EXPECT_EQ(ContentType(Format::kXml), "text/xml");
  EXPECT_EQ(ContentType(Format::kJson), "application/json");
  EXPECT_EQ(ContentType(Format::kAwsJson), "application/x-amz-json-1.1");
}

}  // namespace
}  // namespace claviger::wire
