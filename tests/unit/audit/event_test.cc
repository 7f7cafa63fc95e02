#include "audit/event.h"

#include <gmock/gmock.h>

#include "base/random.h"
#include "unit/audit/audit_fixture.h"

namespace claviger::audit {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using namespace gen;      // NOLINT(google-build-using-namespace)
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

std::vector<Entry> Make(const Event& event) {
  SeededRandom random(7);
  EntryBatch batch;
  Recorder(random).Record(event, batch);
  std::vector<Entry> entries;
  for (const EntryBatch::Place& place : batch.places) {
    const auto entry = Decode(batch.At(place));
    EXPECT_TRUE(entry && entry->time == place.time && !place.in_outbox);
    if (entry) entries.push_back(*entry);
  }
  return entries;
}

Entry MakeOne(const Event& event) {
  auto entries = Make(event);
  EXPECT_EQ(entries.size(), 1U);
  return entries.empty() ? Entry() : entries.front();
}

Principal DanasSession() {
  Principal dana = Dana();
  dana.access_key_id = "ASIARZPUZDIKAWS2CAQD";
  dana.session = {.issued = kNow - std::chrono::minutes(8) + std::chrono::seconds(28), .mfa_authenticated = true};
  return dana;
}

// ---- Whole records

TEST(Record, OfAUsersSessionHoldsWhatAwsDocuments) {
  const Entry entry = MakeOne(CallOf<iam::api::UpdateAccessKey>(
      DanasSession(), {.user_name = "bob", .access_key_id = "AKIARZPUZDIKGNCFKZTX", .status = "Inactive"}));
  EXPECT_EQ(Canonical(entry.record), Canonical(R"({
    "eventVersion": "1.11",
    "userIdentity": {
      "type": "IAMUser",
      "principalId": "AIDARZPUZDIKF4NJYRGRX",
      "arn": "arn:aws:iam::123456789012:user/ops/dana",
      "accountId": "123456789012",
      "accessKeyId": "ASIARZPUZDIKAWS2CAQD",
      "userName": "dana",
      "sessionContext": {
        "attributes": {"creationDate": "2026-07-20T02:59:40Z", "mfaAuthenticated": "true"}
      }
    },
    "eventTime": "2026-07-20T03:07:12Z",
    "eventSource": "iam.amazonaws.com",
    "eventName": "UpdateAccessKey",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "203.0.113.17",
    "userAgent": "aws-cli/2.31.0",
    "requestParameters": {"userName": "bob", "accessKeyId": "AKIARZPUZDIKGNCFKZTX", "status": "Inactive"},
    "responseElements": null,
    "requestID": "0a4cf0b8-6d5e-4a63-9b37-1d2f7a7f6e10",
    "eventID": ")" + entry.event_id + R"(",
    "readOnly": false,
    "eventType": "AwsApiCall",
    "managementEvent": true,
    "recipientAccountId": "123456789012",
    "eventCategory": "Management",
    "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
                   "clientProvidedHostHeader": "iam.example.test"}
  })"));
}

OwnedEvent AcrossAccounts() {
  return CallOf<sts::api::AssumeRole>(
      Dana(),
      {.role_arn = "arn:aws:iam::210987654321:role/audit/Reader",
       .role_session_name = "dana-1",
       .duration_seconds = 3600,
       .tags = std::vector<sts::Tag>{{.key = "Team", .value = "blue"}},
       .transitive_tag_keys = std::vector<std::string>{"Team"},
       .external_id = "x-42",
       .serial_number = {},
       .token_code = "123456"},
      {.credentials = sts::Credentials{.access_key_id = "ASIATCH6YDSYV4NJYRGR",
                                       .secret_access_key = "the-secret",
                                       .session_token = "the-token",
                                       .expiration = kNow + std::chrono::hours(1)},
       .assumed_role_user = sts::AssumedRoleUser{.assumed_role_id = "AROATCH6YDSYSHAP73TX2:dana-1",
                                                 .arn = "arn:aws:sts::210987654321:assumed-role/Reader/dana-1"},
       .packed_policy_size = 2});
}

