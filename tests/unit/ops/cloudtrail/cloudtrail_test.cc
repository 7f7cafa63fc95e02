#include <filesystem>

#include "audit/delivery_service.h"
#include "audit/trail.h"
#include "gen/cloudtrail/operations.h"
#include "ops/cloudtrail/lookup_events.h"
#include "ops/cloudtrail/tags.h"
#include "ops/cloudtrail/trail.h"
#include "suites/temporary_directory.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::cloudtrail {
namespace {

using namespace gen::cloudtrail;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class FixedClock final : public Clock {
 public:
  TimePoint Now() const override { return kNow; }
};

class CloudTrailTest : public ::testing::Test {
 protected:
  CloudTrailTest()
      : service_({RegisterLookupOperations, RegisterTagOperations, RegisterTrailOperations}),
        trail_({}, std::move(audit::Journal::Open({})).value(), *service_.world.store, clock_),
        deliveries_({.folder = folder_.path(), .state_folder = {}}, trail_, *service_.world.store, service_.world.keys,
                    clock_, std::make_unique<SeededRandom>(3)) {
    std::filesystem::create_directory(folder_.path() / "bucket");
    service_.trail = &trail_;
    service_.deliveries = &deliveries_;
  }

  template <class Operation>
  auto Call(typename Operation::Request request = {}) {
    return service_.Call<Operation>(std::move(request));
  }
  void Happen(int count) {
    for (int i = 0; i < count; ++i) {
      audit::Entry entry{.event_id = "id-" + std::to_string(i),
                         .time = kNow - std::chrono::seconds(count - i),
                         .account = kAccount,
                         .name = i % 2 == 0 ? "Even" : "Odd",
                         .source = "iam.amazonaws.com",
                         .user_name = "bob",
                         .access_key_id = "AKIABOB",
                         .resources = {{"AWS::IAM::User", "eve"}},
                         .record = "{}"};
      const std::string bytes = audit::Encode(entry);
      const std::string_view view = bytes;
      ASSERT_TRUE(trail_.journal().Append(std::span(&view, 1)).ok());
    }
  }
  static std::vector<std::string> Ids(const LookupEventsResponse& response) {
    std::vector<std::string> ids;
    for (const Event& event : *response.events) ids.push_back(*event.event_id);
    return ids;
  }

