#include "audit/delivery.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "audit/gzip.h"
#include "audit/verify.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/time_text.h"
#include "suites/temporary_directory.h"
#include "unit/audit/audit_fixture.h"

namespace claviger::audit {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

// One for all tests: making it takes time.
const Signer& TheSigner() {
  static const Signer* const kSigner = [] {
    auto key = crypto::RsaKey::Generate();
    const std::string fingerprint = FingerprintOf(key->PublicDer());
    return new Signer{.key = *std::move(key), .fingerprint = fingerprint};  // NOLINT(cppcoreguidelines-owning-memory)
  }();
  return *kSigner;
}

class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryTest() : journal_(Journal::Open({}).value()) {}

  Destination Bucket() const {
    return {.id = "d",
            .root = folder_.path() / "bucket",
            .bucket = "bucket",
            .prefix = "p/q",
            .trail = "trail",
            .account = {}};
  }
  Delivery Open(const Destination& destination) {
    auto delivery = Delivery::Open(destination, folder_.path() / "state");
    EXPECT_TRUE(delivery.ok());
    return std::move(delivery).value();
  }
  void Happen(int count) {
    for (int i = 0; i < count; ++i) {
      Entry entry = Small("id-" + std::to_string(events_), now_);
      entry.record = R"({"eventID":"id-)" + std::to_string(events_++) + R"("})";
      ASSERT_TRUE(AppendTo(*journal_, entry).ok());
      now_ += seconds(1);
    }
  }
  // An hour's life of a trail: two log files and a digest.
  void Hour(Delivery& delivery) {
    for (int i = 0; i < 2; ++i) {
      Happen(3);
      now_ += minutes(5);
      ASSERT_TRUE(delivery.Deliver(*journal_, now_, random_).ok());
    }
    now_ += minutes(50);
    ASSERT_TRUE(delivery.WriteDigests(TheSigner(), now_).ok());
  }

  std::vector<std::string> Files(std::string_view part, std::string_view extension = ".json.gz") const {
    std::vector<std::string> files;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder_.path() / "bucket")) {
      const std::string name = file.path().lexically_relative(folder_.path() / "bucket").string();
      if (name.find(part) != std::string::npos && name.ends_with(extension)) files.push_back(name);
    }
    std::ranges::sort(files);
    return files;
  }
  std::vector<std::string> Logs() const {
    auto files = Files("/CloudTrail/");
    // By their time; the random part comes behind it.
    return files;
  }
  std::vector<std::string> Digests() const { return Files("/CloudTrail-Digest/"); }
  std::filesystem::path At(const std::string& object) const { return folder_.path() / "bucket" / object; }
  std::string Text(const std::string& object) const {
    return Gunzip(*ReadWholeFile(At(object), 1 << 20), 1 << 20).value_or("no gzip");
  }
  void Write(const std::string& object, const std::string& text) const {
    std::ofstream(At(object), std::ios::binary) << Gzip(text);
  }

  VerifyReport Check(std::vector<std::string> newest = {}) const {
    return Verify(folder_.path() / "bucket", {.public_keys = {{TheSigner().fingerprint, TheSigner().key.PublicDer()}},
                                              .newest_digests = std::move(newest)});
  }
  // What is wrong with the file that first does not fit.
  std::string First(const VerifyReport& report) const {
    return report.problems.empty() ? "nothing" : report.problems.front().file + ": " + report.problems.front().what;
  }

  ::claviger::testing::TemporaryDirectory folder_;
  std::unique_ptr<Journal> journal_;
  SeededRandom random_{5};
  TimePoint now_ = kNow;
  int events_ = 0;
};