TEST(Record, OfARoleAssumedAcrossAccountsIsTwo) {
  const auto entries = Make(AcrossAccounts());
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].account, kAccount);
  EXPECT_EQ(entries[1].account, kOtherAccount);
  EXPECT_NE(entries[0].event_id, entries[1].event_id);
  EXPECT_EQ(Member(entries[0], "sharedEventID"), Member(entries[1], "sharedEventID"));
  EXPECT_THAT(Member(entries[0], "userIdentity"), HasSubstr(R"("userName":"dana")"));
  std::string shared = Member(entries[1], "sharedEventID");
  EXPECT_EQ(Canonical(entries[1].record), Canonical(R"({
    "eventVersion": "1.11",
    "userIdentity": {"type": "AWSAccount", "principalId": "AIDARZPUZDIKF4NJYRGRX", "accountId": "123456789012"},
    "eventTime": "2026-07-20T03:07:12Z",
    "eventSource": "sts.amazonaws.com",
    "eventName": "AssumeRole",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "203.0.113.17",
    "userAgent": "aws-cli/2.31.0",
    "requestParameters": {
      "roleArn": "arn:aws:iam::210987654321:role/audit/Reader",
      "roleSessionName": "dana-1",
      "externalId": "x-42",
      "durationSeconds": 3600,
      "tags": [{"key": "Team", "value": "blue"}],
      "transitiveTagKeys": ["Team"]
    },
    "responseElements": {
      "credentials": {"accessKeyId": "ASIATCH6YDSYV4NJYRGR", "sessionToken": "the-token",
                      "expiration": "2026-07-20T04:07:12Z"},
      "assumedRoleUser": {"assumedRoleId": "AROATCH6YDSYSHAP73TX2:dana-1",
                          "arn": "arn:aws:sts::210987654321:assumed-role/Reader/dana-1"},
      "packedPolicySize": 2
    },
    "requestID": "0a4cf0b8-6d5e-4a63-9b37-1d2f7a7f6e10",
    "eventID": ")" + entries[1].event_id + R"(",
    "readOnly": true,
    "resources": [{"accountId": "210987654321", "type": "AWS::IAM::Role",
                   "ARN": "arn:aws:iam::210987654321:role/audit/Reader"}],
    "eventType": "AwsApiCall",
    "managementEvent": true,
    "recipientAccountId": "210987654321",
    "sharedEventID": )" + shared + R"(,
    "eventCategory": "Management",
    "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
                   "clientProvidedHostHeader": "iam.example.test"}
  })"));
}

TEST(Record, OfARefusedCrossAccountCallIsInTheCallersAccountOnly) {
  const auto entries = Make(Refused(AcrossAccounts(), ErrorCode::kAccessDenied, "no"));
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].account, kAccount);
  EXPECT_EQ(Member(entries[0], "sharedEventID"), "absent");
}

TEST(Record, OfACallWithinTheAccountIsOne) {
  OwnedEvent event = AcrossAccounts();
  Principal other = Dana();
  other.account = kOtherAccount;
  const Who who = Describe(other);
  event.who = &who;
  EXPECT_EQ(MakeOne(event).account, kOtherAccount);
}

// ---- Identities

TEST(Identity, OfRootHasNoUserNameButItsAlias) {
  Principal root{.type = PrincipalType::kRoot,
                 .account = kAccount,
                 .principal_id = "123456789012",
                 .arn = "arn:aws:iam::123456789012:root",
                 .user_name = {},
                 .access_key_id = "AKIAROOT",
                 .session = {}};
  EXPECT_EQ(Describe(root).identity,
            R"({"type":"Root","principalId":"123456789012","arn":"arn:aws:iam::123456789012:root",)"
            R"("accountId":"123456789012","accessKeyId":"AKIAROOT"})");
  EXPECT_EQ(Describe(root).user_name, "root");
  root.user_name = "our-alias";
  EXPECT_THAT(Describe(root).identity, HasSubstr(R"("userName":"our-alias")"));
}

