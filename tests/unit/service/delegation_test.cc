// Temporary delegation through the whole service: who may take which step, and what a provider may do with what it
// gets.
#include "service/delegation.h"

#include <string>

#include "directory/delegation_notice.h"
#include "directory/delegation_template.h"
#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using gen::sts::api::AssumeRole;
using gen::sts::api::GetCallerIdentity;
using gen::sts::api::GetDelegatedAccessToken;
using gen::sts::api::GetFederationToken;
using gen::sts::api::GetSessionToken;
using ::testing::HasSubstr;

constexpr char kTemplate[] =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["@{actions}"],"Resource":"*"}]})";

// Provider and customers are of one account: who may do what does not depend on it.
class DelegationTest : public ::testing::Test {
 protected:
  DelegationTest() {
    service.Change([&](directory::Directory& directory) {
      return directory::InsertDelegationTemplate(
          directory.context, {.name = "any", .provider = kAccount, .created = service.clock.now, .policy = kTemplate});
    });
  }

  std::string Make(std::vector<std::string> actions, int seconds = 3600) {
    CreateDelegationRequest::Request request{.description = "Does something",
                                             .requestor_workflow_id = "workflow-" + std::to_string(++workflows_),
                                             .notification_channel = "arn:aws:sns:us-east-1:111122223333:notices",
                                             .session_duration = seconds};
    request.permissions.policy_template_arn = directory::DelegationTemplateArn("any");
    request.permissions.parameters = {{{.name = "actions", .values = std::move(actions), .type = "stringList"}}};
    const Answer made = service.As(service.root).Call<CreateDelegationRequest>(request);
    EXPECT_THAT(made, Succeeds());
    return made.Text("DelegationRequestId");
  }
  Answer Associate(const Credentials& who, const std::string& id) {
    return service.As(who).Call<AssociateDelegationRequest>({.delegation_request_id = id});
  }
  Answer Get(const Credentials& who, const std::string& id) {
    return service.As(who).Call<GetDelegationRequest>({.delegation_request_id = id});
  }
  Answer Update(const Credentials& who, const std::string& id) {
    return service.As(who).Call<UpdateDelegationRequest>({.delegation_request_id = id});
  }
  Answer Accept(const Credentials& who, const std::string& id) {
    return service.As(who).Call<AcceptDelegationRequest>({.delegation_request_id = id});
  }
  Answer Reject(const Credentials& who, const std::string& id) {
    return service.As(who).Call<RejectDelegationRequest>({.delegation_request_id = id});
  }
  Answer Send(const Credentials& who, const std::string& id) {
    return service.As(who).Call<SendDelegationToken>({.delegation_request_id = id});
  }
  Answer ListOf(const Credentials& who, std::optional<std::string> owner) {
    return service.As(who).Call<ListDelegationRequests>({.owner_id = std::move(owner)});
  }
  Answer Summarize(const Credentials& who, const std::string& id) {
    return service.As(who).Call<GetHumanReadableSummary>(
        {.entity_arn = "arn:aws:iam::111122223333:delegation-request/" + id});
  }
  std::string TokenSent() {
    std::string token;
    service.Change([&](directory::Directory& directory) -> Result<> {
      token = TRY(directory::DelegationNotices(directory.context).List("", 100)).back().exchange_token.Reveal();
      return {};
    });
    return token;
  }
  // What the provider gets from `who`, which may accept.
  Credentials DelegatedBy(const Credentials& who, std::vector<std::string> actions) {
    service.clock.now += std::chrono::seconds(1);  // So that its notices are the last.
    const std::string id = Make(std::move(actions));
    EXPECT_THAT(Associate(who, id), Succeeds());
    EXPECT_THAT(Accept(who, id), Succeeds());
    EXPECT_THAT(Send(who, id), Succeeds());
    return Service::In(service.As(service.root).Call<GetDelegatedAccessToken>({.trade_in_token = TokenSent()}));
  }
  static auto IsDenied(const std::string& user, const std::string& action, const std::string& id) {
    return FailsSaying(ErrorCode::kAccessDenied,
                       "User: arn:aws:iam::111122223333:user/" + user + " is not authorized to perform: iam:" + action +
                           " on resource: arn:aws:iam::111122223333:delegation-request/" + id +
                           " because no identity-based policy allows the iam:" + action + " action");
  }

  Service service;
  Credentials alice = service.AddUser("alice");
  Credentials bob = service.AddUser("bob");
  int workflows_ = 0;
};

// ---- Who may take which step

