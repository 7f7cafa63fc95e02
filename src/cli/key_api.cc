#include "cli/key_api.h"

#include <utility>

namespace claviger::cli {
namespace {

using client::Answer;
using client::CallResult;

// `user` as the server calls the owner in requests: empty for the caller itself.
CallResult<std::vector<ReportedKey>> ReadKeysOf(client::Api& api, const std::string& user) {
  std::vector<ReportedKey> keys;
  client::Parameters parameters;
  if (!user.empty()) parameters.emplace_back("UserName", user);
  TRY(api.CallAll("iam", "ListAccessKeys", parameters, [&keys, &user](const Answer& answer) {
    for (const auto& item : answer.List("AccessKeyMetadata")) {
      keys.push_back({.user = user,
                      .key = {.id = Answer::TextAt(item, "AccessKeyId"),
                              .active = Answer::TextAt(item, "Status") == "Active",
                              .created = Answer::TimeAt(item, "CreateDate").value_or(TimePoint())}});
    }
  }));
  for (ReportedKey& key : keys) {
    const Answer answer = TRY(api.Call("iam", "GetAccessKeyLastUsed", {{"AccessKeyId", key.key.id}}));
    key.key.last_used = answer.Time("AccessKeyLastUsed.LastUsedDate");
    if (key.key.last_used) key.service = answer.Text("AccessKeyLastUsed.ServiceName");
  }
  return keys;
}

}  // namespace

CallResult<std::vector<KeyState>> ReadKeys(client::Api& api, const std::string& user) {
  std::vector<KeyState> keys;
  for (ReportedKey& key : TRY(ReadKeysOf(api, user))) keys.push_back(std::move(key.key));
  return keys;
}

CallResult<std::vector<ReportedKey>> ReadAllKeys(client::Api& api) {
  const Answer caller = TRY(api.Call("sts", "GetCallerIdentity", {}));
  std::vector<std::string> users;
  TRY(api.CallAll("iam", "ListUsers", {}, [&users](const Answer& answer) {
    for (const auto& item : answer.List("Users")) users.push_back(Answer::TextAt(item, "UserName"));
  }));
  std::vector<ReportedKey> all;
  if (caller.Text("Arn").ends_with(":root")) {
    for (ReportedKey& key : TRY(ReadKeysOf(api, ""))) {
      key.user = kRootInReport;
      all.push_back(std::move(key));
    }
  }
  for (const std::string& user : users) {
    for (ReportedKey& key : TRY(ReadKeysOf(api, user))) all.push_back(std::move(key));
  }
  for (ReportedKey& key : all) key.account = caller.Text("Account");
  return all;
}

}  // namespace claviger::cli
