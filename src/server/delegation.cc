#include "server/delegation.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/time_text.h"
#include "directory/delegation_notice.h"
#include "directory/delegation_request.h"
#include "server/log.h"
#include "store/file.h"

namespace claviger::server {
namespace {

using directory::DelegationNotice;
using directory::DelegationNotices;

constexpr std::chrono::seconds kInterval{1};
constexpr std::size_t kAtOnce = 100;  // In one change to the store.

Failure<StartError> Because(const store::StoreError& error) { return {error.message}; }

// Sorts by time; two of one instant have names of their own.
std::string FileName(const DelegationNotice& notice) {
  return FormatIso8601Basic(notice.time) + "-" + notice.message_id + ".json";
}

StartResult<> WriteNotice(const std::filesystem::path& folder, const DelegationNotice& notice) {
  const std::filesystem::path path = folder / FileName(notice);
  const std::filesystem::path part = folder / ("." + FileName(notice) + ".part");
  {
    const auto file = store::File::Open(part, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.ok()) return Because(file.error());
    if (const auto wrote = file->Write(0, directory::ToMessage(notice) + "\n"); !wrote.ok())
      return Because(wrote.error());
    if (const auto synced = file->Sync(); !synced.ok()) return Because(synced.error());
  }
  std::error_code error;
  std::filesystem::rename(part, path, error);
  if (error) return Failure<StartError>{"cannot write " + path.string() + ": " + error.message()};
  if (const auto synced = store::SyncDirectory(folder); !synced.ok()) return Because(synced.error());
  return {};
}

}  // namespace

StartResult<> DelegationKeeper::Round(TimePoint now) {
  TRY(Sweep(now));
  if (folder_.empty()) return {};
  return Deliver();
}

StartResult<> DelegationKeeper::Sweep(TimePoint now) {
  std::size_t done = kAtOnce;
  while (done == kAtOnce) {
    TRY(RunChange(installation_, AccountId(), quotas_, random_, [&](directory::Directory& directory) -> Result<> {
      done = TRY(directory::DelegationRequests(directory.context).Sweep(now, kAtOnce));
      return {};
    }));
  }
  done = kAtOnce;
  while (done == kAtOnce) {
    TRY(RunChange(installation_, AccountId(), quotas_, random_, [&](directory::Directory& directory) -> Result<> {
      done = TRY(DelegationNotices(directory.context).Forget(now, kAtOnce));
      return {};
    }));
  }
  return {};
}

StartResult<> DelegationKeeper::Deliver() {
  const auto reader = installation_.store->NewReader();
  if (!reader.ok()) return Because(reader.error());
  const store::Revision revision = (*reader)->revision();
  if (delivered_ == revision) return {};
  std::string after;
  for (std::size_t found = kAtOnce; found == kAtOnce;) {
    std::vector<DelegationNotice> notices;
    TRY(RunChange(installation_, AccountId(), quotas_, random_, [&](directory::Directory& directory) -> Result<> {
      notices = TRY(DelegationNotices(directory.context).List(after, kAtOnce));
      return {};
    }));
    found = notices.size();
    if (notices.empty()) break;
    after = PositionOf(notices.back());
    std::erase_if(notices, [](const DelegationNotice& notice) { return notice.delivered; });
    for (DelegationNotice& notice : notices) {
      TRY(WriteNotice(folder_, notice));
      notice.delivered = true;
    }
    TRY(RunChange(installation_, AccountId(), quotas_, random_, [&](directory::Directory& directory) -> Result<> {
      for (const DelegationNotice& notice : notices) DelegationNotices(directory.context).Put(notice);
      return {};
    }));
  }
  delivered_ = revision;
  return {};
}

DelegationService::DelegationService(const std::filesystem::path& folder, Installation& installation,
                                     const directory::Quotas& quotas, const Clock& clock,
                                     std::function<void(std::string_view)> log)
    : keeper_(folder, installation, quotas, random_), clock_(clock), log_(std::move(log)), thread_([this] { Run(); }) {}

DelegationService::~DelegationService() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

// Once more at the end, so that what was told to the last caller is there.
void DelegationService::Run() {
  StartError said;
  for (bool stop = false; !stop;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kInterval, [&] { return stopping_; });
      stop = stopping_;
    }
    const auto done = keeper_.Round(clock_.Now());
    StartError error = done.ok() ? StartError() : done.error();
    if (!error.empty() && error != said) log_("delegation requests cannot be looked after: " + error);
    said = std::move(error);
  }
}

StartResult<std::unique_ptr<DelegationService>> StartDelegation(const Config& config, Installation& installation,
                                                                const directory::Quotas& quotas, const Clock& clock) {
  const std::filesystem::path& folder = config.delegation_notices;
  if (!folder.empty() && mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return Failure<StartError>{"cannot make the folder " + folder.string() + ": " +
                               std::generic_category().message(errno)};
  }
  return std::make_unique<DelegationService>(folder, installation, quotas, clock,
                                             [](std::string_view line) { LogWarning(line); });
}

}  // namespace claviger::server
