// Templates of product providers, delegation requests and the notices about them, at rest.
#include <algorithm>

#include "directory/delegation_notice.h"
#include "directory/delegation_request.h"
#include "directory/delegation_template.h"
#include "unit/directory/directory_fixture.h"

namespace claviger::directory {
namespace {

using std::chrono::days;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kPolicy[] =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]})";
constexpr char kAlice[] = "arn:aws:iam::210987654321:user/alice";

class Delegation : public testing::Test {
 protected:
  // A change as of `now`; whether it was made.
  template <class Change>
  void Do(const Change& change) {
    Attempt attempt(world);
    const Result<> done = change(attempt.directory.context);
    ASSERT_THAT(done, Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  DelegationRequest Make(const std::string& workflow = "workflow-1") {
    DelegationRequest request{.id = world.random.Uuid(),
                              .provider = kAccount,
                              .provider_name = "Acme",
                              .template_arn = DelegationTemplateArn("reader"),
                              .parameters = {{"bucketName", false, {"b"}}, {"prefixes", true, {"x", "y"}}},
                              .policy = kPolicy,
                              .description = "Reads a bucket",
                              .message = "please",
                              .workflow_id = workflow,
                              .redirect_url = "https://acme.example/back",
                              .topic = "arn:aws:sns:us-east-1:123456789012:notices",
                              .session_duration = std::chrono::hours(2),
                              .only_send_by_owner = true};
    Do([&](const Context& context) { return DelegationRequests(context).Insert(request, now); });
    return request;
  }
  std::optional<DelegationRequest> Find(const std::string& id) {
    std::optional<DelegationRequest> found;
    Do([&](const Context& context) -> Result<> {
      found = TRY(DelegationRequests(context).Find(id, now));
      return {};
    });
    return found;
  }
  void Advance(const std::string& id, DelegationState state, std::string_view token = {}) {
    Do([&](const Context& context) -> Result<> {
      auto request = TRY(DelegationRequests(context).Find(id, now));
      if (state == DelegationState::kAssigned) {
        request->owner_account = kOtherAccount;
        request->owner_arn = kAlice;
        request->owner_user_id = "AIDAALICE";
      }
      DelegationRequests(context).Advance(*request, state, now, token);
      return {};
    });
  }
  std::vector<DelegationNotice> Notices() {
    std::vector<DelegationNotice> notices;
    Do([&](const Context& context) -> Result<> {
      notices = TRY(DelegationNotices(context).List("", 100));
      return {};
    });
    return notices;
  }
  std::vector<std::string> StatesTold() {
    std::vector<std::string> states;
    for (const DelegationNotice& notice : Notices()) states.push_back(notice.state);
    return states;
  }
  std::size_t Sweep(std::size_t max = 100) {
    std::size_t swept = 0;
    Do([&](const Context& context) -> Result<> {
      swept = TRY(DelegationRequests(context).Sweep(now, max));
      return {};
    });
    return swept;
  }

  World world;
  TimePoint now = kNow;
};

// ---- Templates

TEST_F(Delegation, TemplatesBelongToAnAccountAndAreUnique) {
  const DelegationTemplate made{
      .name = "Acme_reader.1-0", .provider = kAccount, .created = kNow, .provider_name = "Acme", .policy = kPolicy};
  Do([&](const Context& context) { return InsertDelegationTemplate(context, made); });
  Do([&](const Context& context) -> Result<> {
    EXPECT_THAT(InsertDelegationTemplate(context, made),
                FailsWith(ErrorCode::kEntityAlreadyExists, "Delegation template Acme_reader.1-0 already exists."));
    const auto found = TRY(FindDelegationTemplate(context, made.name));
    EXPECT_EQ(found->provider, kAccount);
    EXPECT_EQ(found->created, kNow);
    EXPECT_EQ(found->provider_name, "Acme");
    EXPECT_EQ(found->policy, kPolicy);
    EXPECT_THAT(TRY(ListDelegationTemplates(context)), SizeIs(1));
    TRY(RemoveDelegationTemplate(context, made.name));
    EXPECT_THAT(
        RemoveDelegationTemplate(context, made.name),
        FailsWith(ErrorCode::kNoSuchEntity, "The delegation template with name Acme_reader.1-0 cannot be found."));
    EXPECT_FALSE(TRY(FindDelegationTemplate(context, made.name)));
    return {};
  });
  EXPECT_EQ(CountKeys(world), 0U);
}

TEST_F(Delegation, TemplatesHaveNamesThatFitAnArn) {
  EXPECT_EQ(DelegationTemplateArn("reader"), "arn:aws:iam:::delegation-template/reader");
  EXPECT_EQ(DelegationTemplateName("arn:aws:iam:::delegation-template/reader"), "reader");
  for (const char* arn : {"", "reader", "arn:aws:iam:::delegation-template/", "arn:aws:iam:::delegation-template/a/b",
                          "arn:aws:iam::123456789012:delegation-template/reader"}) {
    EXPECT_FALSE(DelegationTemplateName(arn)) << arn;
  }
  Do([&](const Context& context) -> Result<> {
    for (const std::string& name : {std::string(), std::string("a/b"), std::string("a b"), std::string(129, 'a')}) {
      EXPECT_THAT(InsertDelegationTemplate(context, {.name = name, .provider = kAccount, .policy = kPolicy}),
                  FailsWith(ErrorCode::kValidationError,
                            "a template's name is made of letters, digits, `_`, `.` and `-`, 128 at most"))
          << name;
    }
    EXPECT_THAT(
        InsertDelegationTemplate(
            context, {.name = "a", .provider = kAccount, .provider_name = std::string(31, 'x'), .policy = kPolicy}),
        FailsWith(ErrorCode::kValidationError, "a provider's name has at most 30 printable characters"));
    return {};
  });
}

// ---- Requests

TEST_F(Delegation, ARequestIsKeptAsItWasMade) {
  const DelegationRequest made = Make();
  const auto found = Find(made.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->provider, kAccount);
  EXPECT_EQ(found->provider_name, "Acme");
  EXPECT_EQ(found->template_arn, "arn:aws:iam:::delegation-template/reader");
  ASSERT_THAT(found->parameters, SizeIs(2));
  EXPECT_FALSE(found->parameters[0].is_list);
  EXPECT_EQ(found->parameters[1].name, "prefixes");
  EXPECT_TRUE(found->parameters[1].is_list);
  EXPECT_THAT(found->parameters[1].values, ElementsAre("x", "y"));
  EXPECT_EQ(found->policy, kPolicy);
  EXPECT_EQ(found->description, "Reads a bucket");
  EXPECT_EQ(found->message, "please");
  EXPECT_EQ(found->workflow_id, "workflow-1");
  EXPECT_EQ(found->redirect_url, "https://acme.example/back");
  EXPECT_EQ(found->session_duration, std::chrono::hours(2));
  EXPECT_TRUE(found->only_send_by_owner);
  EXPECT_EQ(found->state, DelegationState::kUnassigned);
  EXPECT_EQ(found->created, kNow);
  EXPECT_EQ(found->expires, kNow + days(1));
  EXPECT_TRUE(found->IsVisibleTo(kOtherAccount));
  EXPECT_FALSE(Find("nobody"));
}

TEST_F(Delegation, AWorkflowHasOneRequest) {
  DelegationRequest made = Make();
  Do([&](const Context& context) -> Result<> {
    made.id = "another";
    EXPECT_THAT(DelegationRequests(context).Insert(made, now),
                FailsWith(ErrorCode::kEntityAlreadyExists,
                          "Delegation request with RequestorWorkflowId workflow-1 already exists."));
    made.provider = kOtherAccount;  // It counts these by itself.
    EXPECT_THAT(DelegationRequests(context).Insert(made, now), Succeeds());
    return {};
  });
}

TEST_F(Delegation, AProviderHasSoManyRequests) {
  world.quotas.delegation_requests_per_account = 1;
  const DelegationRequest made = Make();
  Do([&](const Context& context) -> Result<> {
    DelegationRequest more = made;
    more.workflow_id = "workflow-2";
    EXPECT_THAT(DelegationRequests(context).Insert(more, now),
                FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for DelegationRequestsPerAccount: 1"));
    return {};
  });
}

TEST_F(Delegation, EachStepIsToldAndStartsAWeek) {
  const DelegationRequest made = Make();
  EXPECT_THAT(Notices(), IsEmpty());
  for (const DelegationState state :
       {DelegationState::kAssigned, DelegationState::kPendingApproval, DelegationState::kAccepted}) {
    now += std::chrono::hours(1);
    Advance(made.id, state);
    const auto found = Find(made.id);
    EXPECT_EQ(found->state, state);
    EXPECT_EQ(found->updated, now);
    EXPECT_EQ(found->expires, now + days(7));
    EXPECT_EQ(found->owner_arn, kAlice);
    EXPECT_FALSE(found->IsVisibleTo(kAccount));
    EXPECT_TRUE(found->IsVisibleTo(kOtherAccount));
  }
  EXPECT_THAT(StatesTold(), ElementsAre("ASSIGNED", "PENDING_APPROVAL", "ACCEPTED"));
}

TEST_F(Delegation, TheTokenComesWithANoticeOfItsOwnAndIsSealed) {
  const DelegationRequest made = Make();
  Advance(made.id, DelegationState::kAssigned);
  now += std::chrono::microseconds(123456);
  Advance(made.id, DelegationState::kFinalized, "the-token");
  const auto notices = Notices();
  ASSERT_THAT(notices, SizeIs(3));
  const std::string id = made.id;
  EXPECT_THAT(ToMessage(notices[1]), Not(HasSubstr("the-token")));
  EXPECT_EQ(
      ToMessage(notices[2]),
      R"({"Type":"Notification","MessageId":")" + notices[2].message_id +
          R"(","TopicArn":"arn:aws:sns:us-east-1:123456789012:notices","Message":"{\"Type\":\"ExchangeToken\",)"
          R"(\"RequestId\":\")" +
          id +
          R"(\",\"RequestorWorkflowId\":\"workflow-1\",\"State\":\"FINALIZED\",\"OwnerAccountId\":\"210987654321\",)"
          R"(\"ExchangeToken\":\"the-token\",\"ExpiresAt\":\"2026-01-31T14:00:00.000Z\",)"
          R"(\"UpdatedAt\":\"2026-01-31T12:00:00.123Z\"}","Timestamp":"2026-01-31T12:00:00.123Z"})");
  const auto scanned = world.reader->Scan("", "", [](std::string_view, const store::Entry& entry) {
    EXPECT_THAT(std::string(entry.value), Not(HasSubstr("the-token")));
    return true;
  });
  EXPECT_TRUE(scanned.ok());
}

TEST_F(Delegation, WhoOwnsWhatIsListedByAccount) {
  const DelegationRequest first = Make();
  Make("workflow-2");
  Advance(first.id, DelegationState::kAssigned);
  Do([&](const Context& context) -> Result<> {
    EXPECT_THAT(TRY(DelegationRequests(context).ListOwned()), IsEmpty());
    const auto owned = TRY(DelegationRequests(InAccount(context, kOtherAccount)).ListOwned());
    EXPECT_EQ(owned.size(), 1U);
    EXPECT_EQ(owned.front().id, first.id);
    EXPECT_EQ(owned.front().owner_arn, kAlice);
    return {};
  });
}

TEST_F(Delegation, WhatIsOverdueShowsAsExpiredEvenBeforeItIsSwept) {
  const DelegationRequest made = Make();
  now += days(1) - std::chrono::microseconds(1);
  EXPECT_EQ(Find(made.id)->state, DelegationState::kUnassigned);
  now += std::chrono::microseconds(1);
  EXPECT_EQ(Find(made.id)->state, DelegationState::kExpired);
  EXPECT_EQ(Find(made.id)->updated, kNow + days(1));
  EXPECT_THAT(StatesTold(), IsEmpty());
  EXPECT_EQ(Sweep(), 1U);
  EXPECT_EQ(Sweep(), 0U);
  EXPECT_EQ(Find(made.id)->state, DelegationState::kExpired);
  EXPECT_EQ(Find(made.id)->updated, kNow + days(1));
  EXPECT_THAT(StatesTold(), ElementsAre("EXPIRED"));
}

TEST_F(Delegation, WhatEndedOtherwiseExpiresWithoutAWord) {
  const DelegationRequest rejected = Make();
  const DelegationRequest finalized = Make("workflow-2");
  Advance(rejected.id, DelegationState::kAssigned);
  Advance(rejected.id, DelegationState::kRejected);
  Advance(finalized.id, DelegationState::kAssigned);
  Advance(finalized.id, DelegationState::kFinalized);
  const std::size_t told = StatesTold().size();
  now += days(7) - std::chrono::microseconds(1);
  EXPECT_EQ(Sweep(), 0U);
  EXPECT_EQ(Find(rejected.id)->state, DelegationState::kRejected);
  now += std::chrono::microseconds(1);
  EXPECT_EQ(Sweep(1), 1U);
  EXPECT_EQ(Sweep(1), 1U);
  EXPECT_EQ(Find(rejected.id)->state, DelegationState::kExpired);
  EXPECT_EQ(Find(finalized.id)->state, DelegationState::kExpired);
  EXPECT_EQ(StatesTold().size(), told);
}

TEST_F(Delegation, WhatExpiredIsForgottenInTheEnd) {
  const DelegationRequest made = Make();
  Advance(made.id, DelegationState::kAssigned);
  now += days(7);
  EXPECT_EQ(Sweep(), 1U);
  now += days(30) - std::chrono::seconds(1);
  EXPECT_EQ(Sweep(), 0U);
  EXPECT_TRUE(Find(made.id));
  now += std::chrono::seconds(1);
  EXPECT_EQ(Sweep(), 1U);
  EXPECT_FALSE(Find(made.id));
  Do([&](const Context& context) -> Result<> {
    EXPECT_EQ(TRY(DelegationNotices(context).Forget(now, 100)), 2U);
    return {};
  });
  EXPECT_EQ(CountKeys(world), 1U);  // The provider's counter, which is 0 now.
  world.quotas.delegation_requests_per_account = 1;
  Make();
}

// ---- Notices

TEST_F(Delegation, NoticesAreKeptForAWeek) {
  const DelegationRequest made = Make();
  Advance(made.id, DelegationState::kAssigned);
  now += days(1);
  Advance(made.id, DelegationState::kAccepted);
  now = kNow + days(7);
  Do([&](const Context& context) -> Result<> {
    EXPECT_EQ(TRY(DelegationNotices(context).Forget(now, 100)), 0U);
    EXPECT_EQ(TRY(DelegationNotices(context).Forget(now + std::chrono::microseconds(1), 100)), 1U);
    return {};
  });
  EXPECT_THAT(StatesTold(), ElementsAre("ACCEPTED"));
}

TEST_F(Delegation, NoticesComeInPages) {
  const DelegationRequest made = Make();
  for (const DelegationState state : {DelegationState::kAssigned, DelegationState::kPendingApproval,
                                      DelegationState::kAccepted, DelegationState::kRejected}) {
    Advance(made.id, state);
    now += std::chrono::seconds(1);
  }
  Do([&](const Context& context) -> Result<> {
    DelegationNotices notices(context);
    const auto first = TRY(notices.List("", 3));
    EXPECT_EQ(first.size(), 3U);
    const auto rest = TRY(notices.List(PositionOf(first.back()), 3));
    EXPECT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest.front().state, "REJECTED");
    DelegationNotice delivered = rest.front();
    delivered.delivered = true;
    notices.Put(delivered);
    EXPECT_TRUE(TRY(notices.List(PositionOf(first.back()), 3)).front().delivered);
    return {};
  });
}

}  // namespace
}  // namespace claviger::directory
