#include "server/delegation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "directory/delegation_request.h"
#include "suites/temporary_directory.h"

namespace claviger::server {
namespace {

using directory::DelegationRequest;
using directory::DelegationRequests;
using directory::DelegationState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DelegationKeeperTest : public ::testing::Test {
 protected:
  DelegationKeeperTest() : installation_(OpenInstallation({.memory = true}, random_, now_).value()) {
    std::filesystem::create_directory(folder_.path() / "notices");
  }

  void Do(const Change& change) {
    const auto done = RunChange(installation_, AccountId(), quotas_, random_, change);
    ASSERT_TRUE(done.ok()) << done.error();
  }
  DelegationRequest Make() {
    DelegationRequest request{.id = random_.Uuid(),
                              .provider = *AccountId::Parse("123456789012"),
                              .policy = "{}",
                              .workflow_id = random_.Uuid(),
                              .topic = "arn:aws:sns:us-east-1:123456789012:notices",
                              .session_duration = std::chrono::hours(1)};
    Do([&](directory::Directory& directory) { return DelegationRequests(directory.context).Insert(request, now_); });
    return request;
  }
  void Advance(DelegationRequest& request, DelegationState state, std::string_view token = {}) {
    request.owner_account = AccountId::Parse("210987654321");
    request.owner_arn = "arn:aws:iam::210987654321:user/alice";
    Do([&](directory::Directory& directory) -> Result<> {
      DelegationRequests(directory.context).Advance(request, state, now_, token);
      return {};
    });
  }
  std::vector<std::filesystem::path> Files() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "notices")) {
      files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
  }
  static std::string Content(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  void Round(DelegationKeeper& keeper) {
    const auto done = keeper.Round(now_);
    EXPECT_TRUE(done.ok()) << done.error();
  }

  testing::TemporaryDirectory folder_;
  SeededRandom random_{9};
  directory::Quotas quotas_;
  TimePoint now_{std::chrono::seconds(1769860800)};
  Installation installation_;
  DelegationKeeper keeper_{folder_.path() / "notices", installation_, quotas_, random_};
};

TEST_F(DelegationKeeperTest, WritesEachNoticeOnceForItsOwnerOnly) {
  DelegationRequest request = Make();
  Round(keeper_);
  EXPECT_THAT(Files(), IsEmpty());
  Advance(request, DelegationState::kAssigned);
  Round(keeper_);
  Round(keeper_);
  ASSERT_THAT(Files(), SizeIs(1));
  EXPECT_THAT(Files()[0].filename().string(), ::testing::StartsWith("20260131T120000Z-"));
  EXPECT_THAT(Content(Files()[0]), HasSubstr(R"(\"State\":\"ASSIGNED\")"));
  struct stat status {};
  ASSERT_EQ(stat(Files()[0].c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);

  std::filesystem::remove(Files()[0]);  // Whoever read it took it away.
  now_ += std::chrono::seconds(1);
  Advance(request, DelegationState::kAccepted);
  Round(keeper_);
  EXPECT_THAT(Files(), SizeIs(1));
  DelegationKeeper after_restart(folder_.path() / "notices", installation_, quotas_, random_);
  Round(after_restart);
  EXPECT_THAT(Files(), SizeIs(1));
}

TEST_F(DelegationKeeperTest, BringsTheToken) {
  DelegationRequest request = Make();
  Advance(request, DelegationState::kFinalized, "the-token");
  Round(keeper_);
  std::string all;
  for (const auto& file : Files()) all += Content(file);
  EXPECT_THAT(all, HasSubstr(R"(\"ExchangeToken\":\"the-token\")"));
}

TEST_F(DelegationKeeperTest, WritesMoreThanFitIntoOneChange) {
  for (int i = 0; i < 150; ++i) {
    DelegationRequest request = Make();
    Advance(request, DelegationState::kAssigned);
  }
  Round(keeper_);
  EXPECT_THAT(Files(), SizeIs(150));
}

TEST_F(DelegationKeeperTest, LetsWhatIsOverdueExpireAndTellsOfIt) {
  for (int i = 0; i < 101; ++i) Make();
  now_ += std::chrono::days(1);
  Round(keeper_);
  EXPECT_THAT(Files(), SizeIs(101));
  EXPECT_THAT(Content(Files()[0]), HasSubstr(R"(\"State\":\"EXPIRED\")"));
}

TEST_F(DelegationKeeperTest, KeepsNoticesWhereThereIsNoFolder) {
  DelegationRequest request = Make();
  Advance(request, DelegationState::kAssigned);
  DelegationKeeper keeper({}, installation_, quotas_, random_);
  Round(keeper);
  EXPECT_THAT(Files(), IsEmpty());
  Round(keeper_);
  EXPECT_THAT(Files(), SizeIs(1));
}

TEST_F(DelegationKeeperTest, SaysWhatItCannotWriteAndTriesAgain) {
  DelegationRequest request = Make();
  Advance(request, DelegationState::kAssigned);
  std::filesystem::remove(folder_.path() / "notices");
  EXPECT_FALSE(keeper_.Round(now_).ok());
  std::filesystem::create_directory(folder_.path() / "notices");
  Round(keeper_);
  EXPECT_THAT(Files(), SizeIs(1));
}

}  // namespace
}  // namespace claviger::server
