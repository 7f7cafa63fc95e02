#include "ops/iam/delegation_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "directory/delegation_notice.h"
#include "directory/delegation_template.h"
#include "ops/sts/delegated_access.h"
#include "session/token.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using gen::sts::api::GetDelegatedAccessToken;
using std::chrono::days;
using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kTemplate[] = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],)"
                             R"("Resource":"arn:aws:s3:::@{bucketNames}/*"}]})";
constexpr char kRoleTemplate[] =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:@{verbs}","Resource":"*"}]})";
constexpr char kTopic[] = "arn:aws:sns:us-east-1:123456789012:notices";
constexpr char kReader[] = "arn:aws:iam:::delegation-template/reader";

// The provider is kAccount, the customer kOtherAccount.
class DelegationRequestTest : public testing::Test {
 protected:
  DelegationRequestTest() {
    Change([](directory::Directory& directory) -> Result<> {
      for (const auto& [name, policy] : {std::pair("reader", kTemplate), std::pair("roles", kRoleTemplate)}) {
        TRY(directory::InsertDelegationTemplate(
            directory.context,
            {.name = name, .provider = kAccount, .created = kNow, .provider_name = "Acme", .policy = policy}));
      }
      return directory.users.Insert({.id = "AIDAALICE", .path = "/", .name = "alice", .created = kNow});
    });
  }

  void Change(const std::function<Result<>(directory::Directory&)>& change) {
    directory::Attempt attempt(service.world, kOtherAccount);
    ASSERT_THAT(change(attempt.directory), Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  static CreateDelegationRequestRequest Asking(const std::string& workflow = "workflow-1") {
    CreateDelegationRequestRequest request{.description = "Reads buckets",
                                           .requestor_workflow_id = workflow,
                                           .notification_channel = kTopic,
                                           .session_duration = 7200};
    request.permissions.policy_template_arn = kReader;
    request.permissions.parameters = {{{.name = "bucketNames", .values = {{"b1", "b2"}}, .type = "stringList"}}};
    return request;
  }
  // Made by the provider; then the customer's user acts.
  std::string Make(CreateDelegationRequestRequest request = Asking()) {
    service.caller = RootCaller();
    const auto made = service.Call<api::CreateDelegationRequest>(std::move(request));
    EXPECT_THAT(made, Succeeds());
    As("alice");
    return made.ok() ? *made->delegation_request_id : std::string();
  }
  void As(const std::string& user) {
    service.caller = {.type = PrincipalType::kUser,
                      .account = kOtherAccount,
                      .arn = IamArn(kOtherAccount, "user", "/", user),
                      .user_id = user == "alice" ? "AIDAALICE" : "AIDABOB",
                      .unique_id = user == "alice" ? "AIDAALICE" : "AIDABOB",
                      .user_name = user,
                      .access_key_id = "AKIACUSTOMER"};
  }
  Result<AssociateDelegationRequestResponse> Associate(const std::string& id) {
    return service.Call<api::AssociateDelegationRequest>({.delegation_request_id = id});
  }
  Result<UpdateDelegationRequestResponse> Update(const std::string& id) {
    return service.Call<api::UpdateDelegationRequest>({.delegation_request_id = id, .notes = "have a look"});
  }
  Result<AcceptDelegationRequestResponse> Accept(const std::string& id) {
    return service.Call<api::AcceptDelegationRequest>({.delegation_request_id = id});
  }
  Result<RejectDelegationRequestResponse> Reject(const std::string& id) {
    return service.Call<api::RejectDelegationRequest>({.delegation_request_id = id, .notes = "no"});
  }
  Result<SendDelegationTokenResponse> Send(const std::string& id) {
    return service.Call<api::SendDelegationToken>({.delegation_request_id = id});
  }
  Result<GetDelegationRequestResponse> Get(const std::string& id, bool check = false) {
    return service.Call<api::GetDelegationRequest>({.delegation_request_id = id, .delegation_permission_check = check});
  }
  std::string StateOf(const std::string& id) {
    const auto found = Get(id);
    return found.ok() ? *found->delegation_request->state : found.error().message;
  }
  static auto NotFound(const std::string& id) {
    return FailsWith(ErrorCode::kNoSuchEntity, "The delegation request with id " + id + " cannot be found.");
  }
  static auto NotIn(const std::string& id, const std::string& state) {
    return FailsWith(ErrorCode::kInvalidInput, "The delegation request with id " + id + " is in state " + state +
                                                   ", in which this cannot be done.");
  }
  // What the provider got by the last notice.
  std::string TokenSent() {
    std::string token;
    Change([&](directory::Directory& directory) -> Result<> {
      const auto notices = TRY(directory::DelegationNotices(directory.context).List("", 100));
      token = notices.back().exchange_token.Reveal();
      return {};
    });
    return token;
  }
  Result<GetDelegatedAccessToken::Response> TradeIn(const std::string& token, AccountId account = kAccount) {
    service.caller = RootCaller(account);
    return service.Call<GetDelegatedAccessToken>({.trade_in_token = token});
  }
  session::Session Open(const Result<GetDelegatedAccessToken::Response>& response) {
    EXPECT_THAT(response, Succeeds());
    const auto opened = session::OpenToken(response->credentials->session_token, service.world.keys.sessions);
    EXPECT_THAT(opened, Succeeds());
    return *opened;
  }

  Service service{RegisterDelegationRequestOperations, sts::RegisterDelegatedAccessOperations};
};

// ---- Making one

TEST_F(DelegationRequestTest, IsMadeOfATemplate) {
  CreateDelegationRequestRequest asked = Asking();
  asked.request_message = "please";
  asked.redirect_url = "https://acme.example/back";
  asked.only_send_by_owner = true;
  const auto made = service.Call<api::CreateDelegationRequest>(asked);
  ASSERT_THAT(made, Succeeds());
  const std::string id = *made->delegation_request_id;
  EXPECT_EQ(made->console_deep_link, "https://claviger.example/iam/account-access-requests/review/" + id);
  const auto found = Get(id);
  ASSERT_THAT(found, Succeeds());
  EXPECT_FALSE(found->permission_check_status);
  const DelegationRequest& request = *found->delegation_request;
  EXPECT_EQ(request.delegation_request_id, id);
  EXPECT_EQ(request.description, "Reads buckets");
  EXPECT_EQ(request.request_message, "please");
  EXPECT_EQ(request.redirect_url, "https://acme.example/back");
  EXPECT_EQ(request.only_send_by_owner, true);
  EXPECT_EQ(request.permissions->policy_template_arn, kReader);
  EXPECT_EQ(request.permissions->parameters, asked.permissions.parameters);
  EXPECT_EQ(request.permission_policy,
            R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],)"
            R"("Resource":["arn:aws:s3:::b1/*","arn:aws:s3:::b2/*"]}]})");
  EXPECT_THAT(*request.role_permission_restriction_arns, IsEmpty());
  EXPECT_EQ(request.state, "UNASSIGNED");
  EXPECT_EQ(request.requestor_id, "123456789012");
  EXPECT_EQ(request.requestor_name, "Acme");
  EXPECT_EQ(request.create_date, kNow);
  EXPECT_EQ(request.updated_time, kNow);
  EXPECT_EQ(request.expiration_time, kNow + days(1));
  EXPECT_EQ(request.session_duration, 7200);
  EXPECT_FALSE(request.owner_account_id);
  EXPECT_FALSE(request.owner_id);
  EXPECT_FALSE(request.approver_id);
}

TEST_F(DelegationRequestTest, IsMadeByProductProvidersOnly) {
  service.caller = RootCaller(kOtherAccount);
  EXPECT_THAT(service.Call<api::CreateDelegationRequest>(Asking()),
              FailsWith(ErrorCode::kAccessDenied,
                        "Account 210987654321 is not a registered product provider, which CreateDelegationRequest is "
                        "for."));
  Change([](directory::Directory& directory) {
    return directory::InsertDelegationTemplate(
        directory.context, {.name = "other", .provider = kOtherAccount, .created = kNow, .policy = kTemplate});
  });
  EXPECT_THAT(service.Call<api::CreateDelegationRequest>(Asking()),  // Somebody else's.
              FailsWith(ErrorCode::kInvalidInput, "The policy template " + std::string(kReader) + " does not exist."));
}

TEST_F(DelegationRequestTest, IsNotMadeOfWhatIsWrong) {
  const auto fails = [&](const CreateDelegationRequestRequest& request, const std::string& message) {
    EXPECT_THAT(service.Call<api::CreateDelegationRequest>(request), FailsWith(ErrorCode::kInvalidInput, message));
  };
  CreateDelegationRequestRequest request = Asking();
  request.permissions.policy_template_arn.reset();
  fails(request, "The policy template  does not exist.");

  for (const char* topic :
       {"notices", "arn:aws:sns:us-east-1:210987654321:notices", "arn:aws:sqs:us-east-1:123456789012:n",
        "arn:aws:sns::123456789012:notices", "arn:aws:sns:us-east-1:123456789012:notices:sub"}) {
    request = Asking();
    request.notification_channel = topic;
    fails(request, "NotificationChannel must be the ARN of an SNS topic of account 123456789012.");
  }

  request = Asking();
  (*request.permissions.parameters)[0].type.reset();
  fails(request, "A parameter must have a Name and a Type.");
  request = Asking();
  request.permissions.parameters.reset();
  fails(request, "The policy template cannot be used with these parameters: the parameter `bucketNames` is missing");

  request = Asking();
  request.permissions.policy_template_arn = "arn:aws:iam:::delegation-template/roles";
  request.permissions.parameters = {{{.name = "verbs", .values = {{"CreateRole"}}, .type = "string"}}};
  fails(request,
        "The policy cannot be delegated: iam:CreateRole must be conditional on iam:PermissionsBoundary being a policy "
        "by its ARN");
  (*request.permissions.parameters)[0].values = {"GetRole"};
  EXPECT_THAT(service.Call<api::CreateDelegationRequest>(request), Succeeds());
}

TEST_F(DelegationRequestTest, IsMadeOnceForAWorkflowAndNotTooOften) {
  Make();
  service.caller = RootCaller();
  EXPECT_THAT(service.Call<api::CreateDelegationRequest>(Asking()),
              FailsWith(ErrorCode::kEntityAlreadyExists,
                        "Delegation request with RequestorWorkflowId workflow-1 already exists."));
  service.world.quotas.delegation_requests_per_account = 1;
  EXPECT_THAT(service.Call<api::CreateDelegationRequest>(Asking("workflow-2")),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for DelegationRequestsPerAccount: 1"));
}

// ---- Its way

TEST_F(DelegationRequestTest, GoesFromOwnerToApproverToProvider) {
  const std::string id = Make();
  EXPECT_THAT(Associate(id), Succeeds());
  EXPECT_EQ(StateOf(id), "ASSIGNED");
  service.now += hours(1);
  EXPECT_THAT(Update(id), Succeeds());
  EXPECT_EQ(StateOf(id), "PENDING_APPROVAL");
  As("bob");
  EXPECT_THAT(Accept(id), Succeeds());
  EXPECT_EQ(StateOf(id), "ACCEPTED");
  EXPECT_THAT(Send(id), Succeeds());
  const auto found = Get(id);
  EXPECT_EQ(found->delegation_request->state, "FINALIZED");
  EXPECT_EQ(found->delegation_request->owner_id, "arn:aws:iam::210987654321:user/alice");
  EXPECT_EQ(found->delegation_request->owner_account_id, "210987654321");
  EXPECT_EQ(found->delegation_request->approver_id, "arn:aws:iam::210987654321:user/bob");
  EXPECT_EQ(found->delegation_request->notes, "have a look");
  EXPECT_EQ(found->delegation_request->expiration_time, kNow + hours(1) + days(7));
}

TEST_F(DelegationRequestTest, IsAcceptedAtOnceByWhoMay) {
  const std::string id = Make();
  EXPECT_THAT(Associate(id), Succeeds());
  EXPECT_THAT(Accept(id), Succeeds());
  EXPECT_THAT(Send(id), Succeeds());
}

TEST_F(DelegationRequestTest, IsForTheAccountThatItNames) {
  CreateDelegationRequestRequest request = Asking();
  request.owner_account_id = "210987654321";
  const std::string id = Make(request);
  EXPECT_EQ(StateOf(id), "UNASSIGNED");
  service.caller = RootCaller();
  EXPECT_THAT(Get(id), NotFound(id));
  EXPECT_THAT(Associate(id), NotFound(id));
  As("alice");
  EXPECT_THAT(Associate(id), Succeeds());
}

TEST_F(DelegationRequestTest, OnceItIsOwnedNobodyElseKnowsOfIt) {
  const std::string id = Make();
  EXPECT_THAT(Associate(id), Succeeds());
  service.caller = RootCaller();
  EXPECT_THAT(Get(id), NotFound(id));
  EXPECT_THAT(Associate(id), NotFound(id));
  EXPECT_THAT(Update(id), NotFound(id));
  EXPECT_THAT(Accept(id), NotFound(id));
  EXPECT_THAT(Reject(id), NotFound(id));
  EXPECT_THAT(Send(id), NotFound(id));
  EXPECT_THAT(
      service.Call<api::GetHumanReadableSummary>({.entity_arn = "arn:aws:iam::123456789012:delegation-request/" + id}),
      NotFound(id));
}

TEST_F(DelegationRequestTest, TakesNoStepOutOfOrder) {
  const std::string id = Make();
  EXPECT_THAT(Update(id), NotIn(id, "UNASSIGNED"));
  EXPECT_THAT(Accept(id), NotIn(id, "UNASSIGNED"));
  EXPECT_THAT(Reject(id), NotIn(id, "UNASSIGNED"));
  EXPECT_THAT(Send(id), NotIn(id, "UNASSIGNED"));
  EXPECT_THAT(Associate(id), Succeeds());
  EXPECT_THAT(Associate(id), NotIn(id, "ASSIGNED"));
  EXPECT_THAT(Send(id), NotIn(id, "ASSIGNED"));
  EXPECT_THAT(Accept(id), Succeeds());
  EXPECT_THAT(Update(id), NotIn(id, "ACCEPTED"));
  EXPECT_THAT(Accept(id), NotIn(id, "ACCEPTED"));
  EXPECT_THAT(Send(id), Succeeds());
  EXPECT_THAT(Send(id), NotIn(id, "FINALIZED"));
  EXPECT_THAT(Reject(id), NotIn(id, "FINALIZED"));
}

TEST_F(DelegationRequestTest, IsRejectedForGoodUntilItsTokenIsSent) {
  for (const int steps : {1, 2, 3}) {
    const std::string id = Make(Asking("workflow-" + std::to_string(steps)));
    EXPECT_THAT(Associate(id), Succeeds());
    if (steps > 1) {
      EXPECT_THAT(Update(id), Succeeds());
    }
    if (steps > 2) {
      EXPECT_THAT(Accept(id), Succeeds());
    }
    EXPECT_THAT(Reject(id), Succeeds());
    EXPECT_EQ(Get(id)->delegation_request->state, "REJECTED");
    EXPECT_EQ(Get(id)->delegation_request->rejection_reason, "no");
    EXPECT_THAT(Accept(id), NotIn(id, "REJECTED"));
    EXPECT_THAT(Update(id), NotIn(id, "REJECTED"));
    EXPECT_THAT(Send(id), NotIn(id, "REJECTED"));
  }
}

TEST_F(DelegationRequestTest, ExpiresInEveryState) {
  const std::string id = Make();
  service.now += days(1);
  EXPECT_EQ(StateOf(id), "EXPIRED");
  EXPECT_THAT(Associate(id), NotIn(id, "EXPIRED"));
  const std::string other = Make(Asking("workflow-2"));
  EXPECT_THAT(Associate(other), Succeeds());
  EXPECT_THAT(Accept(other), Succeeds());
  service.now += days(7);
  EXPECT_THAT(Send(other), NotIn(other, "EXPIRED"));
}

TEST_F(DelegationRequestTest, RootAcceptsFourHoursAtMost) {
  CreateDelegationRequestRequest request = Asking();
  request.session_duration = 14401;
  const std::string id = Make(request);
  EXPECT_THAT(Associate(id), Succeeds());
  service.caller = RootCaller(kOtherAccount);
  EXPECT_THAT(Accept(id), FailsWith(ErrorCode::kInvalidInput,
                                    "The root user can only accept delegation requests with a duration of 4 hours or "
                                    "less."));
  request = Asking("workflow-2");
  request.session_duration = 14400;
  const std::string shorter = Make(request);
  EXPECT_THAT(Associate(shorter), Succeeds());
  service.caller = RootCaller(kOtherAccount);
  EXPECT_THAT(Accept(shorter), Succeeds());
}

TEST_F(DelegationRequestTest, IsNotAcceptedByWhoIsLimitedItself) {
  const std::string id = Make();
  EXPECT_THAT(Associate(id), Succeeds());
  service.caller.session = Caller::Session{.issued = kNow, .expires = kNow + hours(1), .limited = true};
  EXPECT_THAT(Accept(id), FailsWith(ErrorCode::kInvalidInput,
                                    "A session that is limited by session policies cannot accept a delegation "
                                    "request."));
}

TEST_F(DelegationRequestTest, TheOwnerAloneSendsTheTokenWhereTheProviderSaysSo) {
  CreateDelegationRequestRequest request = Asking();
  request.only_send_by_owner = true;
  const std::string id = Make(request);
  EXPECT_THAT(Associate(id), Succeeds());
  As("bob");
  EXPECT_THAT(Accept(id), Succeeds());
  EXPECT_THAT(Send(id), FailsWith(ErrorCode::kAccessDenied,
                                  "User: arn:aws:iam::210987654321:user/bob is not authorized to perform: "
                                  "iam:SendDelegationToken on resource: arn:aws:iam::210987654321:delegation-request/" +
                                      id + " because the token can only be sent by the owner of the request"));
  As("alice");
  EXPECT_THAT(Send(id), Succeeds());
}

// ---- Trading it in

TEST_F(DelegationRequestTest, TheProviderActsAsWhoeverAccepted) {
  const std::string id = Make();
  EXPECT_THAT(Associate(id), Succeeds());
  EXPECT_THAT(Accept(id), Succeeds());
  service.now += hours(1);
  EXPECT_THAT(Send(id), Succeeds());
  service.now += std::chrono::minutes(20);
  const auto traded = TradeIn(TokenSent());
  const session::Session session = Open(traded);
  EXPECT_EQ(traded->assumed_principal, "arn:aws:iam::210987654321:user/alice");
  EXPECT_GT(traded->packed_policy_size, 0);
  EXPECT_EQ(traded->credentials->expiration, kNow + hours(3));  // Two hours from when it was sent.
  EXPECT_EQ(session.account, kOtherAccount);
  EXPECT_EQ(session.type, PrincipalType::kUser);
  EXPECT_EQ(session.principal_id, "AIDAALICE");
  EXPECT_EQ(session.delegate, kAccount);
  EXPECT_EQ(session.issued, kNow);  // So that what is revoked since then ends it.
  EXPECT_EQ(session.origin.access_key_id, "AKIACUSTOMER");
  EXPECT_THAT(session.inline_policy, HasSubstr("arn:aws:s3:::b1/*"));
  EXPECT_FALSE(session.mfa_authenticated);

  const session::Session again = Open(TradeIn(TokenSent()));  // As often as it wants.
  EXPECT_NE(again.access_key_id, session.access_key_id);
  EXPECT_EQ(again.expires, session.expires);
}

TEST_F(DelegationRequestTest, ASessionThatAcceptedIsActedInAsItWas) {
  const std::string id = Make();
  EXPECT_THAT(Associate(id), Succeeds());
  service.caller = {.type = PrincipalType::kAssumedRole,
                    .account = kOtherAccount,
                    .arn = "arn:aws:sts::210987654321:assumed-role/Admin/dana",
                    .user_id = "AROAADMIN:dana",
                    .unique_id = "AROAADMIN",
                    .access_key_id = "ASIADANA",
                    .session = Caller::Session{.issued = kNow - hours(1),
                                               .expires = kNow + hours(1),
                                               .mfa_authenticated = true,
                                               .origin = {kOtherAccount, "AIDADANA", "AKIADANA"},
                                               .source_identity = "Dana",
                                               .transitive_tags = {{"team", "blue"}}}};
  service.principal_tags = {{"team", "blue"}, {"cost", "low"}};
  EXPECT_THAT(Accept(id), Succeeds());
  EXPECT_THAT(Send(id), Succeeds());
  const auto traded = TradeIn(TokenSent());
  const session::Session session = Open(traded);
  EXPECT_EQ(traded->assumed_principal, "arn:aws:sts::210987654321:assumed-role/Admin/dana");
  EXPECT_EQ(session.type, PrincipalType::kAssumedRole);
  EXPECT_EQ(session.principal_id, "AROAADMIN");
  EXPECT_EQ(session.name, "dana");
  EXPECT_TRUE(session.mfa_authenticated);
  EXPECT_EQ(session.source_identity, "Dana");
  EXPECT_EQ(session.origin.access_key_id, "AKIADANA");
  EXPECT_THAT(session.via, ElementsAre("ASIADANA"));
  EXPECT_THAT(session.tags, ElementsAre(session::SessionTag{.tag = {"team", "blue"}, .transitive = true},
                                        session::SessionTag{.tag = {"cost", "low"}, .transitive = false}));
}

TEST_F(DelegationRequestTest, ATokenIsGoodForItsProviderUntilItsTimeIsOver) {
  const std::string id = Make();
  EXPECT_THAT(Associate(id), Succeeds());
  EXPECT_THAT(Accept(id), Succeeds());
  EXPECT_THAT(Send(id), Succeeds());
  const std::string token = TokenSent();
  EXPECT_THAT(TradeIn(token, kOtherAccount),
              FailsWith(ErrorCode::kAccessDenied, "The trade-in token was issued to another account."));
  EXPECT_THAT(TradeIn("x" + token), FailsWith(ErrorCode::kValidationError, "The trade-in token is invalid."));
  service.now = kNow + hours(2) - std::chrono::seconds(1);
  EXPECT_THAT(TradeIn(token), Succeeds());
  service.now = kNow + hours(2);
  EXPECT_THAT(TradeIn(token), FailsWith(ErrorCode::kExpiredTradeInTokenException, "The trade-in token has expired."));
}

// ---- Looking at it

TEST_F(DelegationRequestTest, ListsWhatSomebodyOfTheAccountOwns) {
  for (const char* workflow : {"workflow-1", "workflow-2", "workflow-3"}) {
    const std::string id = Make(Asking(workflow));
    if (std::string(workflow) == "workflow-3") As("bob");
    EXPECT_THAT(Associate(id), Succeeds());
  }
  Make(Asking("workflow-4"));  // Nobody's.
  const auto all = service.Call<api::ListDelegationRequests>();
  ASSERT_THAT(all, Succeeds());
  EXPECT_THAT(*all->delegation_requests, SizeIs(3));
  EXPECT_EQ(all->is_truncated, false);
  EXPECT_FALSE(all->delegation_requests->front().permission_policy);
  const auto of_bob = service.Call<api::ListDelegationRequests>({.owner_id = "arn:aws:iam::210987654321:user/bob"});
  EXPECT_THAT(*of_bob->delegation_requests, SizeIs(1));
  service.caller = RootCaller();
  EXPECT_THAT(*service.Call<api::ListDelegationRequests>()->delegation_requests, IsEmpty());
}

TEST_F(DelegationRequestTest, ListsInPages) {
  for (const char* workflow : {"workflow-1", "workflow-2", "workflow-3"}) {
    EXPECT_THAT(Associate(Make(Asking(workflow))), Succeeds());
  }
  const auto first = service.Call<api::ListDelegationRequests>({.max_items = 2});
  ASSERT_THAT(first, Succeeds());
  EXPECT_THAT(*first->delegation_requests, SizeIs(2));
  EXPECT_EQ(first->is_truncated, true);
  const auto rest = service.Call<api::ListDelegationRequests>({.marker = first->marker});
  ASSERT_THAT(rest, Succeeds());
  EXPECT_THAT(*rest->delegation_requests, SizeIs(1));
  EXPECT_THAT(service.Call<api::ListDelegationRequests>({.marker = "made up"}),
              FailsWith(ErrorCode::kValidationError, "Invalid Marker."));
}

TEST_F(DelegationRequestTest, TellsWhetherTheCallerMayAllOfIt) {
  const std::string id = Make();
  const auto check = [&]() -> std::string {
    const auto found = Get(id, true);
    EXPECT_EQ(found->permission_check_status, "COMPLETE");
    return found->permission_check_result.value_or("");
  };
  const auto put = [&](const std::string& statement) {
    Change([&](directory::Directory& directory) {
      return directory.holdings.PutInline({directory::EntityKind::kUser, "AIDAALICE", "alice"}, "p",
                                          R"({"Version":"2012-10-17","Statement":[)" + statement + "]}");
    });
  };
  EXPECT_EQ(check(), "DENIED");
  put(R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})");
  EXPECT_EQ(check(), "ALLOWED");
  put(R"({"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::b1/*","arn:aws:s3:::b2/x"]})");
  EXPECT_EQ(check(), "UNSURE");
  put(R"({"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}})");
  EXPECT_EQ(check(), "UNSURE");
  put(R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b1/*"})");
  EXPECT_EQ(check(), "DENIED");
  service.caller = RootCaller(kOtherAccount);
  EXPECT_EQ(check(), "ALLOWED");
}

TEST_F(DelegationRequestTest, KnowsWhatPatternsOfActionsMean) {
  CreateDelegationRequestRequest request = Asking();
  request.permissions.policy_template_arn = "arn:aws:iam:::delegation-template/roles";
  request.permissions.parameters = {{{.name = "verbs", .values = {{"ListUser*"}}, .type = "string"}}};
  const std::string id = Make(request);
  Change([](directory::Directory& directory) {
    return directory.holdings.PutInline(
        {directory::EntityKind::kUser, "AIDAALICE", "alice"}, "p",
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ListUsers","iam:ListUserTags",)"
        R"("iam:ListUserPolicies"],"Resource":"*"}]})");
  });
  EXPECT_EQ(Get(id, true)->permission_check_result, "ALLOWED");
  Change([](directory::Directory& directory) {
    return directory.holdings.PutInline(
        {directory::EntityKind::kUser, "AIDAALICE", "alice"}, "p",
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ListUsers"],"Resource":"*"}]})");
  });
  EXPECT_EQ(Get(id, true)->permission_check_result, "DENIED");
}

TEST_F(DelegationRequestTest, IsSummarizedInWords) {
  const std::string id = Make();
  const auto summary = service.Call<api::GetHumanReadableSummary>(
      {.entity_arn = "arn:aws:iam::210987654321:delegation-request/" + id, .locale = "de"});
  ASSERT_THAT(summary, Succeeds());
  EXPECT_EQ(summary->summary_state, "AVAILABLE");
  EXPECT_EQ(summary->locale, "en");
  EXPECT_EQ(*summary->summary_content,
            "`Acme` (account `123456789012`) asks to act in your place for 2 hours, from the moment at which the token "
            "is sent. It can do what is listed here as far as whoever accepts the request can do it, and nothing "
            "else.\n\n### What it may do\n\n1. `s3`\n   - actions: `s3:GetObject`\n   - on resources: "
            "`arn:aws:s3:::b1/*`, `arn:aws:s3:::b2/*`\n");
  const auto other = service.Call<api::GetHumanReadableSummary>(
      {.entity_arn = "arn:aws:iam::210987654321:user/alice-with-a-long-name"});
  ASSERT_THAT(other, Succeeds());
  EXPECT_EQ(other->summary_state, "NOT_SUPPORTED");
  EXPECT_FALSE(other->summary_content);
  EXPECT_THAT(service.Call<api::GetHumanReadableSummary>({.entity_arn = "not an ARN at all, really"}),
              FailsWith(ErrorCode::kInvalidInput, "EntityArn not an ARN at all, really is not valid."));
}

}  // namespace
}  // namespace claviger::ops::iam
