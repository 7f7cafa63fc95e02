#include "service/worker.h"

#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using gen::sts::api::GetCallerIdentity;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

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
