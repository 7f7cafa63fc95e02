// Processes that die between any two steps of a commit or a checkpoint.
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "store/lmdb.h"
#include "suites/child_process.h"
#include "suites/store_testing.h"
#include "suites/temporary_directory.h"

namespace claviger::store {
namespace {

using testing::ChildProcess;
using testing::Pipe;

constexpr std::uint32_t kCommits = 14;
constexpr std::uint32_t kKeys = 7;
constexpr std::uint32_t kSizes = 5;

// The commit of that number: of its own key twice, small mostly, and every fifth too large for the log.
Batch CommitOf(std::uint32_t number) {
  const std::string key = std::to_string(number % kKeys);
  Batch batch;
  batch.writes["last"] = std::to_string(number);
  batch.writes["a" + key] = std::to_string(number) + std::string(number % kSizes == 0 ? 9000 : 10, ' ');
  batch.writes["z" + key] = std::to_string(number);
  if (number % kKeys == 6) batch.writes["z0"] = std::nullopt;
  return batch;
}

// What is there after the commit of that number, and all before.
std::string Expected(std::uint32_t last) {
  std::string keys[2 * kKeys];
  for (std::uint32_t number = 1; number <= last; ++number) {
    keys[number % kKeys] = "a" + std::to_string(number % kKeys) + "=" + std::to_string(number) + " ";
    keys[kKeys + number % kKeys] = "z" + std::to_string(number % kKeys) + "=" + std::to_string(number) + " ";
    if (number % kKeys == 6) keys[kKeys].clear();
  }
  std::string all;
  for (std::uint32_t i = 0; i < kKeys; ++i) all += keys[i];
  if (last > 0) all += "last=" + std::to_string(last) + " ";
  for (std::uint32_t i = kKeys; i < 2 * kKeys; ++i) all += keys[i];
  return all;
}

std::string Found(Store& store) {
  std::string all;
  for (const auto& [key, value] : Scan(*store.NewReader().value(), "")) {
    all += key + "=" + value.substr(0, value.find(' ')) + " ";
  }
  return all;
}

std::uint32_t LastIn(Store& store) {
  const std::string last = Get(*store.NewReader().value(), "last");
  return last == "absent" ? 0 : static_cast<std::uint32_t>(std::stoul(last));
}

// Commits from where the store is, acknowledging each, and dies before the step of that number.
// Returns true when it came to the end without.
bool CommitUntilStep(const std::filesystem::path& path, int fatal, Pipe& acknowledgements) {
  std::atomic<int> steps = 0;
  LmdbOptions options{.log_bytes = 12 << 10};
  options.at_step = [&](std::string_view) {
    if (steps++ == fatal) _exit(EXIT_FAILURE);
  };
  const auto store = OpenLmdb(path, options).value();
  for (std::uint32_t number = LastIn(*store) + 1; number <= kCommits; ++number) {
    if (!store->CommitAndWait(CommitOf(number)).ok() || !acknowledgements.Write(number)) return false;
  }
  return true;
}

// Dies at every step in turn, and goes on from there.
void DieAtEveryStep(bool witnessed) {
  for (int fatal = 0;; ++fatal) {
    const testing::TemporaryDirectory temporary;
    const std::filesystem::path path = temporary.path() / "store";
    // One that lives on: it has the newest state in memory and must take over what the dead left unfinished.
    std::unique_ptr<Store> witness;
    if (witnessed) witness = OpenLmdb(path, {.log_bytes = 12 << 10}).value();
    Pipe acknowledgements;
    ChildProcess child([&] { return CommitUntilStep(path, fatal, acknowledgements); });
    acknowledgements.CloseWriter();
    const bool finished = child.Wait();
    std::uint32_t acknowledged = 0;
    while (acknowledgements.Read(acknowledged)) continue;

    if (!witness) witness = OpenLmdb(path).value();
    // A commit of nothing brings the log in order.
    ASSERT_TRUE(witness->CommitAndWait(Batch()).ok());
    const std::uint32_t last = LastIn(*witness);
    ASSERT_GE(last, acknowledged) << "step " << fatal;
    ASSERT_LE(last, acknowledged + 1) << "step " << fatal;
    ASSERT_EQ(Found(*witness), Expected(last)) << "step " << fatal;
    for (std::uint32_t number = last + 1; number <= last + 8; ++number) {
      ASSERT_TRUE(witness->CommitAndWait(CommitOf(number)).ok());
    }
    witness.reset();
    ASSERT_EQ(Found(*OpenLmdb(path).value()), Expected(last + 8)) << "step " << fatal;
    if (finished) {
      ASSERT_GT(fatal, 40);  // There were steps to die at.
      return;
    }
  }
}

TEST(StoreCrash, AtAnyStepLosesNothingAcknowledged) { DieAtEveryStep(false); }

TEST(StoreCrash, AtAnyStepBesideAnotherProcessLosesNothingAcknowledged) { DieAtEveryStep(true); }

}  // namespace
}  // namespace claviger::store