TEST_F(DelegationTest, WhatNobodyOwnsAnybodyMayLookAtAndTakeOn) {
  const std::string id = Make({"s3:GetObject"});
  EXPECT_THAT(Get(alice, id), Succeeds());
  EXPECT_THAT(Summarize(alice, id), Succeeds());
  EXPECT_THAT(Update(alice, id), IsDenied("alice", "UpdateDelegationRequest", id));
  EXPECT_THAT(Accept(alice, id), IsDenied("alice", "AcceptDelegationRequest", id));
  EXPECT_THAT(Associate(alice, id), Succeeds());
}

TEST_F(DelegationTest, AnOwnerSeesItThroughButDoesNotAccept) {
  service.Allow("bob", "iam:AcceptDelegationRequest");
  const std::string id = Make({"s3:GetObject"});
  EXPECT_THAT(Associate(alice, id), Succeeds());
  EXPECT_THAT(Get(alice, id), Succeeds());
  EXPECT_THAT(Summarize(alice, id), Succeeds());
  EXPECT_THAT(Accept(alice, id), IsDenied("alice", "AcceptDelegationRequest", id));
  EXPECT_THAT(Update(alice, id), Succeeds());
  EXPECT_THAT(Accept(bob, id), Succeeds());
  EXPECT_THAT(Send(alice, id), Succeeds());

  const std::string other = Make({"s3:GetObject"});
  EXPECT_THAT(Associate(alice, other), Succeeds());
  EXPECT_THAT(Reject(alice, other), Succeeds());
}

TEST_F(DelegationTest, NobodyElseMayWithoutAPolicy) {
  const std::string id = Make({"s3:GetObject"});
  EXPECT_THAT(Associate(alice, id), Succeeds());
  EXPECT_THAT(Get(bob, id), IsDenied("bob", "GetDelegationRequest", id));
  EXPECT_THAT(Summarize(bob, id), IsDenied("bob", "GetHumanReadableSummary", id));
  EXPECT_THAT(Associate(bob, id), IsDenied("bob", "AssociateDelegationRequest", id));
  EXPECT_THAT(Update(bob, id), IsDenied("bob", "UpdateDelegationRequest", id));
  EXPECT_THAT(Reject(bob, id), IsDenied("bob", "RejectDelegationRequest", id));
  EXPECT_THAT(Send(bob, id), IsDenied("bob", "SendDelegationToken", id));
  service.Allow("bob", "iam:*DelegationRequest", "arn:aws:iam::111122223333:delegation-request/" + id);
  EXPECT_THAT(Get(bob, id), Succeeds());
  EXPECT_THAT(Reject(bob, id), Succeeds());
}

