#include "cli/audit_who.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "aws/unique_id.h"
#include "base/time_text.h"
#include "cli/audit_journal.h"
#include "codec/json.h"

namespace claviger::cli {
namespace {

using server::StartError;
using server::StartResult;

constexpr int kStepsMax = 32;  // Of roles that assumed roles.

StartResult<std::optional<audit::Entry>> FindMaking(audit::Journal& journal, AccountId account, const std::string& id) {
  std::optional<audit::Entry> making;
  const auto found =
      journal.Find({.account = account, .attribute = audit::Attribute::kResourceName, .value = id}, std::nullopt,
                   [&](const audit::Position&, const audit::Entry& entry) {
                     const auto record = codec::ParseJson(entry.record);
                     const bool made =
                         record.ok() && (RecordText(record->root(), "responseElements.credentials.accessKeyId") == id ||
                                         RecordText(record->root(), "responseElements.accessKey.accessKeyId") == id);
                     if (made) making = entry;
                     return !made;
                   });
  if (!found.ok()) return Failure<StartError>{found.error().message};
  return making;
}

// What the holder of the key is called by the event that made it.
std::string HolderOf(const codec::JsonValue& record) {
  for (const char* path : {"responseElements.assumedRoleUser.arn", "responseElements.federatedUser.arn"}) {
    if (std::string arn = RecordText(record, path); !arn.empty()) return arn;
  }
  if (std::string user = RecordText(record, "responseElements.accessKey.userName"); !user.empty())
    return "user " + user;
  return "the same as who asked";
}

StartResult<std::string> TellUses(audit::Journal& journal, AccountId account, const std::string& id) {
  std::map<std::string, std::size_t> actions;
  std::set<std::string> sources;
  std::size_t uses = 0;
  std::size_t refused = 0;
  TimePoint first = TimePoint::max();
  TimePoint last = TimePoint::min();
  const auto found = journal.Find({.account = account, .attribute = audit::Attribute::kAccessKeyId, .value = id},
                                  std::nullopt, [&](const audit::Position&, const audit::Entry& entry) {
                                    ++uses;
                                    ++actions[ActionOf(entry)];
                                    refused += entry.error_code.empty() ? 0 : 1;
                                    first = std::min(first, entry.time);
                                    last = std::max(last, entry.time);
                                    if (const auto record = codec::ParseJson(entry.record); record.ok()) {
                                      sources.insert(RecordText(record->root(), "sourceIPAddress"));
                                    }
                                    return true;
                                  });
  if (!found.ok()) return Failure<StartError>{found.error().message};
  if (uses == 0) return std::string("uses        none on record\n");
  std::string text = "uses        " + std::to_string(uses) + ", " + std::to_string(refused) +
                     " of them refused, from " + FormatIso8601(first) + " to " + FormatIso8601(last) + "\n";
  for (const auto& [action, count] : actions) text += "            " + std::to_string(count) + " " + action + "\n";
  for (const std::string& source : sources) text += "from        " + source + "\n";
  return text;
}

}  // namespace

StartResult<std::string> TellWho(audit::Journal& journal, const std::string& access_key_id,
                                 const std::string& account_text) {
  auto account = account_text.empty() ? AccountInId(access_key_id) : AccountId::Parse(account_text);
  if (!account) {
    return Failure<StartError>{"the account of `" + access_key_id +
                               "` cannot be told from the id; name it with --account"};
  }
  std::string text;
  const AccountId home = *account;
  std::string id = access_key_id;
  for (int step = 0; step < kStepsMax && !id.empty(); ++step) {
    text += "key         " + id + "\n";
    auto making = TRY(FindMaking(journal, *account, id));
    if (!making) {
      text += "made        not on record\n";
      break;
    }
    auto record = codec::ParseJson(making->record);
    const std::string asking_account = RecordText(record->root(), "userIdentity.accountId");
    if (making->access_key_id.empty() && !asking_account.empty() && asking_account != account->ToString()) {
      // The caller's own account knows with which key it asked.
      account = AccountId::Parse(asking_account);
      if (auto there = account ? TRY(FindMaking(journal, *account, id)) : std::nullopt) {
        making = std::move(there);
        record = codec::ParseJson(making->record);
      }
    }
    text += "made        " + FormatIso8601(making->time) + " by " + ActionOf(*making) + "\n";
    text += "for         " + HolderOf(record->root()) + "\n";
    const std::string principal = RecordText(record->root(), "userIdentity.principalId");
    text += "asked by    " + (making->principal_arn.empty() ? principal : making->principal_arn) + "\n";
    text += "from        " + RecordText(record->root(), "sourceIPAddress") + ", " +
            Printable(RecordText(record->root(), "userAgent")) + "\n\n";
    id = making->access_key_id;
    if (const auto next = AccountInId(id)) account = next;
  }
  if (text.ends_with("on record\n")) text += "\n";
  text += "of          " + access_key_id + "\n";
  return text + TRY(TellUses(journal, home, access_key_id));
}

}  // namespace claviger::cli