TEST(Identity, OfAUserIsTheDocumentedOne) {
  EXPECT_EQ(Describe(Dana()).identity, R"({"type":"IAMUser","principalId":"AIDARZPUZDIKF4NJYRGRX",)"
                                       R"("arn":"arn:aws:iam::123456789012:user/ops/dana","accountId":"123456789012",)"
                                       R"("accessKeyId":"AKIARZPUZDIKAWS2CAQD","userName":"dana"})");
}

TEST(Identity, OfADelegateNamesTheProvider) {
  Principal dana = Dana();
  dana.session = Principal::Session{.issued = kNow, .delegate = kOtherAccount};
  EXPECT_THAT(Describe(dana).identity,
              HasSubstr(R"(,"invokedByDelegate":{"accountId":")" + kOtherAccount.ToString() + R"("}})"));
}

TEST(Identity, OfAnAssumedRoleNamesItsRole) {
  const Principal role{.type = PrincipalType::kAssumedRole,
                       .account = kAccount,
                       .principal_id = "AROARZPUZDIKSHAP73TX2:dana-1",
                       .arn = "arn:aws:sts::123456789012:assumed-role/Reader/dana-1",
                       .user_name = {},
                       .access_key_id = "ASIARZPUZDIKAWS2CAQD",
                       .session = Principal::Session{.issued = kNow,
                                                     .mfa_authenticated = false,
                                                     .issuer_id = "AROARZPUZDIKSHAP73TX2",
                                                     .issuer_arn = "arn:aws:iam::123456789012:role/audit/Reader",
                                                     .source_identity = "dana",
                                                     .federated_provider = "token.example.test"}};
  const Who who = Describe(role);
  EXPECT_EQ(Canonical(who.identity), Canonical(R"({
    "type": "AssumedRole",
    "principalId": "AROARZPUZDIKSHAP73TX2:dana-1",
    "arn": "arn:aws:sts::123456789012:assumed-role/Reader/dana-1",
    "accountId": "123456789012",
    "accessKeyId": "ASIARZPUZDIKAWS2CAQD",
    "sessionContext": {
      "sessionIssuer": {"type": "Role", "principalId": "AROARZPUZDIKSHAP73TX2",
                        "arn": "arn:aws:iam::123456789012:role/audit/Reader", "accountId": "123456789012",
                        "userName": "Reader"},
      "webIdFederationData": {"federatedProvider": "token.example.test", "attributes": {}},
      "attributes": {"creationDate": "2026-07-20T03:07:12Z", "mfaAuthenticated": "false"},
      "sourceIdentity": "dana"
    }
  })"));
  EXPECT_EQ(who.user_name, "dana-1");
  EXPECT_EQ(who.foreign,
            R"({"type":"AWSAccount","principalId":"AROARZPUZDIKSHAP73TX2:dana-1","accountId":"123456789012"})");
}

TEST(Identity, OfAFederatedUserNamesWhoAskedForIt) {
  Principal federated{.type = PrincipalType::kFederatedUser,
                      .account = kAccount,
                      .principal_id = "123456789012:visitor",
                      .arn = "arn:aws:sts::123456789012:federated-user/visitor",
                      .user_name = {},
                      .access_key_id = "ASIARZPUZDIKAWS2CAQD",
                      .session = Principal::Session{.issued = kNow,
                                                    .mfa_authenticated = false,
                                                    .issuer_id = "AIDARZPUZDIKF4NJYRGRX",
                                                    .issuer_arn = "arn:aws:iam::123456789012:user/ops/dana"}};
  EXPECT_EQ(Canonical(Describe(federated).identity), Canonical(R"({
    "type": "FederatedUser",
    "principalId": "123456789012:visitor",
    "arn": "arn:aws:sts::123456789012:federated-user/visitor",
    "accountId": "123456789012",
    "accessKeyId": "ASIARZPUZDIKAWS2CAQD",
    "sessionContext": {
      "sessionIssuer": {"type": "IAMUser", "principalId": "AIDARZPUZDIKF4NJYRGRX",
                        "arn": "arn:aws:iam::123456789012:user/ops/dana", "accountId": "123456789012",
                        "userName": "dana"},
      "attributes": {"creationDate": "2026-07-20T03:07:12Z", "mfaAuthenticated": "false"}
    }
  })"));
  EXPECT_EQ(Describe(federated).user_name, "visitor");
  federated.session->issuer_id = "123456789012";
  federated.session->issuer_arn = "arn:aws:iam::123456789012:root";
  EXPECT_THAT(Describe(federated).identity,
              HasSubstr(R"("sessionIssuer":{"type":"Root","principalId":"123456789012",)"
                        R"("arn":"arn:aws:iam::123456789012:root","accountId":"123456789012"})"));
}

