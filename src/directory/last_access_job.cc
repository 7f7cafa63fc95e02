#include "directory/last_access_job.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/encoding.h"
#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

using codec::RecordReader;
using codec::RecordWriter;

constexpr std::chrono::hours kKept{24};
constexpr std::size_t kJobsMax = 1000;

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum JobField : unsigned { kCaller = 1, kByAction = 2, kCreated = 3, kEntity = 4, kService = 5 };
enum EntityField : unsigned { kKind = 1, kEntityId = 2, kPath = 3, kName = 4 };
enum ServiceField : unsigned { kNamespace = 1, kUse = 2, kAction = 3 };
enum UseField : unsigned { kUser = 1, kTime = 2, kRegion = 3 };
enum ActionField : unsigned { kActionName = 1, kLastUse = 2 };

std::string Encode(const LastAccessJob::Use& use) {
  return RecordWriter(kVersion).Number(kUser, use.entity).Time(kTime, use.time).Bytes(kRegion, use.region).Take();
}

std::string Encode(const LastAccessJob::Service& service) {
  RecordWriter writer(kVersion);
  writer.Bytes(kNamespace, service.name_space);
  for (const auto& use : service.uses) writer.Bytes(kUse, Encode(use));
  for (const auto& action : service.actions) {
    RecordWriter inner(kVersion);
    inner.Bytes(kActionName, action.name);
    if (action.last) inner.Bytes(kLastUse, Encode(*action.last));
    writer.Bytes(kAction, inner.Take());
  }
  return writer.Take();
}

std::string Encode(const LastAccessJob& job) {
  RecordWriter writer(kVersion);
  writer.Bytes(kCaller, job.caller).Number(kByAction, job.by_action ? 1 : 0).Time(kCreated, job.created);
  for (const auto& entity : job.entities) {
    writer.Bytes(kEntity, RecordWriter(kVersion)
                              .Number(kKind, static_cast<std::uint64_t>(entity.kind))
                              .Bytes(kEntityId, entity.id)
                              .Bytes(kPath, entity.path)
                              .Bytes(kName, entity.name)
                              .Take());
  }
  for (const auto& service : job.services) writer.Bytes(kService, Encode(service));
  return writer.Take();
}

LastAccessJob::Use DecodeUse(std::string_view record) {
  LastAccessJob::Use use;
  RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kUser) use.entity = static_cast<std::uint32_t>(field->value);
    if (field->number == kTime) use.time = field->Time();
    if (field->number == kRegion) use.region = field->Text();
  }
  return use;
}

LastAccessJob::Action DecodeAction(std::string_view record) {
  LastAccessJob::Action action;
  RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kActionName) action.name = field->Text();
    if (field->number == kLastUse) action.last = DecodeUse(field->bytes);
  }
  return action;
}

LastAccessJob::Service DecodeService(std::string_view record) {
  LastAccessJob::Service service;
  RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kNamespace) service.name_space = field->Text();
    if (field->number == kUse) service.uses.push_back(DecodeUse(field->bytes));
    if (field->number == kAction) service.actions.push_back(DecodeAction(field->bytes));
  }
  return service;
}

LastAccessJob::Entity DecodeEntity(std::string_view record) {
  LastAccessJob::Entity entity;
  RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kKind) entity.kind = static_cast<EntityKind>(field->value);
    if (field->number == kEntityId) entity.id = field->Text();
    if (field->number == kPath) entity.path = field->Text();
    if (field->number == kName) entity.name = field->Text();
  }
  return entity;
}

bool RefersToEntities(const LastAccessJob& job) {
  const auto refers = [&](const LastAccessJob::Use& use) { return use.entity < job.entities.size(); };
  return std::ranges::all_of(job.services, [&](const LastAccessJob::Service& service) {
    return std::ranges::all_of(service.uses, refers) &&
           std::ranges::all_of(service.actions, [&](const LastAccessJob::Action& action) {
             return !action.last || refers(*action.last);
           });
  });
}

}  // namespace

// Six bytes of milliseconds, ten of randomness, written as a UUID.
std::string LastAccessJobs::NewId(TimePoint now) {
  std::array<std::uint8_t, 16> bytes{};
  context_.random.Fill(bytes);
  auto millis =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  for (std::size_t i = 6; i-- > 0; millis >>= 8) bytes[i] = static_cast<std::uint8_t>(millis);
  std::string id = HexEncode(bytes);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) id.insert(at, 1, '-');
  return id;
}

Result<> LastAccessJobs::Insert(const LastAccessJob& job) {
  const std::string prefix = keyspace::LastAccessJobs(context_.account);
  std::vector<std::string> keys;
  TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry&) {
    keys.emplace_back(key);
    return true;
  })));
  const std::string first_kept = prefix + NewId(job.created - kKept).substr(0, 13);
  for (std::size_t i = 0; i < keys.size() && (keys[i] < first_kept || keys.size() - i >= kJobsMax); ++i) {
    context_.transaction.Delete(keys[i]);
  }
  context_.transaction.Put(keyspace::LastAccessJob(context_.account, job.id), Encode(job));
  return {};
}

Result<std::optional<LastAccessJob>> LastAccessJobs::Find(std::string_view id) {
  const std::string at = keyspace::LastAccessJob(context_.account, id);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<LastAccessJob>();
  LastAccessJob job;
  job.id = id;
  RecordReader reader(entry->value, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kCaller) job.caller = field->Text();
    if (field->number == kByAction) job.by_action = field->value != 0;
    if (field->number == kCreated) job.created = field->Time();
    if (field->number == kEntity) job.entities.push_back(DecodeEntity(field->bytes));
    if (field->number == kService) job.services.push_back(DecodeService(field->bytes));
  }
  if (!reader.ok() || !RefersToEntities(job)) return Corrupt(at);
  return std::optional(std::move(job));
}

}  // namespace claviger::directory