TEST_F(DelegationTest, ListsWhatOneOwnsWithoutAPolicy) {
  const std::string id = Make({"s3:GetObject"});
  EXPECT_THAT(Associate(alice, id), Succeeds());
  const std::string her_arn = "arn:aws:iam::111122223333:user/alice";
  EXPECT_THAT(ListOf(alice, her_arn).body, HasSubstr(id));
  EXPECT_THAT(ListOf(alice, std::nullopt), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(ListOf(bob, her_arn), Fails(ErrorCode::kAccessDenied));
  service.Allow("bob", "iam:ListDelegationRequests", "*",
                "{'ArnEquals':{'iam:DelegationRequestOwner':'" + her_arn + "'}}");
  EXPECT_THAT(ListOf(bob, her_arn).body, HasSubstr(id));
  EXPECT_THAT(ListOf(bob, std::nullopt), Fails(ErrorCode::kAccessDenied));
}

TEST_F(DelegationTest, DefaultPermissionsAreNarrowedLikeAnyOther) {
  const std::string id = Make({"s3:GetObject"});
  EXPECT_THAT(Associate(alice, id), Succeeds());
  service.SetBoundary("alice", service.AddManagedPolicy("only-s3", Service::Statement("Allow", "s3:*")));
  EXPECT_THAT(Get(alice, id), Fails(ErrorCode::kAccessDenied));
  service.Deny("bob", "iam:GetDelegationRequest");
  const std::string other = Make({"s3:GetObject"});
  EXPECT_THAT(Get(bob, other), Fails(ErrorCode::kAccessDenied));
}

TEST_F(DelegationTest, ANewUserOfTheOldNameOwnsNothing) {
  const std::string id = Make({"s3:GetObject"});
  EXPECT_THAT(Associate(alice, id), Succeeds());
  service.Change([&](directory::Directory& directory) -> Result<> {
    const auto user = TRY(directory.users.Get("alice"));
    auto renamed = user;
    renamed.name = "alicia";
    return directory.users.Replace(user, renamed);
  });
  EXPECT_THAT(Get(alice, id), Succeeds());  // She does, by any name.
  EXPECT_THAT(Get(service.AddUser("alice"), id), IsDenied("alice", "GetDelegationRequest", id));
}

TEST_F(DelegationTest, ConditionsReadOwnerDurationChannelAndTemplate) {
  service.Allow("bob", "iam:AcceptDelegationRequest", "*",
                "{'ArnEquals':{'iam:DelegationRequestOwner':'arn:aws:iam::111122223333:user/alice'}}");
  const std::string of_alice = Make({"s3:GetObject"});
  EXPECT_THAT(Associate(alice, of_alice), Succeeds());
  EXPECT_THAT(Accept(bob, of_alice), Succeeds());
  const std::string of_bob = Make({"s3:GetObject"});
  EXPECT_THAT(Associate(bob, of_bob), Succeeds());
  EXPECT_THAT(Accept(bob, of_bob), Fails(ErrorCode::kAccessDenied));

  service.Allow("alice", "iam:CreateDelegationRequest", "*",
                "{'NumericLessThanEquals':{'iam:DelegationDuration':'3600'},'ArnEquals':{'iam:TemplateArn':"
                "'arn:aws:iam:::delegation-template/any','iam:NotificationChannel':"
                "'arn:aws:sns:us-east-1:111122223333:notices'}}");
  CreateDelegationRequest::Request request{.description = "",
                                           .requestor_workflow_id = "by-alice",
                                           .notification_channel = "arn:aws:sns:us-east-1:111122223333:notices",
                                           .session_duration = 3601};
  request.permissions.policy_template_arn = directory::DelegationTemplateArn("any");
  request.permissions.parameters = {{{.name = "actions", .values = {{"s3:GetObject"}}, .type = "string"}}};
  EXPECT_THAT(service.As(alice).Call<CreateDelegationRequest>(request), Fails(ErrorCode::kAccessDenied));
  request.session_duration = 3600;
  EXPECT_THAT(service.As(alice).Call<CreateDelegationRequest>(request), Succeeds());
}

// ---- What the provider may do with it

TEST_F(DelegationTest, AProviderMayWhatBothTheApproverAndTheRequestAllow) {
  service.Allow("alice", "iam:*DelegationRequest");
  service.Allow("alice", "iam:GetUser");
  service.Allow("alice", "iam:ListUsers");
  const Credentials provider = DelegatedBy(alice, {"iam:GetUser", "iam:CreateUser"});
  EXPECT_EQ(service.As(provider).Call<GetCallerIdentity>({}).Text("Arn"), "arn:aws:iam::111122223333:user/alice");
  EXPECT_THAT(service.As(provider).Call<GetUser>({.user_name = "bob"}), Succeeds());
  EXPECT_THAT(service.As(provider).Call<ListUsers>({}),  // Alice may, but has not passed it on.
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:ListUsers on "
                          "resource: arn:aws:iam::111122223333:user/ because no session policy allows the "
                          "iam:ListUsers action"));
  EXPECT_THAT(service.As(provider).Call<CreateUser>({.user_name = "eve"}), Fails(ErrorCode::kAccessDenied));
  service.Allow("alice", "iam:CreateUser");
  EXPECT_THAT(service.As(provider).Call<CreateUser>({.user_name = "eve"}), Succeeds());
}

TEST_F(DelegationTest, TheRootUserDelegatesNoMoreThanWhatItAccepts) {
  const Credentials provider = DelegatedBy(service.root, {"iam:GetUser"});
  EXPECT_EQ(service.As(provider).Call<GetCallerIdentity>({}).Text("Arn"), "arn:aws:iam::111122223333:root");
  EXPECT_THAT(service.As(provider).Call<GetUser>({.user_name = "bob"}), Succeeds());
  EXPECT_THAT(service.As(provider).Call<CreateUser>({.user_name = "eve"}),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:iam::111122223333:root is not authorized to perform: iam:CreateUser on "
                          "resource: arn:aws:iam::111122223333:user/eve because no session policy allows the "
                          "iam:CreateUser action"));
  EXPECT_THAT(service.As(provider).Call<ListUsers>({}), Fails(ErrorCode::kAccessDenied));
}

