#include "replay/replay.h"

#include <gmock/gmock.h>

#include "unit/replay/replay_fixture.h"

namespace claviger::replay {
namespace {

using namespace gen;      // NOLINT(google-build-using-namespace)
using namespace testing;  // NOLINT(google-build-using-namespace)
using service::testing::Succeeds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr const char* kBob = "arn:aws:iam::111122223333:user/bob";

std::string Put(const std::string& user, const std::string& effect, const std::string& action,
                const std::string& condition = "{}", const std::string& resource = "*") {
  return "[{'PutUserPolicy':{'UserName':'" + user +
         "','PolicyName':'change','PolicyDocument':" + Service::Statement(effect, action, resource, condition) + "}}]";
}

MATCHER_P3(Newly, effect, principal, action, "") {
  return arg.effect == effect && arg.principal == principal && arg.action == action;
}

class Replays : public ReplayTest {
 protected:
  service::testing::Client User(const std::string& name) { return service_.As(service_.AddUser(name)); }
};

TEST_F(Replays, TellWhatWouldBeNewlyDenied) {
  const auto bob = User("bob");
  service_.Allow("bob", "iam:*");
  for (int i = 0; i < 2; ++i) {
    service_.clock.now += std::chrono::minutes(1);
    ASSERT_THAT(bob.Call<iam::api::GetUser>({}), Succeeds());
  }
  ASSERT_THAT(bob.Call<iam::api::ListUsers>({}), Succeeds());
  const Report report = ReplayWith(Put("bob", "Deny", "iam:GetUser"));
  EXPECT_EQ(report.requests, 3U);
  EXPECT_EQ(report.newly_denied, 2U);
  EXPECT_EQ(report.newly_allowed, 0U);
  EXPECT_THAT(report.not_decided, IsEmpty());
  ASSERT_THAT(report.differences, ElementsAre(Newly(Effect::kNewlyDenied, kBob, "iam:GetUser")));
  const Difference& one = report.differences.front();
  EXPECT_EQ(one.count, 2U);
  EXPECT_EQ(one.last, service_.clock.now);
  EXPECT_EQ(one.resource, kBob);
  EXPECT_EQ(one.event_id.size(), 36U);
  EXPECT_EQ(one.before, "allowed by identity policies: user_bob_allow1, statement 1 `S1`");
  EXPECT_EQ(one.after, "denied by identity policies: user_bob_change, statement 1 `S1`");
}

TEST_F(Replays, TellWhatALostAllowWouldDeny) {
  const auto bob = User("bob");
  service_.Allow("bob", "iam:*");
  ASSERT_THAT(bob.Call<iam::api::GetUser>({}), Succeeds());
  const Report report = ReplayWith("[{'DeleteUserPolicy':{'UserName':'bob','PolicyName':'allow1'}}]");
  ASSERT_THAT(report.differences, SizeIs(1));
  EXPECT_EQ(report.differences.front().after, "nothing in the identity policies allows it");
}

// Of what was denied the record shows no parameters; the trail keeps them all the same.
TEST_F(Replays, TellWhatWouldBeNewlyAllowedByTheParametersOfTheRequest) {
  const auto bob = User("bob");
  const std::string boundary = "arn:aws:iam::aws:policy/PowerUserAccess";
  ASSERT_EQ(bob.Call<iam::api::CreateUser>({.user_name = "eve", .permissions_boundary = boundary}).status, 403);
  const auto with = [&](const std::string& arn) {
    return ReplayWith(Put("bob", "Allow", "iam:CreateUser", "{'ArnEquals':{'iam:PermissionsBoundary':'" + arn + "'}}"));
  };
  EXPECT_EQ(with("arn:aws:iam::aws:policy/ReadOnlyAccess").newly_allowed, 0U);
  const Report report = with(boundary);
  EXPECT_EQ(report.newly_allowed, 1U);
  ASSERT_THAT(report.differences, ElementsAre(Newly(Effect::kNewlyAllowed, kBob, "iam:CreateUser")));
  EXPECT_EQ(report.differences.front().before, "nothing in the identity policies allows it");
}

TEST_F(Replays, DecideWithTheCircumstancesOfTheRequest) {
  const auto bob = User("bob");
  service_.Allow("bob", "iam:*");
  ASSERT_THAT(bob.From("192.0.2.1").Call<iam::api::GetUser>({}), Succeeds());
  ASSERT_THAT(bob.From("198.51.100.1").With("User-Agent", "cron").Call<iam::api::GetUser>({}), Succeeds());
  const auto denied_if = [&](const std::string& condition) {
    return ReplayWith(Put("bob", "Deny", "iam:GetUser", condition)).newly_denied;
  };
  EXPECT_EQ(denied_if("{'NotIpAddress':{'aws:SourceIp':'192.0.2.0/24'}}"), 1U);
  EXPECT_EQ(denied_if("{'StringEquals':{'aws:UserAgent':'cron'}}"), 1U);
  EXPECT_EQ(denied_if("{'Bool':{'aws:SecureTransport':'false'}}"), 2U);
  EXPECT_EQ(denied_if("{'DateLessThan':{'aws:CurrentTime':'2026-03-02T00:00:00Z'}}"), 2U);
  EXPECT_EQ(denied_if("{'DateGreaterThan':{'aws:CurrentTime':'2026-03-02T00:00:00Z'}}"), 0U);
}

TEST_F(Replays, KnowWhatASessionCarried) {
  const auto bob = User("bob");
  service_.Allow("bob", "sts:*");
  const auto role = service_.AddRole("Reader", "{'AWS':'111122223333'}", "'sts:AssumeRole','sts:TagSession'");
  service_.PutRolePolicy(role, "all", Service::Statement("Allow", "iam:*"));
  const auto assume = [&](std::optional<std::string> policy, std::vector<sts::Tag> tags) {
    return service_.As(Service::In(bob.Call<sts::api::AssumeRole>({.role_arn = Service::ArnOf(role),
                                                                   .role_session_name = "monday",
                                                                   .policy = std::move(policy),
                                                                   .tags = std::move(tags)})));
  };
  std::string narrow = Service::Statement("Allow", "iam:GetRole");
  std::ranges::replace(narrow, '\'', '"');
  const auto narrowed = assume(narrow, {});
  const auto red = assume(std::nullopt, {{.key = "team", .value = "red"}});
  ASSERT_THAT(narrowed.Call<iam::api::GetRole>({.role_name = "Reader"}), Succeeds());
  ASSERT_EQ(narrowed.Call<iam::api::ListRoles>({}).status, 403);
  ASSERT_THAT(red.Call<iam::api::ListRoles>({}), Succeeds());

  const auto with = [&](const std::string& effect, const std::string& condition) {
    return ReplayWith("[{'PutRolePolicy':{'RoleName':'Reader','PolicyName':'change','PolicyDocument':" +
                      Service::Statement(effect, "iam:ListRoles", "*", condition) + "}}]");
  };
  EXPECT_THAT(with("Allow", "{}").differences, IsEmpty());  // The session's policy still narrows.
  const Report report = with("Deny", "{'StringEquals':{'aws:PrincipalTag/team':'red'}}");
  EXPECT_THAT(report.differences, ElementsAre(Newly(Effect::kNewlyDenied, Service::ArnOf(role), "iam:ListRoles")));
  EXPECT_EQ(report.newly_denied, 1U);
}

TEST_F(Replays, AskTrustPoliciesToo) {
  const auto bob = User("bob");
  service_.Allow("bob", "sts:*");
  service_.AddUser("eve");
  const auto role = service_.AddRole("Reader", "{'AWS':'111122223333'}");
  ASSERT_THAT(bob.Call<sts::api::AssumeRole>({.role_arn = Service::ArnOf(role), .role_session_name = "monday"}),
              Succeeds());
  const Report report = ReplayWith(
      "[{'UpdateAssumeRolePolicy':{'RoleName':'Reader','PolicyDocument':{'Version':'2012-10-17','Statement':"
      "{'Effect':'Allow','Action':'sts:AssumeRole','Principal':{'AWS':'arn:aws:iam::111122223333:user/eve'}}}}}]");
  ASSERT_THAT(report.differences, ElementsAre(Newly(Effect::kNewlyDenied, kBob, "sts:AssumeRole")));
  EXPECT_EQ(report.differences.front().after, "nothing in the trust policy allows it");
}

TEST_F(Replays, RememberResourcesThatAreGone) {
  const auto bob = User("bob");
  service_.AddUser("gone", "/x/");
  service_.Allow("bob", "iam:*");
  ASSERT_THAT(bob.Call<iam::api::GetUser>({.user_name = "gone"}), Succeeds());
  service_.Change([](directory::Directory& directory) -> Result<> {
    const auto user = TRY(directory.users.Get("gone"));
    for (const auto& key : TRY(directory.access_keys.ListOf(user.id))) TRY(directory.access_keys.Remove(key));
    return directory.users.Remove(user);
  });
  const auto denied_on = [&](const std::string& resource) {
    return ReplayWith(Put("bob", "Deny", "iam:GetUser", "{}", resource)).newly_denied;
  };
  EXPECT_EQ(denied_on("arn:aws:iam::111122223333:user/x/*"), 1U);
  EXPECT_EQ(denied_on("arn:aws:iam::111122223333:user/gone"), 0U);
}

TEST_F(Replays, NameWhatTheyCannotDecide) {
  const auto bob = User("bob");
  service_.Allow("bob", "*");
  const auto session = service_.As(Service::In(bob.Call<sts::api::GetSessionToken>({})));
  ASSERT_THAT(session.Call<sts::api::GetCallerIdentity>({}), Succeeds());  // Needs no permission: is not counted.
  const auto role = service_.AddRole("Reader", "{'AWS':'111122223333'}");
  service_.PutRolePolicy(role, "all", Service::Statement("Allow", "iam:*"));
  const auto assumed = service_.As(
      Service::In(bob.Call<sts::api::AssumeRole>({.role_arn = Service::ArnOf(role), .role_session_name = "monday"})));
  ASSERT_THAT(assumed.Call<iam::api::ListRoles>({}), Succeeds());
  const auto unknown = service_.As(service_.Session({.account = kAccount,
                                                     .type = PrincipalType::kAssumedRole,
                                                     .principal_id = role.id,
                                                     .name = "unknown",
                                                     .issued = service_.clock.now,
                                                     .expires = service_.clock.now + std::chrono::hours(1)}));
  ASSERT_THAT(unknown.Call<iam::api::ListRoles>({}), Succeeds());

  const std::string change = Put("bob", "Deny", "iam:GetUser");
  EXPECT_THAT(ReplayWith(change).not_decided, ElementsAre(Pair("the beginning of its session is not in the trail", 1)));
  EXPECT_EQ(ReplayWith(change).requests, 3U);
  crypto::Keyring other;
  other.Add(1, crypto::Secret(std::string(32, 'z')));
  session_keys_ = &other;
  EXPECT_THAT(ReplayWith(change).not_decided, Contains(Pair("the key that its session was sealed under is gone", 1)));
}

TEST_F(Replays, NameThoseWhoAreGone) {
  const auto bob = User("bob");
  service_.AddUser("eve");
  service_.Allow("bob", "iam:GetUser");
  ASSERT_THAT(bob.Call<iam::api::GetUser>({}), Succeeds());
  ASSERT_EQ(bob.Call<iam::api::ListUsers>({}).status, 403);
  service_.RemovePolicy("bob", "allow1");
  const std::string change = Put("eve", "Deny", "*");
  EXPECT_EQ(ReplayWith(change).lost_already, 1U);
  service_.Change([](directory::Directory& directory) -> Result<> {
    const auto user = TRY(directory.users.Get("bob"));
    for (const auto& key : TRY(directory.access_keys.ListOf(user.id))) TRY(directory.access_keys.Remove(key));
    return directory.users.Remove(user);
  });
  EXPECT_THAT(ReplayWith(change).not_decided, ElementsAre(Pair("who asked exists no longer", 2)));
}

TEST_F(Replays, KeepToTheirScope) {
  const auto bob = User("bob");
  const auto eve = User("eve");
  service_.Allow("bob", "iam:*");
  service_.Allow("eve", "iam:*");
  ASSERT_THAT(bob.Call<iam::api::GetUser>({}), Succeeds());
  service_.clock.now += std::chrono::hours(1);
  ASSERT_THAT(eve.Call<iam::api::GetUser>({}), Succeeds());
  const std::string change = Put("bob", "Deny", "*");
  EXPECT_EQ(ReplayWith(change).requests, 2U);
  EXPECT_EQ(ReplayWith(change, {.since = service_.clock.now}).requests, 1U);
  EXPECT_EQ(ReplayWith(change, {.until = service_.clock.now - std::chrono::minutes(1)}).newly_denied, 1U);
  EXPECT_EQ(ReplayWith(change, {.principal = kBob}).requests, 1U);
  EXPECT_EQ(ReplayWith(change, {.account = *AccountId::Parse("444455556666")}).requests, 0U);
}

TEST_F(Replays, ChangeNothing) {
  const auto bob = User("bob");
  service_.Allow("bob", "iam:*");
  ASSERT_THAT(bob.Call<iam::api::GetUser>({}), Succeeds());
  const int changes = service_.store.changes();
  EXPECT_EQ(ReplayWith(Put("bob", "Deny", "*")).newly_denied, 1U);
  EXPECT_EQ(service_.store.changes(), changes);
  EXPECT_THAT(bob.Call<iam::api::GetUser>({}), Succeeds());
}

}  // namespace
}  // namespace claviger::replay