  ::claviger::testing::TemporaryDirectory folder_;
  FixedClock clock_;
  Service service_;
  audit::Trail trail_;
  audit::DeliveryService deliveries_;
};

// ---- LookupEvents

TEST_F(CloudTrailTest, LookupShowsAnEventAsAwsDoes) {
  Happen(1);
  const auto response = Call<api::LookupEvents>();
  ASSERT_THAT(response, Succeeds());
  EXPECT_EQ(*response->events,
            std::vector<Event>(
                {{.event_id = "id-0",
                  .event_name = "Even",
                  .read_only = "false",
                  .access_key_id = "AKIABOB",
                  .event_time = kNow - std::chrono::seconds(1),
                  .event_source = "iam.amazonaws.com",
                  .username = "bob",
                  .resources = std::vector<Resource>{{.resource_type = "AWS::IAM::User", .resource_name = "eve"}},
                  .cloud_trail_event = "{}"}}));
}

TEST_F(CloudTrailTest, LookupGoesOnWhereAPageEnded) {
  Happen(120);
  LookupEventsRequest request;
  std::vector<std::string> ids;
  std::vector<std::size_t> sizes;
  do {
    const auto response = Call<api::LookupEvents>(request);
    ASSERT_THAT(response, Succeeds());
    sizes.push_back(response->events->size());
    for (const std::string& id : Ids(*response)) ids.push_back(id);
    request.next_token = response->next_token;
  } while (request.next_token);
  EXPECT_THAT(sizes, ElementsAre(50, 50, 20));
  EXPECT_EQ(ids.front(), "id-119");
  EXPECT_EQ(ids.back(), "id-0");
}

TEST_F(CloudTrailTest, LookupEndsWithoutATokenWhenThePageIsJustFull) {
  Happen(50);
  const auto response = Call<api::LookupEvents>();
  ASSERT_THAT(response, Succeeds());
  EXPECT_THAT(*response->events, SizeIs(50));
  EXPECT_EQ(response->next_token, std::nullopt);
}

TEST_F(CloudTrailTest, LookupRefusesATokenOfAnotherQuestion) {
  Happen(60);
  const auto page = Call<api::LookupEvents>();
  const std::vector<LookupAttribute> odd = {{.attribute_key = "EventName", .attribute_value = "Odd"}};
  const char* const text = "The NextToken is not one that was given for this request.";
  EXPECT_THAT(Call<api::LookupEvents>({.lookup_attributes = odd, .next_token = page->next_token}),
              FailsWith(ErrorCode::kInvalidNextTokenException, text));
  EXPECT_THAT(Call<api::LookupEvents>({.next_token = "x"}), FailsWith(ErrorCode::kInvalidNextTokenException, text));
  service_.caller = RootCaller(kOtherAccount);
  EXPECT_THAT(Call<api::LookupEvents>({.next_token = page->next_token}),
              FailsWith(ErrorCode::kInvalidNextTokenException, text));
}

TEST_F(CloudTrailTest, LookupTakesOneAttributeAndATimeRange) {
  Happen(4);
  const LookupAttribute odd = {.attribute_key = "EventName", .attribute_value = "Odd"};
  EXPECT_THAT(Ids(*Call<api::LookupEvents>({.lookup_attributes = std::vector{odd}})), ElementsAre("id-3", "id-1"));
  EXPECT_THAT(Ids(*Call<api::LookupEvents>(
                  {.start_time = kNow - std::chrono::seconds(3), .end_time = kNow - std::chrono::seconds(2)})),
              ElementsAre("id-2", "id-1"));
  EXPECT_THAT(Call<api::LookupEvents>({.lookup_attributes = std::vector{odd, odd}}),
              FailsWith(ErrorCode::kInvalidLookupAttributesException, "You can specify only one lookup attribute."));
  EXPECT_THAT(Call<api::LookupEvents>({.start_time = kNow, .end_time = kNow - std::chrono::seconds(1)}),
              FailsWith(ErrorCode::kInvalidTimeRangeException, "The start time must not be after the end time."));
  EXPECT_THAT(Call<api::LookupEvents>({.max_results = 51}),
              FailsWith(ErrorCode::kInvalidMaxResultsException, "MaxResults must be between 1 and 50."));
  EXPECT_THAT(*Call<api::LookupEvents>({.event_category = "insight"})->events, IsEmpty());
}

TEST_F(CloudTrailTest, LookupSaysThatThereIsNoTrail) {
  service_.trail = nullptr;
  EXPECT_THAT(Call<api::LookupEvents>(),
              FailsWith(ErrorCode::kUnsupportedOperationException, "This installation keeps no audit trail."));
}

// ---- Trails

TEST_F(CloudTrailTest, CreateTrailAnswersWhatItMade) {
  const auto made = Call<api::CreateTrail>({.name = "mine", .s3_bucket_name = "bucket", .s3_key_prefix = "a/b"});
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(*made, (CreateTrailResponse{.name = "mine",
                                        .s3_bucket_name = "bucket",
                                        .s3_key_prefix = "a/b",
                                        .include_global_service_events = true,
                                        .is_multi_region_trail = false,
                                        .trail_arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/mine",
                                        .log_file_validation_enabled = false,
                                        .is_organization_trail = false}));
  EXPECT_THAT(
      Call<api::CreateTrail>({.name = "mine", .s3_bucket_name = "bucket"}),
      FailsWith(ErrorCode::kTrailAlreadyExistsException, "Trail mine already exists for customer: 123456789012"));
}

TEST_F(CloudTrailTest, CreateTrailChecksItsName) {
  const auto create = [&](const std::string& name) {
    return Call<api::CreateTrail>({.name = name, .s3_bucket_name = "bucket"});
  };
  EXPECT_THAT(create("ab"), FailsWith(ErrorCode::kInvalidTrailNameException,
                                      "Trail name too short. Minimum allowed length: 3 characters. Specified name "
                                      "length: 2"));
  EXPECT_THAT(create(std::string(129, 'a')), FailsWith(ErrorCode::kInvalidTrailNameException,
                                                       "Trail name too long. Maximum allowed length: 128 characters. "
                                                       "Specified name length: 129"));
  EXPECT_THAT(create("-abc"),
              FailsWith(ErrorCode::kInvalidTrailNameException, "Trail name must starts with a letter or number."));
  EXPECT_THAT(create("abc-"),
              FailsWith(ErrorCode::kInvalidTrailNameException, "Trail name must ends with a letter or number."));
  EXPECT_THAT(create("a/../b"), FailsWith(ErrorCode::kInvalidTrailNameException,
                                          "Trail name or ARN can only contain uppercase letters, lowercase letters, "
                                          "numbers, periods (.), hyphens (-), and underscores (_)."));
}

TEST_F(CloudTrailTest, CreateTrailNeverLeavesTheFolderOfBuckets) {
  const auto create = [&](const std::string& bucket, const std::string& prefix) {
    return Call<api::CreateTrail>({.name = "mine", .s3_bucket_name = bucket, .s3_key_prefix = prefix});
  };
  EXPECT_THAT(create("nowhere", ""),
              FailsWith(ErrorCode::kS3BucketDoesNotExistException, "S3 bucket nowhere does not exist!"));
  for (const char* bucket : {"..", "../x", "a/b", "AWSLogs", "a..b", ".hidden", "x"}) {
    EXPECT_THAT(create(bucket, ""),
                FailsWith(ErrorCode::kInvalidS3BucketNameException, "Bucket name is invalid: " + std::string(bucket)));
  }
  for (const char* prefix : {"../x", "/etc", "a/../b", "a/"}) {
    EXPECT_THAT(create("bucket", prefix),
                FailsWith(ErrorCode::kInvalidS3PrefixException, "S3 prefix is invalid: " + std::string(prefix)));
  }
}

TEST_F(CloudTrailTest, CreateTrailRefusesWhatIsNotBuilt) {
  EXPECT_THAT(
      Call<api::CreateTrail>({.name = "mine", .s3_bucket_name = "bucket", .kms_key_id = "key"}),
      FailsWith(ErrorCode::kUnsupportedOperationException,
                "Claviger delivers trails of one account into folders: without SNS topics, CloudWatch Logs, KMS "
                "keys or organizations."));
}

TEST_F(CloudTrailTest, CreateTrailStopsAtFive) {
  for (const char* name : {"one", "two", "three", "four", "five"}) {
    ASSERT_THAT(Call<api::CreateTrail>({.name = name, .s3_bucket_name = "bucket"}), Succeeds());
  }
  EXPECT_THAT(Call<api::CreateTrail>({.name = "six", .s3_bucket_name = "bucket"}),
              FailsWith(ErrorCode::kMaximumNumberOfTrailsExceededException,
                        "User: 123456789012 already has 5 trails in us-east-1."));
}

TEST_F(CloudTrailTest, TrailsAreFoundByNameAndArn) {
  ASSERT_THAT(Call<api::CreateTrail>({.name = "mine", .s3_bucket_name = "bucket"}), Succeeds());
  for (const char* name : {"mine", "arn:aws:cloudtrail:us-east-1:123456789012:trail/mine"}) {
    EXPECT_EQ(Call<api::GetTrail>({.name = name})->trail->name, "mine");
  }
  const std::string foreign = "arn:aws:cloudtrail:us-east-1:210987654321:trail/mine";
  EXPECT_THAT(
      Call<api::GetTrail>({.name = foreign}),
      FailsWith(ErrorCode::kTrailNotFoundException, "Unknown trail: " + foreign + " for the user: 123456789012"));
  EXPECT_THAT(Call<api::GetTrail>({.name = "arn:aws:iam::123456789012:user/mine"}),
              FailsWith(ErrorCode::kCloudTrailARNInvalidException,
                        "Trail ARN is invalid: arn:aws:iam::123456789012:user/mine"));
  EXPECT_THAT(*Call<api::DescribeTrails>({.trail_name_list = std::vector<std::string>{"other"}})->trail_list,
              IsEmpty());
  EXPECT_THAT(*Call<api::ListTrails>()->trails, SizeIs(1));
}

TEST_F(CloudTrailTest, LoggingIsStartedAndStopped) {
  ASSERT_THAT(Call<api::CreateTrail>({.name = "mine", .s3_bucket_name = "bucket"}), Succeeds());
  EXPECT_EQ(Call<api::GetTrailStatus>({.name = "mine"})->is_logging, false);
  ASSERT_THAT(Call<api::StartLogging>({.name = "mine"}), Succeeds());
  const auto started = Call<api::GetTrailStatus>({.name = "mine"});
  EXPECT_EQ(started->is_logging, true);
  EXPECT_EQ(started->start_logging_time, kNow);
  EXPECT_EQ(started->time_logging_started, "2026-01-31T12:00:00Z");
  ASSERT_THAT(Call<api::StopLogging>({.name = "mine"}), Succeeds());
  EXPECT_EQ(Call<api::GetTrailStatus>({.name = "mine"})->stop_logging_time, kNow);
  ASSERT_THAT(Call<api::DeleteTrail>({.name = "mine"}), Succeeds());
  EXPECT_THAT(Call<api::StartLogging>({.name = "mine"}),
              FailsWith(ErrorCode::kTrailNotFoundException, "Unknown trail: mine for the user: 123456789012"));
  EXPECT_EQ(directory::CountKeys(service_.world, "123456789012/trail/"), 0U);
}

TEST_F(CloudTrailTest, SelectorsSayWhichManagementEvents) {
  ASSERT_THAT(Call<api::CreateTrail>({.name = "mine", .s3_bucket_name = "bucket"}), Succeeds());
  EXPECT_EQ(Call<api::GetEventSelectors>({.trail_name = "mine"})->event_selectors->front().read_write_type, "All");
  ASSERT_THAT(
      Call<api::PutEventSelectors>(
          {.trail_name = "mine", .event_selectors = std::vector<EventSelector>{{.read_write_type = "ReadOnly"}}}),
      Succeeds());
  EXPECT_EQ(Call<api::GetEventSelectors>({.trail_name = "mine"})->event_selectors->front().read_write_type, "ReadOnly");
  EXPECT_EQ(Call<api::GetTrail>({.name = "mine"})->trail->has_custom_event_selectors, true);
  EXPECT_THAT(Call<api::PutEventSelectors>({.trail_name = "mine"}),
              FailsWith(ErrorCode::kInvalidEventSelectorsException,
                        "Claviger delivers management events: give one event selector with ReadWriteType and "
                        "IncludeManagementEvents."));
}

TEST_F(CloudTrailTest, TagsAreAddedListedAndRemoved) {
  const std::string arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/mine";
  ASSERT_THAT(Call<api::CreateTrail>({.name = "mine", .s3_bucket_name = "bucket"}), Succeeds());
  ASSERT_THAT(Call<api::AddTags>({.resource_id = arn, .tags_list = {{.key = "a", .value = "1"}, {.key = "b"}}}),
              Succeeds());
  ASSERT_THAT(Call<api::AddTags>({.resource_id = arn, .tags_list = {{.key = "a", .value = "2"}}}), Succeeds());
  ASSERT_THAT(Call<api::RemoveTags>({.resource_id = arn, .tags_list = {{.key = "b"}}}), Succeeds());
  const auto listed = Call<api::ListTags>({.resource_id_list = {arn}});
  ASSERT_THAT(listed, Succeeds());
  EXPECT_EQ(*listed->resource_tag_list->front().tags_list,
            (std::vector<gen::cloudtrail::Tag>{{.key = "a", .value = "2"}}));
  EXPECT_THAT(Call<api::AddTags>({.resource_id = arn, .tags_list = {{.key = "aws:x", .value = "1"}}}),
              FailsWith(ErrorCode::kInvalidTagParameterException, "The tag key aws:x stands twice, or is reserved."));
}

}  // namespace
}  // namespace claviger::ops::cloudtrail
