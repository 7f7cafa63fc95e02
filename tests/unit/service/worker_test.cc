#include "service/worker.h"

#include "gen/cloudtrail/operations.h"
#include "gen/organizations/operations.h"
#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using gen::cloudtrail::api::GetTrail;
using gen::cloudtrail::api::LookupEvents;
using gen::organizations::api::DescribeAccount;
using gen::organizations::api::ListRoots;
using gen::sts::api::GetCallerIdentity;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

class WorkerTest : public ::testing::Test {
 protected:
  Client Root() { return service.As(service.root); }

  Service service;
};

TEST_F(WorkerTest, AnswersASignedRequest) {
  const Answer answer = Root().Call<GetCallerIdentity>({});
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(answer.Text("Arn"), "arn:aws:iam::111122223333:root");
  EXPECT_THAT(answer.headers, Contains(Pair("x-amzn-RequestId", answer.Text("RequestId"))));
}

TEST_F(WorkerTest, GivesRequestsOfStsASecondIdWithTheRegionThatIsProven) {
  const auto id_of = [](const Answer& answer) {
    for (const auto& [name, value] : answer.headers) {
      if (name == "x-amz-sts-extended-request-id") return Base64Decode(value).value_or("?");
    }
    return std::string();
  };
  const Client there = Root().SignedFor("eu-west-1");
  EXPECT_THAT(id_of(there.Call<GetCallerIdentity>({})), MatchesRegex("1:eu-west-1:S:1772366400000:R:[A-Za-z0-9]{8}"));
  EXPECT_THAT(id_of(there.Call<gen::sts::api::GetAccessKeyInfo>({.access_key_id = "nonsense-nonsense"})),
              MatchesRegex("1:eu-west-1:S:1772366400000:R:[A-Za-z0-9]{8}"));
  EXPECT_THAT(id_of(service.Unsigned().Call<GetCallerIdentity>({})), StartsWith("1:us-east-1:S:"));
  EXPECT_EQ(id_of(Root().Call<GetUser>({})), "");
}

TEST_F(WorkerTest, AnswersInJsonWhenAsked) {
  const Answer answer = Root().With("Accept", "application/json").Call<GetCallerIdentity>({});
  EXPECT_THAT(answer.body, HasSubstr(R"("Arn":"arn:aws:iam::111122223333:root")"));
}

TEST_F(WorkerTest, RefusesUnsignedRequests) {
  const std::string form = "Action=GetUser&Version=2010-05-08";
  EXPECT_THAT(service.Unsigned().Post("iam", form), Fails(ErrorCode::kMissingAuthenticationToken));
}

TEST_F(WorkerTest, SendsBrowsersToAPageAboutTheService) {
  const Answer answer = service.Unsigned().Get("/", "");
  EXPECT_EQ(answer.status, 302);
  EXPECT_THAT(answer.headers, Contains(Pair("Location", "https://aws.amazon.com/iam")));
  EXPECT_EQ(answer.body, "");
}

TEST_F(WorkerTest, AnswersBrowsersElsewhereShortly) {
  const Answer answer = service.Unsigned().Get("/favicon.ico", "");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "<UnknownOperationException/>\n");
}

