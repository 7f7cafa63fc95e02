#include "cli/rotation_lock.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "suites/temporary_directory.h"

namespace claviger::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(RotationLock, ExcludesASecondRunAndNamesTheFirst) {
  const testing::TemporaryDirectory folder;
  const std::string state = folder.path() / "state.json";
  {
    const auto first = RotationLock::Take(state);
    ASSERT_TRUE(first.ok()) << first.error();
    const auto second = RotationLock::Take(state);
    ASSERT_FALSE(second.ok());
    EXPECT_THAT(second.error(), AllOf(HasSubstr("process " + std::to_string(getpid())), HasSubstr(state)));
    EXPECT_TRUE(RotationLock::Take(state + "2").ok());
  }
  EXPECT_TRUE(RotationLock::Take(state).ok());
}

TEST(RotationLock, SaysWhatIsWrongWithTheFolder) {
  const auto lock = RotationLock::Take("/nonexistent/state.json");
  ASSERT_FALSE(lock.ok());
  EXPECT_EQ(lock.error(), "/nonexistent/state.json.lock: No such file or directory");
}

}  // namespace
}  // namespace claviger::cli
