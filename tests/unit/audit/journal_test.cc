#include "audit/journal.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "suites/temporary_directory.h"
#include "unit/audit/audit_fixture.h"

namespace claviger::audit {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using std::chrono::hours;
using std::chrono::seconds;

class JournalTest : public ::testing::TestWithParam<bool> {
 protected:
  JournalOptions Options() const {
    JournalOptions options;
    if (GetParam()) options.folder = folder_.path() / "journal";
    options.segment_bytes = 4096;  // A dozen events.
    return options;
  }
  std::unique_ptr<Journal> Open(const JournalOptions& options) {
    auto journal = Journal::Open(options);
    EXPECT_TRUE(journal.ok());
    return std::move(journal).value();
  }
  static void Fill(Journal& journal, int count, int from = 0) {
    for (int i = from; i < from + count; ++i) {
      Entry entry = Small("id-" + std::to_string(i), kNow + seconds(i), i % 3 == 0 ? kOtherAccount : kAccount);
      entry.user_name = i % 2 == 0 ? "even" : "odd";
      ASSERT_TRUE(AppendTo(journal, entry).ok());
    }
    ASSERT_TRUE(journal.Sync().ok());
  }
  static std::vector<std::string> Find(Journal& journal, Query query, std::optional<Position> before = {},
                                       std::size_t count = 1000) {
    std::vector<std::string> ids;
    query.account = kAccount;
    EXPECT_TRUE(journal
                    .Find(query, before,
                          [&](const Position&, const Entry& entry) {
                            ids.push_back(entry.event_id);
                            return ids.size() < count;
                          })
                    .ok());
    return ids;
  }
  static std::vector<std::string> All(Journal& journal) {
    std::vector<std::string> ids;
    EXPECT_TRUE(journal
                    .ReadFrom({},
                              [&](const Position&, const Entry& entry) {
                                ids.push_back(entry.event_id);
                                return true;
                              })
                    .ok());
    return ids;
  }

  ::claviger::testing::TemporaryDirectory folder_;
};

TEST_P(JournalTest, FindsTheNewestFirstInOneAccountOnly) {
  const auto journal = Open(Options());
  Fill(*journal, 100);
  const auto ids = Find(*journal, {});
  ASSERT_EQ(ids.size(), 66U);
  EXPECT_THAT(std::vector(ids.begin(), ids.begin() + 4), ElementsAre("id-98", "id-97", "id-95", "id-94"));
  EXPECT_EQ(ids.back(), "id-1");
}

TEST_P(JournalTest, FindsByEachAttribute) {
  const auto journal = Open(Options());
  Fill(*journal, 100);
  EXPECT_THAT(Find(*journal, {.attribute = Attribute::kEventId, .value = "id-17"}), ElementsAre("id-17"));
  EXPECT_THAT(Find(*journal, {.attribute = Attribute::kEventId, .value = "id-18"}), IsEmpty());  // Another account's.
  EXPECT_EQ(Find(*journal, {.attribute = Attribute::kUserName, .value = "odd"}).size(), 33U);
  EXPECT_THAT(Find(*journal, {.attribute = Attribute::kUserName, .value = "Odd"}), IsEmpty());
  for (const auto& [attribute, value] :
       std::vector<std::pair<Attribute, std::string>>{{Attribute::kEventName, "GetUser"},
                                                      {Attribute::kReadOnly, "true"},
                                                      {Attribute::kResourceType, "AWS::IAM::User"},
                                                      {Attribute::kResourceName, "bob"},
                                                      {Attribute::kEventSource, "iam.amazonaws.com"},
                                                      {Attribute::kAccessKeyId, "AKIARZPUZDIKAWS2CAQD"}}) {
    EXPECT_EQ(Find(*journal, {.attribute = attribute, .value = value}).size(), 66U) << value;
  }
  EXPECT_THAT(Find(*journal, {.attribute = Attribute::kReadOnly, .value = "false"}), IsEmpty());
}

TEST_P(JournalTest, FindsByTimeWithBothEndsIncluded) {
  const auto journal = Open(Options());
  Fill(*journal, 100);
  EXPECT_THAT(Find(*journal, {.start = kNow + seconds(50), .end = kNow + seconds(53)}),
              ElementsAre("id-53", "id-52", "id-50"));
}

TEST_P(JournalTest, GoesOnBelowAPosition) {
  const auto journal = Open(Options());
  Fill(*journal, 100);
  std::vector<std::string> ids;
  std::optional<Position> before;
  for (bool more = true; more;) {
    int on_page = 0;
    const Query query{.account = kAccount, .attribute = Attribute::kUserName, .value = "even"};
    ASSERT_TRUE(journal
                    ->Find(query, before,
                           [&](const Position& position, const Entry& entry) {
                             ids.push_back(entry.event_id);
                             before = position;
                             return ++on_page < 7;
                           })
                    .ok());
    more = on_page == 7;
  }
  EXPECT_EQ(ids, Find(*journal, {.attribute = Attribute::kUserName, .value = "even"}));
}

TEST_P(JournalTest, ReadsAllOfItInOrder) {
  const auto journal = Open(Options());
  Fill(*journal, 50);
  const auto ids = All(*journal);
  ASSERT_EQ(ids.size(), 50U);
  EXPECT_EQ(ids.front(), "id-0");
  EXPECT_EQ(ids.back(), "id-49");
}

TEST_P(JournalTest, BeginsReadingNearATime) {
  const auto journal = Open(Options());
  Fill(*journal, 200);
  const auto begin = journal->Since(kNow + seconds(150));
  ASSERT_TRUE(begin.ok());
  EXPECT_GT(*begin, Position());
  std::string first;
  ASSERT_TRUE(journal
                  ->ReadFrom(*begin,
                             [&](const Position&, const Entry& entry) {
                               first = entry.event_id;
                               return false;
                             })
                  .ok());
  EXPECT_GT(std::stoi(first.substr(3)), 50);
  EXPECT_LE(std::stoi(first.substr(3)), 150);
  EXPECT_EQ(*journal->Since(TimePoint::min()), Position());
}

TEST_P(JournalTest, KnowsTheIdsOfWhatItContains) {
  const auto journal = Open(Options());
  Fill(*journal, 50);
  const auto ids = journal->IdsSince(kNow + seconds(40)).value();
  EXPECT_TRUE(ids.contains("id-40"));
  EXPECT_TRUE(ids.contains("id-49"));
  EXPECT_FALSE(ids.contains("id-1000"));
}

TEST_P(JournalTest, ForgetsWhatIsOlderThanItsRetention) {
  JournalOptions options = Options();
  options.retention = hours(24);
  const auto journal = Open(options);
  Fill(*journal, 100);
  ASSERT_TRUE(journal->Expire(kNow + hours(23)).ok());
  EXPECT_EQ(All(*journal).size(), 100U);
  ASSERT_TRUE(journal->Expire(kNow + hours(25)).ok());
  EXPECT_EQ(journal->early_bytes(), 0U);
  EXPECT_LT(All(*journal).size(), 15U);  // The last segment stays.
}

TEST_P(JournalTest, NeverGrowsBeyondItsLimit) {
  JournalOptions options = Options();
  options.bytes_max = 16 << 10;
  const auto journal = Open(options);
  Fill(*journal, 200);
  EXPECT_GT(journal->early_bytes(), 0U);
  EXPECT_LE(journal->bytes(), options.bytes_max + options.segment_bytes);
  EXPECT_EQ(All(*journal).back(), "id-199");
}

INSTANTIATE_TEST_SUITE_P(Of, JournalTest, ::testing::Bool(),
                         [](const auto& its) { return its.param ? "OnDisk" : "InMemory"; });

class JournalOnDiskTest : public JournalTest {
 protected:
  std::vector<std::filesystem::path> Files(const std::string& extension) const {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(Options().folder)) {
      if (file.path().extension() == extension) files.push_back(file.path());
    }
    std::ranges::sort(files);
    return files;
  }
};