OwnedEvent WebIdentity() {
  OwnedEvent event = CallOf<sts::api::AssumeRoleWithWebIdentity>(
      Dana(),
      {.role_arn = "arn:aws:iam::123456789012:role/Web", .role_session_name = "s", .web_identity_token = "the.jwt"},
      {.credentials = sts::Credentials{.access_key_id = "ASIATCH6YDSYV4NJYRGR",
                                       .secret_access_key = "the-secret",
                                       .session_token = "the-token",
                                       .expiration = kNow},
       .subject_from_web_identity_token = "repo:x",
       .provider = "arn:aws:iam::123456789012:oidc-provider/token.example.test",
       .audience = "sts.amazonaws.com"});
  event.who = nullptr;
  return event;
}

TEST(Identity, OfAWebIdentityIsWhatItsTokenProved) {
  const Entry entry = MakeOne(WebIdentity());
  EXPECT_EQ(entry.account, kAccount);
  EXPECT_EQ(Member(entry, "userIdentity"), Canonical(R"({
    "type": "WebIdentityUser",
    "principalId": "arn:aws:iam::123456789012:oidc-provider/token.example.test:sts.amazonaws.com:repo:x",
    "userName": "repo:x",
    "identityProvider": "arn:aws:iam::123456789012:oidc-provider/token.example.test"
  })"));
  EXPECT_THAT(entry.record, Not(HasSubstr("the.jwt")));
}

TEST(Identity, OfARefusedWebIdentityIsNotToldNorIsTheReason) {
  const Entry entry = MakeOne(Refused(WebIdentity(), ErrorCode::kAccessDenied, "Not authorized to perform ..."));
  EXPECT_EQ(Member(entry, "userIdentity"), R"({"type":"WebIdentityUser",})");
  EXPECT_EQ(Member(entry, "errorMessage"), R"("An unknown error occurred")");
  EXPECT_EQ(Member(entry, "requestParameters"),
            R"({"roleArn":"arn:aws:iam::123456789012:role/Web","roleSessionName":"s",})");
}

TEST(Identity, OfASamlUserIsWhatTheAssertionProved) {
  OwnedEvent event =
      CallOf<sts::api::AssumeRoleWithSAML>(Dana(),
                                           {.role_arn = "arn:aws:iam::123456789012:role/Saml",
                                            .principal_arn = "arn:aws:iam::123456789012:saml-provider/idp",
                                            .saml_assertion = "the-assertion"},
                                           {.subject = "dana@example.test", .name_qualifier = "q="});
  event.who = nullptr;
  const Entry entry = MakeOne(event);
  EXPECT_EQ(Member(entry, "userIdentity"),
            Canonical(R"({"type": "SAMLUser", "principalId": "q=:dana@example.test", "userName": "dana@example.test",
                          "identityProvider": "q="})"));
  EXPECT_EQ(
      Member(entry, "resources"),
      Canonical(
          R"([{"accountId": "123456789012", "type": "AWS::IAM::Role", "ARN": "arn:aws:iam::123456789012:role/Saml"},
                          {"accountId": "123456789012", "type": "AWS::IAM::SAMLProvider",
                           "ARN": "arn:aws:iam::123456789012:saml-provider/idp"}])"));
  EXPECT_THAT(entry.record, Not(HasSubstr("the-assertion")));
}

// ---- Parameters