TEST_F(DeliveryTest, WritesLogFilesInCloudTrailsOwnLayout) {
  Delivery delivery = Open(Bucket());
  Happen(2);
  ASSERT_TRUE(delivery.Deliver(*journal_, kNow, random_).ok());
  ASSERT_THAT(Logs(), SizeIs(1));
  EXPECT_THAT(Logs().front(), MatchesRegex("p/q/AWSLogs/123456789012/CloudTrail/us-east-1/2026/07/20/"
                                           "123456789012_CloudTrail_us-east-1_20260720T0307Z_[A-Za-z0-9]{16}.json.gz"));
  EXPECT_EQ(Text(Logs().front()), R"({"Records":[{"eventID":"id-0"},{"eventID":"id-1"}]})");
}

TEST_F(DeliveryTest, DeliversEachEventOnceAndGoesOnAfterARestart) {
  {
    Delivery delivery = Open(Bucket());
    Happen(2);
    ASSERT_TRUE(delivery.Deliver(*journal_, now_, random_).ok());
    ASSERT_TRUE(delivery.Deliver(*journal_, now_, random_).ok());
  }
  Delivery delivery = Open(Bucket());
  Happen(1);
  now_ += minutes(5);
  ASSERT_TRUE(delivery.Deliver(*journal_, now_, random_).ok());
  ASSERT_THAT(Logs(), SizeIs(2));
  EXPECT_EQ(Text(Logs().back()), R"({"Records":[{"eventID":"id-2"}]})");
}

TEST_F(DeliveryTest, DeliversWhatTheTrailAsksFor) {
  Destination destination = Bucket();
  destination.since = kNow + seconds(1);
  Delivery delivery = Open(destination);
  Happen(3);
  ASSERT_TRUE(delivery.Deliver(*journal_, now_, random_).ok());
  EXPECT_EQ(Text(Logs().front()), R"({"Records":[{"eventID":"id-1"},{"eventID":"id-2"}]})");
  destination.account = kOtherAccount;
  destination.id = "other";
  ASSERT_TRUE(Open(destination).Deliver(*journal_, now_, random_).ok());
  destination.account = kAccount;
  destination.reads = false;
  destination.id = "writes";
  ASSERT_TRUE(Open(destination).Deliver(*journal_, now_, random_).ok());
  EXPECT_THAT(Logs(), SizeIs(1));
}

TEST_F(DeliveryTest, TakesAwayWhatACrashLeftUnfinished) {
  DeliveryState state{.bucket = "bucket", .position = {}, .pending = {"half"}};
  ASSERT_TRUE(WriteFileDurably(folder_.path() / "state" / "d.state", Encode(state)).ok());
  ASSERT_TRUE(WriteFileDurably(At("half"), "x").ok());
  Open(Bucket());
  EXPECT_FALSE(std::filesystem::exists(At("half")));
}

TEST_F(DeliveryTest, DigestsHaveTheDocumentedForm) {
  Delivery delivery = Open(Bucket());
  Hour(delivery);
  ASSERT_THAT(Digests(), SizeIs(1));
  EXPECT_THAT(Digests().front(),
              MatchesRegex("p/q/AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/07/20/"
                           "123456789012_CloudTrail-Digest_us-east-1_trail_us-east-1_20260720T040718Z.json.gz"));
  const auto log_files = Logs();
  const auto digest = ReadDigest(Text(Digests().front()));
  ASSERT_TRUE(digest);
  EXPECT_EQ(Canonical(Text(Digests().front())), Canonical(R"({
    "awsAccountId": "123456789012",
    "digestStartTime": "2026-07-20T03:07:12Z",
    "digestEndTime": "2026-07-20T04:07:18Z",
    "digestS3Bucket": "bucket",
    "digestS3Object": ")" + Digests().front() + R"(",
    "digestPublicKeyFingerprint": ")" + TheSigner().fingerprint +
                                                          R"(",
    "digestSignatureAlgorithm": "SHA256withRSA",
    "newestEventTime": "2026-07-20T03:12:17Z",
    "oldestEventTime": "2026-07-20T03:07:12Z",
    "previousDigestS3Bucket": null,
    "previousDigestS3Object": null,
    "previousDigestHashValue": null,
    "previousDigestHashAlgorithm": null,
    "previousDigestSignature": null,
    "logFiles": [
      {"s3Bucket": "bucket", "s3Object": ")" + log_files[0] +
                                                          R"(", "hashValue": ")" + Sha256Hex(Text(log_files[0])) + R"(",
       "hashAlgorithm": "SHA-256", "newestEventTime": "2026-07-20T03:07:14Z", "oldestEventTime": "2026-07-20T03:07:12Z"},
      {"s3Bucket": "bucket", "s3Object": ")" + log_files[1] +
                                                          R"(", "hashValue": ")" + Sha256Hex(Text(log_files[1])) + R"(",
       "hashAlgorithm": "SHA-256", "newestEventTime": "2026-07-20T03:12:17Z", "oldestEventTime": "2026-07-20T03:12:15Z"}
    ]
  })"));
}