TEST_F(WorkerTest, RefusesASignatureWithAnotherSecret) {
  Credentials forged = service.root;
  forged.secret_access_key = crypto::Secret("guess");
  EXPECT_THAT(service.As(forged).Call<GetCallerIdentity>({}), Fails(ErrorCode::kSignatureDoesNotMatch));
  // With the right secret's key cached, too.
  ASSERT_THAT(Root().Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_THAT(service.As(forged).Call<GetCallerIdentity>({}), Fails(ErrorCode::kSignatureDoesNotMatch));
}

TEST_F(WorkerTest, RefusesASignatureForAnotherService) {
  const std::string form = "Action=GetUser&Version=2010-05-08";
  EXPECT_THAT(Root().Post("sts", form), Fails(ErrorCode::kSignatureDoesNotMatch));
}

TEST_F(WorkerTest, TellsAnUnknownActionToKnownCallersOnly) {
  const std::string form = "Action=MakeCoffee&Version=2010-05-08";
  EXPECT_THAT(Root().Post("iam", form), Fails(ErrorCode::kInvalidAction));
  EXPECT_THAT(service.Unsigned().Post("iam", form), Fails(ErrorCode::kMissingAuthenticationToken));
}

TEST_F(WorkerTest, ChecksConstraintsBeforePermissions) {
  const Credentials bob = service.AddUser("bob");
  EXPECT_THAT(service.As(bob).Call<GetUser>({.user_name = "no/slash"}), Fails(ErrorCode::kValidationError));
}

TEST_F(WorkerTest, SaysWhatItDoesNotImplement) {
  const Answer answer = Root().Call<GetCredentialReport>({});
  EXPECT_THAT(answer, Fails(ErrorCode::kNotImplemented));
  EXPECT_EQ(answer.status, 501);
  EXPECT_THAT(answer.message, HasSubstr("iam:GetCredentialReport"));
}

TEST_F(WorkerTest, ChecksRequestAndPermissionOfWhatItDoesNotImplement) {
  const Credentials bob = service.AddUser("bob");
  EXPECT_THAT(Root().Call<GenerateServiceLastAccessedDetails>({.arn = "short"}), Fails(ErrorCode::kValidationError));
  EXPECT_THAT(service.As(bob).Call<GetCredentialReport>({}), Fails(ErrorCode::kAccessDenied));
  service.Allow("bob", "iam:GetCredentialReport");
  EXPECT_THAT(service.As(bob).Call<GetCredentialReport>({}), Fails(ErrorCode::kNotImplemented));
}

// ---- AWS JSON 1.1

TEST_F(WorkerTest, KnowsOperationsInJsonByTheirTarget) {
  const Answer answer = Root().Call<ListRoots>({});
  EXPECT_EQ(answer.status, 501);
  EXPECT_THAT(answer.message, HasSubstr("organizations:ListRoots"));
  const Answer unknown = Root().PostJson("organizations", "AWSOrganizationsV20161128.MakeCoffee", "{}");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(unknown.body, R"({"__type":"UnknownOperationException"})");
  EXPECT_THAT(unknown.headers, Contains(Pair("x-amzn-RequestId", ::testing::SizeIs(36))));
}

TEST_F(WorkerTest, AuthenticatesInJson) {
  const std::string target = "AWSOrganizationsV20161128.ListRoots";
  EXPECT_THAT(service.Unsigned().PostJson("organizations", target, "{}"),
              FailsInJsonSaying(ErrorCode::kMissingAuthenticationTokenException, "Missing Authentication Token"));
  EXPECT_THAT(Root().PostJson("iam", target, "{}"),
              FailsInJsonSaying(ErrorCode::kInvalidSignatureException,
                                "Credential should be scoped to correct service: 'organizations'. "));
  Credentials forged = service.root;
  forged.secret_access_key = crypto::Secret("guess");
  EXPECT_THAT(service.As(forged).Call<ListRoots>({}), FailsInJson(ErrorCode::kInvalidSignatureException));
  forged.access_key_id = "AKIANOBODYNOBODYNOBO";
  EXPECT_THAT(service.As(forged).Call<ListRoots>({}),
              FailsInJsonSaying(ErrorCode::kUnrecognizedClientException,
                                "The security token included in the request is invalid."));
}

TEST_F(WorkerTest, ReadsABodyInJsonOnlyOfKnownCallers) {
  const std::string target = "AWSOrganizationsV20161128.ListRoots";
  EXPECT_THAT(service.Unsigned().PostJson("organizations", target, "{"),
              FailsInJson(ErrorCode::kMissingAuthenticationTokenException));
  EXPECT_THAT(Root().PostJson("organizations", target, "{"), FailsInJson(ErrorCode::kSerializationException));
}

TEST_F(WorkerTest, AsksPoliciesAboutRequestsInJson) {
  const Credentials bob = service.AddUser("bob");
  EXPECT_THAT(service.As(bob).Call<ListRoots>({}),
              FailsInJsonSaying(ErrorCode::kAccessDeniedException,
                                "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: "
                                "organizations:ListRoots on resource: * because no identity-based policy allows the "
                                "organizations:ListRoots action"));
  service.Allow("bob", "organizations:ListRoots");
  EXPECT_EQ(service.As(bob).Call<ListRoots>({}).status, 501);
  EXPECT_THAT(service.As(bob).Call<DescribeAccount>({.account_id = "x"}),
              FailsInJson(ErrorCode::kInvalidInputException));
}

TEST_F(WorkerTest, FindsTrailsByNameAndArn) {
  const Credentials bob = service.AddUser("bob");
  service.Allow("bob", "cloudtrail:GetTrail", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main");
  const Client there = service.As(bob).SignedFor("eu-west-1");
  EXPECT_EQ(there.Call<GetTrail>({.name = "main"}).status, 501);
  EXPECT_EQ(there.Call<GetTrail>({.name = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"}).status, 501);
  EXPECT_THAT(service.As(bob).Call<GetTrail>({.name = "main"}),
              FailsInJsonSaying(ErrorCode::kAccessDeniedException,
                                "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: "
                                "cloudtrail:GetTrail on resource: arn:aws:cloudtrail:us-east-1:111122223333:trail/main "
                                "because no identity-based policy allows the cloudtrail:GetTrail action"));
  EXPECT_THAT(service.As(bob).Call<LookupEvents>({}),
              FailsInJsonSaying(ErrorCode::kAccessDeniedException,
                                "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: "
                                "cloudtrail:LookupEvents because no identity-based policy allows the "
                                "cloudtrail:LookupEvents action"));
}

// ---- Changes

TEST_F(WorkerTest, AnswersAChangeOnceItIsKept) {
  ASSERT_THAT(Root().Call<CreateUser>({.user_name = "bob"}), Succeeds());
  EXPECT_THAT(Root().Call<GetUser>({.user_name = "bob"}), Succeeds());
}

TEST_F(WorkerTest, RunsAnOperationAgainWhenAnotherChangeCameFirst) {
  service.store.BeforeNextChange([&] { service.AddUser("bob"); });
  EXPECT_THAT(Root().Call<CreateUser>({.user_name = "bob"}), Fails(ErrorCode::kEntityAlreadyExists));
}

TEST_F(WorkerTest, LooksAtPermissionsAgainWhenAnotherChangeCameFirst) {
  const Credentials bob = service.AddUser("bob");
  service.AddUser("eve");
  service.PutPolicy("bob", "p", Service::Statement("Allow", "iam:DeleteUser", "arn:aws:iam::111122223333:user/eve"));
  service.Change([&](directory::Directory& directory) -> Result<> {  // Without keys, so that it can be deleted.
    const auto eve = TRY(directory.users.Get("eve"));
    for (const auto& key : TRY(directory.access_keys.ListOf(eve.id))) TRY(directory.access_keys.Remove(key));
    return {};
  });
  service.store.BeforeNextChange([&] {
    service.Change([&](directory::Directory& directory) -> Result<> {
      const auto eve = TRY(directory.users.Get("eve"));
      auto moved = eve;
      moved.path = "/protected/";
      return directory.users.Replace(eve, moved);
    });
  });
  EXPECT_THAT(service.As(bob).Call<DeleteUser>({.user_name = "eve"}), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(Root().Call<GetUser>({.user_name = "eve"}), Succeeds());
}

TEST_F(WorkerTest, RefusesAKeySwitchedOffWhileItsRequestWaited) {
  const Credentials bob = service.AddUser("bob");
  service.Allow("bob", "iam:*");
  service.store.BeforeNextChange([&] {
    service.Change([&](directory::Directory& directory) -> Result<> {
      const auto key = TRY(directory.access_keys.Find(bob.access_key_id));
      return directory.access_keys.SetStatus(*key, directory::AccessKeyStatus::kInactive, service.clock.now);
    });
    service.AddUser("dan");  // In the way of the attempt itself.
  });
  EXPECT_THAT(service.As(bob).Call<CreateUser>({.user_name = "dan"}), Fails(ErrorCode::kInvalidClientTokenId));
}

// ---- What is told of requests

TEST_F(WorkerTest, RemembersTheUseOfAKeyOnceAQuarterOfAnHour) {
  const Credentials bob = service.AddUser("bob");
  const auto last_used = [&] {
    return Root().Call<GetAccessKeyLastUsed>({.access_key_id = bob.access_key_id}).Text("LastUsedDate");
  };
  EXPECT_EQ(last_used(), "");
  ASSERT_THAT(service.As(bob).Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_EQ(last_used(), "2026-03-01T12:00:00Z");
  service.clock.now += std::chrono::minutes(14);
  ASSERT_THAT(service.As(bob).Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_EQ(last_used(), "2026-03-01T12:00:00Z");
  service.clock.now += std::chrono::minutes(2);
  ASSERT_THAT(service.As(bob).Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_EQ(last_used(), "2026-03-01T12:16:00Z");
}

TEST_F(WorkerTest, RemembersTheUseOfAnActionOnceInFourHours) {
  const Credentials bob = service.AddUser("bob");
  const auto used = [&] {
    std::map<std::string, TimePoint> times;
    service.Change([&](directory::Directory& directory) -> Result<> {
      for (const auto& use : TRY(directory.action_uses.ListOf(TRY(directory.users.Get("bob")).id))) {
        EXPECT_EQ(use.region, "eu-west-1");
        times[use.service + ":" + use.action] = use.time;
      }
      return {};
    });
    return times;
  };
  using Times = std::map<std::string, TimePoint>;
  const TimePoint start = service.clock.now;
  const auto as_bob = service.As(bob).SignedFor("eu-west-1");
  ASSERT_THAT(as_bob.Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_THAT(as_bob.Call<GetUser>({.user_name = "bob"}), Fails(ErrorCode::kAccessDenied));  // An attempt counts.
  EXPECT_EQ(used(), (Times{{"iam:GetUser", start}, {"sts:GetCallerIdentity", start}}));

  service.clock.now += std::chrono::hours(4) - std::chrono::seconds(1);
  ASSERT_THAT(as_bob.Call<GetCallerIdentity>({}), Succeeds());
  service.Allow("bob", "iam:*");  // Whoever is read anew is found to be on record all the same.
  ASSERT_THAT(as_bob.Call<GetUser>({.user_name = "bob"}), Succeeds());
  EXPECT_EQ(used(), (Times{{"iam:GetUser", start}, {"sts:GetCallerIdentity", start}}));

  service.clock.now += std::chrono::seconds(1);
  ASSERT_THAT(as_bob.Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_EQ(used(), (Times{{"iam:GetUser", start}, {"sts:GetCallerIdentity", service.clock.now}}));
}

TEST_F(WorkerTest, RemembersTheLastUseOfAServiceByAnybodyRootIncluded) {
  const Credentials bob = service.AddUser("bob");
  const auto used = [&] {
    std::map<std::string, TimePoint> times;
    service.Change([&](directory::Directory& directory) -> Result<> {
      for (const auto& use : TRY(directory.action_uses.ListServices())) times[use.service] = use.time;
      return {};
    });
    return times;
  };
  using Times = std::map<std::string, TimePoint>;
  const TimePoint start = service.clock.now;
  ASSERT_THAT(service.As(service.root).Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_EQ(used(), (Times{{"sts", start}}));
  service.clock.now += std::chrono::hours(1);
  EXPECT_THAT(service.As(bob).Call<GetUser>({.user_name = "bob"}), Fails(ErrorCode::kAccessDenied));
  ASSERT_THAT(service.As(bob).Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_EQ(used(), (Times{{"iam", service.clock.now}, {"sts", service.clock.now}}));
}

TEST_F(WorkerTest, WritesALineOfTheAccessLogForEachRequest) {
  Root().With("User-Agent", "aws-cli/2").Call<GetCallerIdentity>({});
  EXPECT_THAT(
      service.worker->access_log().Take(),
      ::testing::AllOf(HasSubstr(R"("service":"sts","operation":"GetCallerIdentity")"),
                       HasSubstr(R"("principal":"arn:aws:iam::111122223333:root")"),
                       HasSubstr(R"("access_key_id":"AKIAROOTROOTROOTROOT","status":200)"),
                       HasSubstr(R"("source_ip":"192.0.2.7","user_agent":"aws-cli/2")"), Not(HasSubstr("error"))));
  const Credentials bob = service.AddUser("bob");
  service.As(bob).Call<GetUser>({});
  EXPECT_THAT(service.worker->access_log().Take(), HasSubstr(R"("status":403,"error":"AccessDenied")"));
  service.Unsigned().Get("/", "");
  EXPECT_THAT(service.worker->access_log().Take(),
              ::testing::AllOf(HasSubstr(R"("status":302)"), Not(HasSubstr("principal")), Not(HasSubstr("operation"))));
}

TEST_F(WorkerTest, CountsRequestsByOperationAndOutcome) {
  Root().Call<GetCallerIdentity>({});
  Root().Call<GetUser>({.user_name = "nobody"});
  service.Unsigned().Get("/", "");
  const Metrics* metrics = &service.worker->metrics();
  const std::string text = WriteMetrics(std::span(&metrics, 1));
  EXPECT_THAT(text,
              HasSubstr(R"(claviger_requests_total{service="sts",operation="GetCallerIdentity",outcome="success"} 1)"));
  EXPECT_THAT(text,
              HasSubstr(R"(claviger_requests_total{service="iam",operation="GetUser",outcome="client_error"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(claviger_requests_total{service="",operation="unrecognised",outcome="success"} 1)"));
  EXPECT_THAT(text, HasSubstr("claviger_request_duration_seconds_count 3"));
}

}  // namespace
}  // namespace claviger::service