// AWS's documented example of AssumeRoleWithSAML, with names of our own.
TEST(Parameters, OfASamlUserTellWhatTheAssertionSaid) {
  OwnedEvent event =
      CallOf<sts::api::AssumeRoleWithSAML>(Dana(),
                                           {.role_arn = "arn:aws:iam::123456789012:role/Saml",
                                            .principal_arn = "arn:aws:iam::123456789012:saml-provider/idp",
                                            .saml_assertion = "the-assertion",
                                            .duration_seconds = 1800},
                                           {.subject = "dana@example.test", .name_qualifier = "q="});
  Outsider outsider;
  outsider.assertion_id = "_c0046c-of-the-assertion";
  outsider.session_name = "dana";
  outsider.source_identity = "dana@example.test";
  outsider.tags = {{.key = "CostCenter", .value = "987654"}, {.key = "Project", .value = "Unicorn"}};
  outsider.transitive_tag_keys = {"CostCenter", "Project"};
  event.who = nullptr;
  event.outsider = &outsider;
  const Entry entry = MakeOne(event);
  EXPECT_EQ(Member(entry, "requestParameters"), Canonical(R"({
    "sAMLAssertionID": "_c0046c-of-the-assertion",
    "roleSessionName": "dana",
    "sourceIdentity": "dana@example.test",
    "principalTags": {"CostCenter": "987654", "Project": "Unicorn"},
    "transitiveTagKeys": ["CostCenter", "Project"],
    "roleArn": "arn:aws:iam::123456789012:role/Saml",
    "principalArn": "arn:aws:iam::123456789012:saml-provider/idp",
    "durationSeconds": 1800
  })"));
  EXPECT_THAT(entry.resources, ::testing::Contains(ResourceName{"AWS::STS::AssumedRole", "dana"}));
  EXPECT_EQ(Member(MakeOne(Refused(event, ErrorCode::kAccessDenied, "no")), "requestParameters"),
            R"({"roleArn":"arn:aws:iam::123456789012:role/Saml",})");
}

TEST(Parameters, OfAWebIdentityTellWhatTheTokenSaid) {
  OwnedEvent event = WebIdentity();
  Outsider outsider;
  outsider.tags = {{.key = "team", .value = "blue"}};
  outsider.transitive_tag_keys = {"team"};
  event.outsider = &outsider;
  EXPECT_EQ(Member(MakeOne(event), "requestParameters"), Canonical(R"({
    "principalTags": {"team": "blue"},
    "transitiveTagKeys": ["team"],
    "roleArn": "arn:aws:iam::123456789012:role/Web",
    "roleSessionName": "s"
  })"));
}

TEST(AdditionalData, NamesTheSecondIdOfARequest) {
  OwnedEvent event = CallOf<sts::api::GetCallerIdentity>(Dana(), {});
  EXPECT_EQ(Member(MakeOne(event), "additionalEventData"), "absent");
  event.extended_request_id = "MTp1cy1lYXN0LTI6UzoxNzYzNTc5NjUyMzA0OlI6MVFkeG8yZ1Q=";
  EXPECT_EQ(Member(MakeOne(event), "additionalEventData"),
            R"({"ExtendedRequestId":"MTp1cy1lYXN0LTI6UzoxNzYzNTc5NjUyMzA0OlI6MVFkeG8yZ1Q=",})");
}

TEST(Parameters, OfAReadingCallAreThereAndItsAnswerIsNot) {
  const Entry entry = MakeOne(CallOf<iam::api::GetUser>(Dana(), {.user_name = "bob"}, {.user = {.user_name = "bob"}}));
  EXPECT_EQ(Member(entry, "requestParameters"), R"({"userName":"bob",})");
  EXPECT_EQ(Member(entry, "responseElements"), "null");
  EXPECT_EQ(Member(entry, "readOnly"), "true");
  EXPECT_EQ(Member(MakeOne(CallOf<sts::api::GetCallerIdentity>(Dana(), {})), "requestParameters"), "null");
}