TEST_F(DeliveryTest, DigestsFollowEachOtherAfterARestartToo) {
  {
    Delivery delivery = Open(Bucket());
    Hour(delivery);
  }
  Delivery delivery = Open(Bucket());
  Hour(delivery);
  const auto first = Text(Digests()[0]);
  const auto second = ReadDigest(Text(Digests()[1]));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->previous_object, Digests()[0]);
  EXPECT_EQ(second->previous_hash, Sha256Hex(first));
  EXPECT_EQ(second->previous_signature, *ReadWholeFile(At(Digests()[0] + ".signature"), 4096));
  EXPECT_EQ(second->start, ReadDigest(first)->end);
}

// ---- What verifying finds

class VerifyTest : public DeliveryTest {
 protected:
  VerifyTest() : delivery_(Open(Bucket())) {
    for (int i = 0; i < 3; ++i) Hour(delivery_);
  }
  Delivery delivery_;
};

TEST_F(VerifyTest, AcceptsWhatWasDelivered) {
  const VerifyReport report = Check({Digests().back()});
  EXPECT_EQ(First(report), "nothing");
  EXPECT_EQ(report.digests, 3U);
  EXPECT_EQ(report.log_files, 6U);
}

TEST_F(VerifyTest, CountsLogFilesThatWaitForTheirDigest) {
  Happen(1);
  now_ += minutes(5);
  ASSERT_TRUE(delivery_.Deliver(*journal_, now_, random_).ok());
  const VerifyReport report = Check();
  EXPECT_EQ(First(report), "nothing");
  EXPECT_EQ(report.uncovered, 1U);
}

TEST_F(VerifyTest, AcceptsABucketBesideTheInstallationsOwnFiles) {
  Destination all = Bucket();
  all.id = "all";
  all.root = folder_.path();
  all.bucket = "everything";
  all.prefix = "";
  Delivery delivery = Open(all);
  Hour(delivery);
  const VerifyReport report = Verify(
      folder_.path(), {.public_keys = {{TheSigner().fingerprint, TheSigner().key.PublicDer()}}, .newest_digests = {}});
  EXPECT_EQ(First(report), "nothing");
  EXPECT_EQ(report.digests, 4U);
}

TEST_F(VerifyTest, FindsADeletedLogFile) {
  const std::string victim = Logs()[3];
  std::filesystem::remove(At(victim));
  EXPECT_EQ(First(Check()), victim + ": is missing");
}

TEST_F(VerifyTest, FindsAnEditedLogFile) {
  const std::string victim = Logs()[2];
  std::string text = Text(victim);
  text[text.find("id-") + 3] = '9';
  Write(victim, text);
  EXPECT_EQ(First(Check()), victim + ": is not what was delivered");
}

TEST_F(VerifyTest, FindsReorderedRecords) {
  const std::string victim = Logs()[0];
  Write(victim, R"({"Records":[{"eventID":"id-1"},{"eventID":"id-0"},{"eventID":"id-2"}]})");
  EXPECT_EQ(First(Check()), victim + ": is not what was delivered");
}

TEST_F(VerifyTest, FindsACutLogFile) {
  const std::string victim = Logs()[1];
  std::filesystem::resize_file(At(victim), std::filesystem::file_size(At(victim)) - 9);
  EXPECT_EQ(First(Check()), victim + ": is no whole gzip file");
}