TEST_P(JournalOnDiskTest, IsTheSameAfterItIsOpenedAgain) {
  Fill(*Open(Options()), 100);
  const auto journal = Open(Options());
  EXPECT_EQ(Find(*journal, {}).size(), 66U);
  Fill(*journal, 100, 100);
  EXPECT_EQ(All(*journal).size(), 200U);
  EXPECT_EQ(Find(*journal, {.attribute = Attribute::kEventId, .value = "id-5"}).size(), 1U);
}

TEST_P(JournalOnDiskTest, MakesLostIndexesAnew) {
  Fill(*Open(Options()), 100);
  ASSERT_GT(Files(".index").size(), 2U);
  std::filesystem::remove(Files(".index").front());
  std::ofstream(Files(".index").front(), std::ios::trunc) << "damaged";
  EXPECT_EQ(Find(*Open(Options()), {}).size(), 66U);
}

TEST_P(JournalOnDiskTest, EndsAtAHalfWrittenFrameAndGoesOnBehindIt) {
  Fill(*Open(Options()), 20);
  const auto last = Files(".events").back();
  std::filesystem::resize_file(last, std::filesystem::file_size(last) - 10);
  const auto journal = Open(Options());
  EXPECT_EQ(All(*journal).back(), "id-18");
  Fill(*journal, 3, 20);
  EXPECT_EQ(All(*journal).size(), 22U);
  EXPECT_EQ(All(*Open(Options())).back(), "id-22");
}

TEST_P(JournalOnDiskTest, ShowsAReaderWhatAnotherProcessAppends) {
  const auto writer = Open(Options());
  Fill(*writer, 20);
  JournalOptions options = Options();
  options.access = Access::kRead;
  const auto reader = Open(options);
  Position position;
  std::vector<std::string> ids;
  const auto read = [&] {
    ASSERT_TRUE(reader->Refresh().ok());
    const auto next = reader->ReadFrom(position, [&](const Position&, const Entry& entry) {
      ids.push_back(entry.event_id);
      return true;
    });
    position = next.value();
  };
  read();
  EXPECT_EQ(ids.size(), 20U);
  Fill(*writer, 40, 20);
  read();
  EXPECT_EQ(ids.size(), 60U);
  EXPECT_EQ(ids.back(), "id-59");
}

INSTANTIATE_TEST_SUITE_P(Of, JournalOnDiskTest, ::testing::Values(true));

}  // namespace
}  // namespace claviger::audit