TEST(Parameters, NeverHoldSecrets) {
  const Entry made = MakeOne(CallOf<iam::api::CreateAccessKey>(Dana(), {.user_name = "bob"},
                                                               {.access_key = {.user_name = "bob",
                                                                               .access_key_id = "AKIARZPUZDIKGNCFKZTX",
                                                                               .status = "Active",
                                                                               .secret_access_key = "the-secret",
                                                                               .create_date = kNow}}));
  EXPECT_EQ(Member(made, "responseElements"),
            R"({"accessKey":{"accessKeyId":"AKIARZPUZDIKGNCFKZTX","createDate":"Jul 20, 2026 3:07:12 AM",)"
            R"("status":"Active","userName":"bob",},})");
  const Entry changed =
      MakeOne(CallOf<iam::api::ChangePassword>(Dana(), {.old_password = "the-secret", .new_password = "the-secret"}));
  EXPECT_EQ(Member(changed, "requestParameters"), "null");
  const Entry enabled = MakeOne(CallOf<iam::api::EnableMFADevice>(Dana(), {.user_name = "bob",
                                                                           .serial_number = "arn:mfa",
                                                                           .authentication_code1 = "123456",
                                                                           .authentication_code2 = "654321"}));
  EXPECT_EQ(Member(enabled, "requestParameters"), R"({"serialNumber":"arn:mfa","userName":"bob",})");
}

