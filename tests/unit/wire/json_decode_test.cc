#include "wire/json_decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "gen/cloudtrail/operations.h"
#include "gen/organizations/operations.h"
#include "wire/limits.h"

namespace claviger::wire {
namespace {

using namespace gen::organizations::api;  // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using gen::cloudtrail::api::ListInsightsData;
using gen::cloudtrail::api::LookupEvents;
using gen::cloudtrail::api::StartDashboardRefresh;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

template <class Operation>
typename Operation::Request Decoded(std::string_view body) {
  auto request = DecodeJson<Operation>(body);
  EXPECT_TRUE(request.ok()) << request.error().message;
  return request.ok() ? std::move(request).value() : typename Operation::Request();
}

template <class Operation>
Error Refused(std::string_view body) {
  const auto request = DecodeJson<Operation>(body);
  EXPECT_FALSE(request.ok()) << body;
  return request.ok() ? Error{} : request.error();
}

Error Malformed(std::string message) { return {ErrorCode::kMalformedInput, std::move(message)}; }

TEST(DecodeJson, ReadsScalarsAndLeavesTheRestAbsent) {
  const auto request = Decoded<UpdatePolicy>(R"({"Description":"d \u00e9","PolicyId":"p-12345678"})");
  EXPECT_EQ(request.policy_id, "p-12345678");
  EXPECT_THAT(request.description, Optional(std::string("d \xC3\xA9")));
  EXPECT_EQ(request.name, std::nullopt);
  EXPECT_EQ(request.content, std::nullopt);
}

TEST(DecodeJson, TakesNullForLeftOutAndIgnoresWhatItDoesNotKnow) {
  const auto request = Decoded<ListAccounts>(R"({"MaxResults":7,"NextToken":null,"Color":{"is":["red"]}})");
  EXPECT_THAT(request.max_results, Optional(7));
  EXPECT_EQ(request.next_token, std::nullopt);
}

TEST(DecodeJson, TakesAnEmptyBodyForAnEmptyRequest) { EXPECT_EQ(Decoded<ListRoots>(""), Decoded<ListRoots>("{}")); }

TEST(DecodeJson, ReadsListsOfStructures) {
  const auto request =
      Decoded<TagResource>(R"({"ResourceId":"p-12345678","Tags":[{"Key":"b","Value":"2"},{"Key":"a","Value":""}]})");
  EXPECT_THAT(request.tags, ElementsAre(gen::organizations::Tag{.key = "b", .value = "2"},
                                        gen::organizations::Tag{.key = "a", .value = ""}));
  EXPECT_THAT(Decoded<TagResource>(R"({"ResourceId":"p-12345678","Tags":[]})").tags, IsEmpty());
}

TEST(DecodeJson, ReadsMaps) {
  const auto request =
      Decoded<StartDashboardRefresh>(R"({"DashboardId":"d","QueryParameterValues":{"$Period$":"7d","$a$":"b"}})");
  ASSERT_TRUE(request.query_parameter_values.has_value());
  EXPECT_EQ(request.query_parameter_values->size(), 2U);
  EXPECT_EQ(request.query_parameter_values->at("$Period$"), "7d");
}

TEST(DecodeJson, ReadsTimestampsWithFractions) {
  const auto request = Decoded<LookupEvents>(R"({"StartTime":1700000000,"EndTime":1700000000.25})");
  EXPECT_EQ(request.start_time, TimePoint(std::chrono::seconds(1700000000)));
  EXPECT_EQ(request.end_time, TimePoint(std::chrono::milliseconds(1700000000250)));
}

TEST(DecodeJson, DropsWhatStandsBehindThePoint) {
  EXPECT_THAT(Decoded<ListAccounts>(R"({"MaxResults":7.9})").max_results, Optional(7));
  EXPECT_THAT(Decoded<ListAccounts>(R"({"MaxResults":1e1})").max_results, Optional(10));
}

TEST(DecodeJson, RefusesValuesOfAnotherType) {
  EXPECT_EQ(Refused<ListAccounts>(R"({"NextToken":7})"), Malformed("NUMBER_VALUE can not be converted to a String"));
  EXPECT_EQ(Refused<ListAccounts>(R"({"NextToken":true})"), Malformed("TRUE_VALUE can not be converted to a String"));
  EXPECT_EQ(Refused<ListAccounts>(R"({"MaxResults":"7"})"),
            Malformed("STRING_VALUE can not be converted to an Integer"));
  EXPECT_EQ(Refused<ListAccounts>(R"({"MaxResults":2147483648})"),
            Malformed("NUMBER_VALUE can not be converted to an Integer"));
  EXPECT_EQ(Refused<ListAccounts>(R"({"MaxResults":1e999})"),
            Malformed("NUMBER_VALUE can not be converted to an Integer"));
  EXPECT_EQ(Refused<ListAccounts>(R"({"MaxResults":[7]})"), Malformed("Start of list found where not expected"));
  EXPECT_EQ(Refused<ListAccounts>(R"({"NextToken":{}})"),
            Malformed("Start of structure or map found where not expected."));
  EXPECT_EQ(Refused<TagResource>(R"({"Tags":"none"})"), Malformed("Unexpected field type"));
  EXPECT_EQ(Refused<TagResource>(R"({"Tags":[null]})"), Malformed("Unexpected field type"));
  EXPECT_EQ(Refused<LookupEvents>(R"({"StartTime":"2026-01-01"})"),
            Malformed("STRING_VALUE can not be converted to a Timestamp"));
  EXPECT_EQ(Refused<LookupEvents>(R"({"StartTime":1e300})"),
            Malformed("NUMBER_VALUE can not be converted to a Timestamp"));
  EXPECT_EQ(Refused<ListAccounts>("[]"), Malformed("Start of list found where not expected"));
  EXPECT_EQ(Refused<ListAccounts>("7"), Malformed("Unexpected field type"));
}

TEST(DecodeJson, RefusesWhatIsNoJson) {
  for (const char* text : {"{", "Action=ListRoots", R"({"MaxResults":07})", R"({"a":1,"a":2})", "\xFF", "{} {}"}) {
    EXPECT_EQ(Refused<ListAccounts>(text), Malformed("")) << text;
  }
}

TEST(DecodeJson, RefusesWhatIsTooLargeOrTooDeep) {
  const std::string large = R"({"NextToken":")" + std::string(kJsonLimits.bytes_max, 'x') + R"("})";
  EXPECT_EQ(Refused<ListAccounts>(large).code, ErrorCode::kRequestEntityTooLarge);
  std::string deep = R"({"X":)";
  deep += std::string(100, '[') + std::string(100, ']') + "}";
  EXPECT_EQ(Refused<ListAccounts>(deep), Malformed(""));
}

// ---- Constraints

TEST(DecodeJson, TellsTheKindOfTheFirstViolationToUsersOfOrganizations) {
  const auto invalid = [](std::string reason, std::string message) {
    return Error{ErrorCode::kInvalidInputException, std::move(message), std::move(reason)};
  };
  EXPECT_EQ(Refused<DescribeAccount>(R"({"AccountId":"12345678901x"})"),
            invalid("INVALID_PATTERN", "You provided a value that does not match the required pattern."));
  EXPECT_EQ(Refused<DescribeAccount>("{}"),
            invalid("INPUT_REQUIRED", "You must include a value for all required parameters."));
  EXPECT_EQ(Refused<ListPolicies>(R"({"Filter":"SOME_POLICY"})"),
            invalid("INVALID_ENUM", "You specified an invalid value."));
  EXPECT_EQ(Refused<ListAccounts>(R"({"MaxResults":21})"),
            invalid("MAX_VALUE_EXCEEDED", "You provided a numeric parameter that has a larger value than allowed."));
  EXPECT_EQ(Refused<ListAccounts>(R"({"MaxResults":0})"),
            invalid("MIN_VALUE_EXCEEDED", "You provided a numeric parameter that has a smaller value than allowed."));
  EXPECT_EQ(Refused<UpdateOrganizationalUnit>(R"({"OrganizationalUnitId":"ou-abcd-12345678","Name":")" +
                                              std::string(129, 'x') + R"("})"),
            invalid("MAX_LENGTH_EXCEEDED", "You provided a string parameter that is longer than allowed."));
}

TEST(DecodeJson, RepeatsTheValueToUsersOfCloudTrail) {
  EXPECT_EQ(Refused<LookupEvents>(R"({"MaxResults":51})"),
            (Error{ErrorCode::kValidationError,
                   "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: Member must "
                   "have value less than or equal to 50"}));
  EXPECT_EQ(Refused<LookupEvents>(R"({"LookupAttributes":[{"AttributeValue":"x"}]})"),
            (Error{ErrorCode::kValidationError,
                   "1 validation error detected: Value null at 'lookupAttributes.1.member.attributeKey' failed to "
                   "satisfy constraint: Member must not be null"}));
}

TEST(DecodeJson, HoldsTheEntriesOfMapsAgainstTheirConstraints) {
  const std::string message =
      Refused<StartDashboardRefresh>(R"({"DashboardId":"d","QueryParameterValues":{"$a$":""}})").message;
  EXPECT_EQ(message.substr(0, message.find('[')),
            "1 validation error detected: Value '{$a$=}' at 'queryParameterValues' failed to satisfy constraint: "
            "Map value must satisfy constraint: ");
}

}  // namespace
}  // namespace claviger::wire