TEST_F(VerifyTest, FindsSwappedLogFiles) {
  const auto files = Logs();
  std::filesystem::rename(At(files[0]), At("x"));
  std::filesystem::rename(At(files[1]), At(files[0]));
  std::filesystem::rename(At("x"), At(files[1]));
  EXPECT_EQ(First(Check()), files[0] + ": is not what was delivered");
}

TEST_F(VerifyTest, FindsASmuggledLogFile) {
  std::string smuggled = Logs()[0];
  smuggled.replace(smuggled.size() - 12, 4, "zzzz");
  Write(smuggled, R"({"Records":[]})");
  EXPECT_EQ(First(Check()), smuggled + ": is in no digest");
}

TEST_F(VerifyTest, FindsADeletedDigest) {
  const std::string victim = Digests()[1];
  std::filesystem::remove(At(victim));
  EXPECT_THAT(First(Check()), HasSubstr(victim + ": is missing"));
}

TEST_F(VerifyTest, FindsTheFirstDigestsDeleted) {
  const auto digests = Digests();
  std::filesystem::remove(At(digests[0]));
  EXPECT_THAT(First(Check()), HasSubstr(digests[0] + ": is missing"));
}

TEST_F(VerifyTest, FindsTheEndCutOffWhereItIsKnown) {
  const auto digests = Digests();
  std::filesystem::remove(At(digests[2]));
  EXPECT_EQ(First(Check({digests[2]})), digests[2] + ": the newest digest is missing");
}

TEST_F(VerifyTest, FindsAnEditedDigest) {
  const std::string victim = Digests()[1];
  std::string text = Text(victim);
  text.replace(text.find("\"hashValue\":\"") + 13, 4, "0000");
  Write(victim, text);
  EXPECT_EQ(First(Check()), victim + ": does not fit its signature");
}

TEST_F(VerifyTest, FindsSwappedDigests) {
  const auto digests = Digests();
  for (const char* suffix : {"", ".signature"}) {
    std::filesystem::rename(At(digests[0] + suffix), At("x"));
    std::filesystem::rename(At(digests[1] + suffix), At(digests[0] + suffix));
    std::filesystem::rename(At("x"), At(digests[1] + suffix));
  }
  EXPECT_EQ(First(Check()), digests[0] + ": is another digest under this name: " + digests[1]);
}

TEST_F(VerifyTest, FindsAForgedDigest) {
  auto key = crypto::RsaKey::Generate();
  const std::string victim = Digests()[2];
  auto digest = *ReadDigest(Text(victim));
  digest.log_files.pop_back();
  digest.fingerprint = FingerprintOf(key->PublicDer());
  const std::string content = WriteDigest(digest);
  Write(victim, content);
  std::ofstream(At(victim + ".signature"), std::ios::trunc)
      << HexEncode(AsBytes(key->Sign(StringToSign(digest, content))));
  EXPECT_THAT(First(Check()), HasSubstr(victim + ": is signed by a key that is not among the public keys"));
}

TEST_F(VerifyTest, FindsAMissingSignature) {
  std::filesystem::remove(At(Digests()[0] + ".signature"));
  EXPECT_EQ(First(Check()), Digests()[0] + ": has no signature beside it");
}

TEST(Gzip, IsUndoneAndRefusesWhatIsNotWhole) {
  const std::string text(100'000, 'x');
  const std::string bytes = Gzip(text);
  EXPECT_EQ(Gunzip(bytes, text.size()), text);
  EXPECT_EQ(Gunzip(bytes, text.size() - 1), std::nullopt);
  EXPECT_EQ(Gunzip(bytes + "x", text.size()), std::nullopt);
  EXPECT_EQ(Gunzip(bytes.substr(0, 20), text.size()), std::nullopt);
  EXPECT_EQ(Gunzip("", 10), std::nullopt);
}

}  // namespace
}  // namespace claviger::audit
