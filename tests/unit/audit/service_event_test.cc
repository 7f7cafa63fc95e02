#include "audit/service_event.h"

#include "unit/audit/audit_fixture.h"

namespace claviger::audit {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

TEST(MakeServiceEntry, TellsWhatTheServiceDidByItself) {
  SeededRandom random(1);
  ServiceEvent event{.time = kNow,
                     .account = kAccount,
                     .name = "DeactivateAccessKey",
                     .service = "iam",
                     .resources = {{.type = "AWS::IAM::AccessKey", .name = "AKIA"}},
                     .details = {}};
  event.details = {{"accessKeyId", std::string("AKIA")}, {"ageInDays", std::int64_t{91}}};
  const Entry entry = MakeServiceEntry(event, random);
  EXPECT_EQ(Canonical(entry.record), Canonical(R"({
    "eventVersion": "1.11",
    "userIdentity": {"type": "AWSService", "invokedBy": "iam.amazonaws.com"},
    "eventTime": "2026-07-20T03:07:12Z",
    "eventSource": "iam.amazonaws.com",
    "eventName": "DeactivateAccessKey",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "iam.amazonaws.com",
    "userAgent": "iam.amazonaws.com",
    "requestParameters": null,
    "responseElements": null,
    "eventID": ")" + entry.event_id + R"(",
    "readOnly": false,
    "eventType": "AwsServiceEvent",
    "managementEvent": true,
    "recipientAccountId": "123456789012",
    "serviceEventDetails": {"accessKeyId": "AKIA", "ageInDays": 91},
    "eventCategory": "Management"
  })"));
  EXPECT_TRUE(HasAttribute(entry, Attribute::kResourceName, "AKIA"));
  EXPECT_TRUE(HasAttribute(entry, Attribute::kReadOnly, "false"));
  EXPECT_EQ(Decode(Encode(entry)), entry);
}

}  // namespace
}  // namespace claviger::audit
