#include "service/auditor.h"

#include <gmock/gmock.h>

#include "directory/keyspace.h"
#include "gen/iam/operations.h"
#include "gen/sts/operations.h"
#include "store/memory.h"

namespace claviger::service {
namespace {

using namespace gen;  // NOLINT(google-build-using-namespace)
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const AccountId kAccount = *AccountId::Parse("111122223333");
const TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

class FixedClock final : public Clock {
 public:
  TimePoint Now() const override { return kNow; }
};

class AuditorTest : public ::testing::Test {
 protected:
  AuditorTest() { Start({}); }

  void Start(const audit::TrailOptions& options) {
    auditor_.reset();
    trail_ = std::make_unique<audit::Trail>(options, std::move(audit::Journal::Open({})).value(), *store_, clock_);
    auditor_ = std::make_unique<Auditor>(trail_.get(), random_);
  }

  template <class Operation>
  AuditedRequest Asked(const Error* error = nullptr) {
    identity_.caller = {.type = PrincipalType::kUser,
                        .account = kAccount,
                        .arn = "arn:aws:iam::111122223333:user/bob",
                        .user_id = "AIDABOB",
                        .unique_id = "AIDABOB",
                        .user_name = "bob",
                        .access_key_id = "AKIABOB"};
    http_ = {.method = "POST",
             .path = "/",
             .query = {},
             .headers = {{"User-Agent", "test"}},
             .body = {},
             .source_ip = "192.0.2.7"};
    return {.time = kNow,
            .http = http_,
            .operation = &Operation::Info(),
            .caller = &identity_,
            .outsider = nullptr,
            .request_id = "request",
            .extended_request_id = {},
            .region = "us-east-1",
            .uses = uses_,
            .request = nullptr,
            .response = nullptr,
            .error = error};
  }
  std::vector<audit::Entry> Written() {
    auditor_->Flush();
    trail_->Flush();
    std::vector<audit::Entry> entries;
    EXPECT_TRUE(trail_->journal()
                    .ReadFrom({},
                              [&](const audit::Position&, const audit::Entry& entry) {
                                entries.push_back(entry);
                                return true;
                              })
                    .ok());
    return entries;
  }

  FixedClock clock_;
  std::unique_ptr<store::Store> store_ = store::NewMemoryStore();
  SeededRandom random_{3};
  Identity identity_;
  http::Request http_;
  std::vector<audit::Use> uses_;
  std::unique_ptr<audit::Trail> trail_;
  std::unique_ptr<Auditor> auditor_;
};

TEST_F(AuditorTest, TellsWhoAskedWhatFromWhere) {
  uses_ = {{"iam:GetUser", "arn:aws:iam::111122223333:user/bob"}};
  auditor_->Note(Asked<iam::api::GetUser>());
  const auto entries = Written();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].user_name, "bob");
  EXPECT_EQ(entries[0].access_key_id, "AKIABOB");
  EXPECT_THAT(entries[0].uses, ElementsAre(audit::Use{"iam:GetUser", "arn:aws:iam::111122223333:user/bob"}));
  EXPECT_THAT(entries[0].record, HasSubstr(R"("sourceIPAddress":"192.0.2.7","userAgent":"test")"));
}

TEST_F(AuditorTest, PutsEventsOfChangesIntoTheirBatch) {
  store::Batch batch;
  auto kept = auditor_->Keep(Asked<iam::api::CreateUser>(), batch);
  ASSERT_TRUE(kept.ok());
  ASSERT_EQ(kept->places.size(), 1U);
  ASSERT_EQ(batch.writes.size(), 1U);
  EXPECT_TRUE(batch.writes.begin()->first.starts_with(directory::keyspace::AuditEvents(kAccount)));
  EXPECT_EQ(*batch.writes.begin()->second, kept->At(kept->places.front()));
  EXPECT_TRUE(audit::Decode(*batch.writes.begin()->second));
  EXPECT_THAT(Written(), IsEmpty());  // Not before the batch is durable.
  auditor_->Committed(*kept);
  EXPECT_EQ(Written().size(), 1U);
}

TEST_F(AuditorTest, CallsRootByTheAccountsAlias) {
  AuditedRequest request = Asked<iam::api::GetUser>();
  identity_.caller.type = PrincipalType::kRoot;
  identity_.account_alias = "our-alias";
  auditor_->Note(request);
  EXPECT_THAT(Written().at(0).record, HasSubstr(R"("accessKeyId":"AKIABOB","userName":"our-alias"})"));
}

TEST_F(AuditorTest, NamesTheProviderOfAWebIdentityOnly) {
  const auto record_with = [&](const std::string& provider) {
    AuditedRequest request = Asked<iam::api::GetUser>();
    identity_.who = nullptr;
    identity_.caller.type = PrincipalType::kAssumedRole;
    identity_.caller.session = Caller::Session{.issued = kNow, .federated_provider = provider};
    auditor_->Note(request);
    return Written().back().record;
  };
  EXPECT_THAT(record_with("arn:aws:iam::111122223333:oidc-provider/issuer.test"),
              HasSubstr(R"("webIdFederationData":{"federatedProvider":)"
                        R"("arn:aws:iam::111122223333:oidc-provider/issuer.test","attributes":{}})"));
  EXPECT_THAT(record_with("arn:aws:iam::111122223333:saml-provider/corp"), Not(HasSubstr("webIdFederationData")));
}

TEST_F(AuditorTest, SaysNothingOfWhoProvedNothing) {
  for (const ErrorCode code : {ErrorCode::kSignatureDoesNotMatch, ErrorCode::kInvalidClientTokenId,
                               ErrorCode::kExpiredToken, ErrorCode::kIncompleteSignature}) {
    const Error error{code, ""};
    auditor_->Note(Asked<iam::api::GetUser>(&error));
  }
  AuditedRequest nobody = Asked<iam::api::GetUser>();
  nobody.caller = nullptr;
  auditor_->Note(nobody);
  AuditedRequest nothing = Asked<iam::api::GetUser>();
  nothing.operation = nullptr;
  auditor_->Note(nothing);
  EXPECT_THAT(Written(), IsEmpty());
}

TEST_F(AuditorTest, LeavesOutWhatIsNotWantedButNeverAChange) {
  Start({.read_only_share = 0, .denied_share = 0});
  const Error denied{ErrorCode::kAccessDenied, "no"};
  const Error missing{ErrorCode::kNoSuchEntity, "no"};
  auditor_->Note(Asked<iam::api::GetUser>());
  auditor_->Note(Asked<iam::api::CreateUser>(&denied));
  auditor_->Note(Asked<iam::api::DeleteUser>(&missing));
  auditor_->Note(Asked<sts::api::GetFederationToken>());
  std::vector<std::string> names;
  for (const audit::Entry& entry : Written()) names.push_back(entry.name);
  EXPECT_THAT(names, ElementsAre("DeleteUser", "GetFederationToken"));
}

TEST_F(AuditorTest, KeepsAboutThePartThatIsWanted) {
  Start({.read_only_share = 0.25});
  for (int i = 0; i < 1000; ++i) auditor_->Note(Asked<iam::api::GetUser>());
  const std::size_t count = Written().size();
  EXPECT_GT(count, 180U);
  EXPECT_LT(count, 320U);
}

}  // namespace
}  // namespace claviger::service