TEST(Parameters, KeepPolicyDocumentsAsTexts) {
  const Entry entry = MakeOne(CallOf<iam::api::PutUserPolicy>(
      Dana(), {.user_name = "bob", .policy_name = "p", .policy_document = R"({"Version":"2012-10-17"})"}));
  EXPECT_THAT(entry.record, HasSubstr(R"("policyDocument":"{\"Version\":\"2012-10-17\"}")"));
}

TEST(Parameters, ChangeNoMoreThanTheFirstLetterOfANameWithAnAcronym) {
  const Entry entry =
      MakeOne(CallOf<iam::api::CreateSAMLProvider>(Dana(), {.saml_metadata_document = "<x/>", .name = "idp"},
                                                   {.saml_provider_arn = "arn:aws:iam::1:saml-provider/idp"}));
  EXPECT_EQ(Member(entry, "requestParameters"), R"({"name":"idp","sAMLMetadataDocument":"<x/>",})");
  EXPECT_EQ(Member(entry, "responseElements"), R"({"sAMLProviderArn":"arn:aws:iam::1:saml-provider/idp",})");
}

TEST(Parameters, ThatAreTooLongAreLeftOut) {
  const Entry entry = MakeOne(CallOf<iam::api::PutUserPolicy>(
      Dana(),
      {.user_name = "bob", .policy_name = "p", .policy_document = std::string(kNow == TimePoint() ? 0 : 130000, 'x')}));
  EXPECT_EQ(Member(entry, "requestParameters"), R"({"omitted":true,"originalSize":130055,})");
}

// ---- Errors

TEST(Errors, HaveTheNameOfTheException) {
  const OwnedEvent call = CallOf<iam::api::GetRole>(Dana(), {.role_name = "r"});
  const Entry missing = MakeOne(Refused(call, ErrorCode::kNoSuchEntity, "The role with name r cannot be found."));
  EXPECT_EQ(Member(missing, "errorCode"), R"("NoSuchEntityException")");
  EXPECT_EQ(Member(missing, "errorMessage"), R"("The role with name r cannot be found.")");
  EXPECT_EQ(Member(missing, "requestParameters"), R"({"roleName":"r",})");
  const Entry denied = MakeOne(Refused(call, ErrorCode::kAccessDenied, "User: ... is not authorized"));
  EXPECT_EQ(Member(denied, "errorCode"), R"("AccessDenied")");
  EXPECT_EQ(Member(denied, "requestParameters"), "null");
  EXPECT_EQ(Member(denied, "responseElements"), "null");
  EXPECT_EQ(denied.denied_parameters, R"({"roleName":"r"})");  // Not for readers of the record, but kept.
  EXPECT_EQ(Decode(Encode(denied)), denied);
}

TEST(Errors, AreCutAtAKibibyteBetweenCharacters) {
  OwnedEvent call = CallOf<iam::api::GetRole>(Dana(), {.role_name = "r"});
  const std::string user_agent = std::string(1023, 'a') + "\xC3\xA9";
  call.user_agent = user_agent;
  const Entry entry = MakeOne(Refused(call, ErrorCode::kNoSuchEntity, std::string(5000, 'x')));
  EXPECT_EQ(Member(entry, "errorMessage").size(), 1024U + 2);
  EXPECT_EQ(Member(entry, "userAgent").size(), 1023U + 2);
}

// ---- What events are found by

TEST(Lookup, FindsCredentialsByWhoAskedForThem) {
  const Entry entry = Make(AcrossAccounts()).front();
  EXPECT_THAT(entry.resources,
              UnorderedElementsAre(
                  ResourceName{"AWS::IAM::Role", "arn:aws:iam::210987654321:role/audit/Reader"},
                  ResourceName{"AWS::STS::AssumedRole", "dana-1"},
                  ResourceName{"AWS::STS::AssumedRole", "AROATCH6YDSYSHAP73TX2:dana-1"},
                  ResourceName{"AWS::STS::AssumedRole", "arn:aws:sts::210987654321:assumed-role/Reader/dana-1"},
                  ResourceName{"AWS::IAM::AccessKey", "ASIATCH6YDSYV4NJYRGR"}));
  EXPECT_EQ(entry.user_name, "dana");
  EXPECT_EQ(entry.access_key_id, "AKIARZPUZDIKAWS2CAQD");
}

TEST(Lookup, FindsKeysAndTheirUsers) {
  const Entry entry = MakeOne(CallOf<iam::api::UpdateAccessKey>(
      Dana(), {.user_name = "bob", .access_key_id = "AKIARZPUZDIKGNCFKZTX", .status = "Inactive"}));
  EXPECT_THAT(entry.resources, UnorderedElementsAre(ResourceName{"AWS::IAM::AccessKey", "AKIARZPUZDIKGNCFKZTX"},
                                                    ResourceName{"AWS::IAM::User", "bob"}));
}

TEST(Lookup, FindsByAllThatTheStoredFormTells) {
  const Entry entry = Make(AcrossAccounts()).front();
  const std::string bytes = Encode(entry);
  EntryKeys keys;
  ASSERT_TRUE(ReadKeys(bytes, keys));
  EXPECT_EQ(keys.time, entry.time);
  EXPECT_EQ(keys.account, entry.account);
  EXPECT_EQ(keys.event_id, entry.event_id);
  EXPECT_EQ(keys.attributes.size(), 7 + 2 * entry.resources.size());
  for (const auto& [attribute, value] : keys.attributes) EXPECT_TRUE(HasAttribute(entry, attribute, value)) << value;
  EXPECT_FALSE(HasAttribute(entry, Attribute::kUserName, ""));
  EXPECT_FALSE(HasAttribute(entry, Attribute::kAccessKeyId, "AKIA"));
  EXPECT_FALSE(ReadKeys("", keys));
  EXPECT_FALSE(ReadKeys(std::string_view(bytes).substr(0, 40), keys));
}

TEST(Lookup, KnowsNoResourceOfCallsThatNameNone) {
  EXPECT_THAT(MakeOne(CallOf<sts::api::GetCallerIdentity>(Dana(), {})).resources, ElementsAre());
}

TEST(ReadOnly, FollowsCloudTrailNotCommonSense) {
  EXPECT_TRUE(IsReadOnly(sts::api::AssumeRole::Info()));
  EXPECT_TRUE(IsReadOnly(sts::api::AssumeRoleWithSAML::Info()));
  EXPECT_TRUE(IsReadOnly(sts::api::GetSessionToken::Info()));
  EXPECT_FALSE(IsReadOnly(sts::api::GetFederationToken::Info()));
  EXPECT_FALSE(IsReadOnly(iam::api::GenerateCredentialReport::Info()));
  EXPECT_TRUE(IsReadOnly(iam::api::SimulatePrincipalPolicy::Info()));
  EXPECT_FALSE(IsReadOnly(iam::api::CreateUser::Info()));
}

TEST(Entry, SurvivesItsStoredForm) {
  const Entry entry = Make(AcrossAccounts()).front();
  EXPECT_EQ(Decode(Encode(entry)), entry);
  EXPECT_EQ(Decode(""), std::nullopt);
  EXPECT_EQ(Decode(Encode(entry).substr(0, 40)), std::nullopt);
}

}  // namespace
}  // namespace claviger::audit
