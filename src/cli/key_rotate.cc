#include "cli/key_rotate.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>
#include <utility>

#include "base/time_text.h"
#include "cli/hand_over.h"
#include "cli/key_api.h"
#include "cli/rotation_lock.h"
#include "codec/json.h"

namespace claviger::cli {
namespace {

using client::Answer;
using client::ClientError;
using client::ClientResult;

void Say(const std::string& text) { static_cast<void>(std::fprintf(stderr, "%s\n", text.c_str())); }

template <class T>
ClientResult<T> Told(client::CallResult<T> result) {
  if constexpr (std::is_void_v<T>) {
    if (result.ok()) return {};
  } else {
    if (result.ok()) return std::move(result).value();
  }
  return Failure<ClientError>{result.error().ToString()};
}

// One rotation under way.
class Rotation {
 public:
  Rotation(client::Api& api, const Clock& clock, const RotateArguments& arguments, std::string state_file)
      : api_(api), clock_(clock), arguments_(arguments), state_file_(std::move(state_file)) {}

  ClientResult<> Load() {
    std::error_code error;
    if (!std::filesystem::exists(state_file_, error)) return {};
    std::ifstream file(state_file_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    auto memory = DecodeMemory(text);
    if (!memory) return Failure<ClientError>{state_file_ + " is not the state of a rotation"};
    memory_ = *std::move(memory);
    return {};
  }

  // Takes two keys that are there already for a rotation whose new key has been handed over.
  ClientResult<> Adopt() {
    if (memory_.old_id == arguments_.retire && memory_.handed_over) return {};  // Was adopted by an earlier run.
    const auto keys = TRY(Told(ReadKeys(api_, arguments_.user)));
    const auto old = std::ranges::find(keys, arguments_.retire, &KeyState::id);
    if (keys.size() != 2 || old == keys.end()) {
      return Failure<ClientError>{"--retire: the user has no two keys with " + arguments_.retire + " among them"};
    }
    memory_ = {.old_id = old->id,
               .new_id = (old == keys.begin() ? keys.back() : keys.front()).id,
               .handed_over = clock_.Now()};
    return Save();
  }

  ClientResult<int> Run() {
    for (;;) {
      const auto keys = TRY(Told(ReadKeys(api_, arguments_.user)));
      const RotationPlan plan = PlanRotation(keys, memory_, arguments_.rules, clock_.Now());
      if (plan.step == RotationStep::kStuck) {
        Say("stuck: " + plan.why + (memory_.old_id.empty() ? "" : " (state file: " + state_file_ + ")"));
        return kExitStuck;
      }
      if (plan.step == RotationStep::kDone) return Finish();
      if (plan.old_id == api_.settings().credentials.access_key_id) {
        Say("stuck: this command signs with the very key that it is to retire; run it with other credentials");
        return kExitStuck;
      }
      const bool waits = plan.step == RotationStep::kWaitQuiet || plan.step == RotationStep::kWatch;
      if (!waits) TRY(Confirm(plan));
      if (plan.step == RotationStep::kWatch || plan.step == RotationStep::kDelete) {
        if (StillCalled()) return TRY(RollBack("the access log shows a call with the old key"));
      }
      if (waits) {
        TRY(Await(plan));
        if (arguments_.one_step) return kExitNotDue;
        continue;
      }
      TRY(Carry(plan));
      if (plan.step == RotationStep::kDelete) return Finish();
      if (arguments_.one_step) return 0;
    }
  }

  ClientResult<int> RollBack(const std::string& why) {
    if (memory_.old_id.empty()) return Failure<ClientError>{"no rotation is under way here (" + state_file_ + ")"};
    TRY(SetStatus("Active"));
    memory_.deactivated.reset();
    TRY(Save());
    Say("rolled back: " + why + "; " + memory_.old_id + " is Active again. Run the rotation again to go on");
    return kExitStuck;
  }

 private:
  ClientResult<> Save() const { return ReplaceFile(state_file_, EncodeMemory(memory_)); }

  ClientResult<int> Finish() {
    std::error_code error;
    std::filesystem::remove(state_file_, error);
    Say("done: " + arguments_.user + " has " + memory_.new_id + " alone");
    return 0;
  }

  ClientResult<> Confirm(const RotationPlan& plan) {
    if (arguments_.confirmed || confirmed_) return {};
    if (isatty(STDIN_FILENO) == 0) return Failure<ClientError>{"nobody can be asked here: confirm with --yes"};
    static_cast<void>(std::fprintf(stderr, "Rotate %s of %s? [y/N] ", plan.old_id.c_str(), arguments_.user.c_str()));
    std::string line;
    std::getline(std::cin, line);
    if (line != "y" && line != "yes") return Failure<ClientError>{"not confirmed; nothing was changed"};
    confirmed_ = true;
    return {};
  }

  ClientResult<> Carry(const RotationPlan& plan) {
    switch (plan.step) {
      case RotationStep::kMakeKey:
        return MakeKey(plan);
      case RotationStep::kRemakeKey:
        Say("delete " + memory_.new_id + ": " + plan.why);
        return DropNewKey();
      case RotationStep::kDeactivate:
        Say("deactivate " + memory_.old_id + ": " + plan.why);
        TRY(SetStatus("Inactive"));
        memory_.deactivated = clock_.Now();
        return Save();
      case RotationStep::kDelete:
        Say("delete " + memory_.old_id + ": " + plan.why);
        TRY(Told(
            api_.Call("iam", "DeleteAccessKey", {{"UserName", arguments_.user}, {"AccessKeyId", memory_.old_id}})));
        return {};
      default:
        return {};
    }
  }

  ClientResult<> MakeKey(const RotationPlan& plan) {
    if (arguments_.to.empty()) return Failure<ClientError>{"say with --to where the new key goes"};
    memory_ = {.old_id = plan.old_id};
    TRY(Save());  // Now, so that a key is not made where it could not be remembered.
    const Answer answer = TRY(Told(api_.Call("iam", "CreateAccessKey", {{"UserName", arguments_.user}})));
    const NewKey key{.user = arguments_.user,
                     .access_key_id = answer.Text("AccessKey.AccessKeyId"),
                     .secret_access_key = crypto::Secret(answer.Text("AccessKey.SecretAccessKey"))};
    memory_.new_id = key.access_key_id;
    TRY(Save());
    Say("made " + memory_.new_id + ": " + plan.why);
    if (const auto arrived = HandOver(arguments_.to, key); !arrived.ok()) {
      TRY(DropNewKey());
      return Failure<ClientError>{"the new key was not handed over and is deleted again: " + arrived.error()};
    }
    memory_.handed_over = clock_.Now();
    TRY(Save());
    Say("handed " + memory_.new_id + " over (" + arguments_.to.substr(0, arguments_.to.find(':')) + ")");
    return {};
  }

  ClientResult<> DropNewKey() {
    TRY(Told(api_.Call("iam", "DeleteAccessKey", {{"UserName", arguments_.user}, {"AccessKeyId", memory_.new_id}})));
    memory_.new_id.clear();
    return Save();
  }

  ClientResult<> SetStatus(const char* status) {
    TRY(Told(api_.Call("iam", "UpdateAccessKey",
                       {{"UserName", arguments_.user}, {"AccessKeyId", memory_.old_id}, {"Status", status}})));
    return {};
  }

  [[nodiscard]] bool StillCalled() const {
    if (arguments_.access_log.empty() || !memory_.deactivated) return false;
    std::ifstream log(arguments_.access_log);
    return WasRefusedSince(log, memory_.old_id, *memory_.deactivated);
  }

  ClientResult<> Await(const RotationPlan& plan) {
    if (plan.step == RotationStep::kWatch && !memory_.deactivated) {
      memory_.deactivated = clock_.Now();
      TRY(Save());
    }
    std::string said = "wait" + (plan.until ? " until " + FormatIso8601(*plan.until) : std::string()) + ": " + plan.why;
    if (std::exchange(said_, said) != said) Say(said);
    if (arguments_.one_step) return {};
    std::chrono::microseconds rest = arguments_.poll;
    if (plan.until) rest = std::clamp<std::chrono::microseconds>(*plan.until - clock_.Now(), {}, rest);
    std::this_thread::sleep_for(rest);
    return {};
  }

  client::Api& api_;
  const Clock& clock_;
  const RotateArguments& arguments_;
  std::string state_file_;
  RotationMemory memory_;
  std::string said_;
  bool confirmed_ = false;
};

ClientResult<std::string> StateFile(client::Api& api, const RotateArguments& arguments) {
  if (!arguments.state_file.empty()) return arguments.state_file;
  const Answer caller = TRY(Told(api.Call("sts", "GetCallerIdentity", {})));
  return DefaultStateFile(caller.Text("Account"), arguments.user);
}

}  // namespace

ClientResult<std::string> DefaultStateFile(const std::string& account, const std::string& user) {
  if (user.find('/') != std::string::npos) return Failure<ClientError>{"`" + user + "` is no user name"};
  const auto state = client::ProcessEnvironment("XDG_STATE_HOME");
  const auto home = client::ProcessEnvironment("HOME");
  if (!state && !home) return Failure<ClientError>{"say with --state where to remember the rotation"};
  const std::filesystem::path folder =
      (state ? std::filesystem::path(*state) : std::filesystem::path(*home) / ".local/state") / "claviger/rotations";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Failure<ClientError>{folder.string() + ": " + error.message() + "; name a file with --state"};
  return (folder / (account + "-" + user + ".json")).string();
}

bool WasRefusedSince(std::istream& log, std::string_view access_key_id, TimePoint since) {
  std::string line;
  while (std::getline(log, line)) {
    if (line.find(access_key_id) == std::string::npos) continue;
    const auto document = codec::ParseJson(line);
    if (!document.ok() || Answer::TextAt(document->root(), "access_key_id") != access_key_id) continue;
    const auto time = Answer::TimeAt(document->root(), "time");
    const bool refused = Answer::TextAt(document->root(), "error") == "InvalidClientTokenId";
    if (refused && time && *time >= since) return true;
  }
  return false;
}

ClientResult<int> Rotate(client::Api& api, const Clock& clock, const RotateArguments& arguments) {
  if (!arguments.access_log.empty() && access(arguments.access_log.c_str(), R_OK) != 0) {
    return Failure<ClientError>{"the access log " + arguments.access_log + " cannot be read"};
  }
  const std::string state_file = TRY(StateFile(api, arguments));
  const RotationLock lock = TRY(RotationLock::Take(state_file));
  Rotation rotation(api, clock, arguments, state_file);
  TRY(rotation.Load());
  if (!arguments.retire.empty()) TRY(rotation.Adopt());
  return rotation.Run();
}

ClientResult<int> RollBack(client::Api& api, const RotateArguments& arguments) {
  const SystemClock clock;
  const std::string state_file = TRY(StateFile(api, arguments));
  const RotationLock lock = TRY(RotationLock::Take(state_file));
  Rotation rotation(api, clock, arguments, state_file);
  TRY(rotation.Load());
  TRY(rotation.RollBack("as asked for"));
  return 0;
}

}  // namespace claviger::cli