TEST_F(DelegationTest, WhomARoleTrustsByNameIsLimitedAllTheSame) {
  service.Allow("alice", "iam:*DelegationRequest");
  const auto role = service.AddRole("Trusting", "{'AWS':'arn:aws:iam::111122223333:user/alice'}");
  const AssumeRole::Request request{.role_arn = Service::ArnOf(role), .role_session_name = "provider"};
  EXPECT_THAT(service.As(alice).Call<AssumeRole>(request), Succeeds());
  EXPECT_THAT(service.As(DelegatedBy(alice, {"iam:GetUser"})).Call<AssumeRole>(request),
              Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(service.As(DelegatedBy(alice, {"sts:AssumeRole"})).Call<AssumeRole>(request), Succeeds());
}

TEST_F(DelegationTest, ARoleSessionDelegatesAsTheRole) {
  const auto role = service.AddRole("Admin", "{'AWS':'arn:aws:iam::111122223333:user/alice'}");
  service.PutRolePolicy(role, "all", Service::Statement("Allow", "*"));
  const Credentials admin =
      Service::In(service.As(alice).Call<AssumeRole>({.role_arn = Service::ArnOf(role), .role_session_name = "alice"}));
  const Credentials provider = DelegatedBy(admin, {"iam:GetUser"});
  EXPECT_EQ(service.As(provider).Call<GetCallerIdentity>({}).Text("Arn"),
            "arn:aws:sts::111122223333:assumed-role/Admin/alice");
  EXPECT_THAT(service.As(provider).Call<GetUser>({.user_name = "bob"}), Succeeds());
  EXPECT_THAT(service.As(provider).Call<ListUsers>({}), Fails(ErrorCode::kAccessDenied));
}

TEST_F(DelegationTest, WhatWasDelegatedIsNotPassedOn) {
  service.Allow("alice", "*");
  const Credentials provider = DelegatedBy(alice, {"iam:*DelegationRequest"});
  const std::string id = Make({"iam:GetUser"});
  EXPECT_THAT(Associate(provider, id), Succeeds());
  EXPECT_THAT(Accept(provider, id),
              FailsSaying(ErrorCode::kInvalidInput,
                          "A session that is limited by session policies cannot accept a delegation request."));
  for (const Answer& answer : {service.As(provider).Call<GetSessionToken>({}),
                               service.As(provider).Call<GetFederationToken>({.name = "eve"})}) {
    EXPECT_THAT(answer, Fails(ErrorCode::kAccessDenied));
  }
}

TEST_F(DelegationTest, AProviderActingAsTheOwnerHasNoneOfTheOwnersDefaults) {
  service.Allow("alice", "iam:AcceptDelegationRequest");
  const Credentials provider = DelegatedBy(alice, {"iam:GetUser"});
  const std::string id = Make({"iam:GetUser"});
  EXPECT_THAT(Associate(provider, id), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(Associate(alice, id), Succeeds());
  EXPECT_THAT(Accept(alice, id), Succeeds());
  EXPECT_THAT(Send(provider, id), Fails(ErrorCode::kAccessDenied));
}

TEST_F(DelegationTest, EndsWithItsTimeItsPrincipalAndARevocation) {
  service.Allow("alice", "iam:*");
  const auto is_invalid =
      FailsSaying(ErrorCode::kInvalidClientTokenId, "The security token included in the request is invalid.");
  const Credentials provider = DelegatedBy(alice, {"iam:GetUser"});
  const auto look = [&](const Credentials& who) { return service.As(who).Call<GetUser>({.user_name = "bob"}); };
  EXPECT_THAT(look(provider), Succeeds());
  service.clock.now += std::chrono::hours(1);
  EXPECT_THAT(look(provider), Fails(ErrorCode::kExpiredToken));

  // Revoked after it was accepted, traded in after that.
  const std::string id = Make({"iam:GetUser"});
  EXPECT_THAT(Associate(alice, id), Succeeds());
  EXPECT_THAT(Accept(alice, id), Succeeds());
  service.clock.now += std::chrono::minutes(1);
  service.Change([&](directory::Directory& directory) -> Result<> {
    const auto user = TRY(directory.users.Get("alice"));
    return directory.revocations.Revoke(directory::RevocationKind::kUser, user.id, service.clock.now);
  });
  service.clock.now += std::chrono::minutes(1);
  EXPECT_THAT(Send(alice, id), Succeeds());
  EXPECT_THAT(
      look(Service::In(service.As(service.root).Call<GetDelegatedAccessToken>({.trade_in_token = TokenSent()}))),
      is_invalid);

  const Credentials later = DelegatedBy(alice, {"iam:GetUser"});
  EXPECT_THAT(look(later), Succeeds());
  service.Change([&](directory::Directory& directory) -> Result<> {
    TRY(directory.access_keys.Remove(TRY(directory.access_keys.GetOf(service.IdOf("alice"), alice.access_key_id))));
    return {};
  });
  EXPECT_THAT(look(later), Succeeds());  // As any session does.
}

}  // namespace
}  // namespace claviger::service
