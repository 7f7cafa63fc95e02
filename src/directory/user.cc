#include "directory/user.h"

#include "base/text.h"
#include "codec/record.h"
#include "directory/counter.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

using codec::RecordReader;
using codec::RecordWriter;

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum UserField : unsigned { kId = 1, kPath = 2, kName = 3, kCreated = 4, kTag = 5 };
enum TagField : unsigned { kTagKey = 1, kTagValue = 2 };

std::string EncodeTag(const Tag& tag) {
  return RecordWriter(kVersion).Bytes(kTagKey, tag.key).BytesUnlessEmpty(kTagValue, tag.value).Take();
}

Tag DecodeTag(std::string_view record) {
  Tag tag;
  RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kTagKey) tag.key = field->Text();
    if (field->number == kTagValue) tag.value = field->Text();
  }
  return tag;
}

std::string Encode(const User& user) {
  RecordWriter writer(kVersion);
  writer.Bytes(kId, user.id).Bytes(kPath, user.path).Bytes(kName, user.name).Time(kCreated, user.created);
  for (const Tag& tag : user.tags) writer.Bytes(kTag, EncodeTag(tag));
  return writer.Take();
}

std::optional<User> Decode(std::string_view record) {
  User user;
  RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    switch (field->number) {
      case kId:
        user.id = field->Text();
        break;
      case kPath:
        user.path = field->Text();
        break;
      case kName:
        user.name = field->Text();
        break;
      case kCreated:
        user.created = field->Time();
        break;
      case kTag:
        user.tags.push_back(DecodeTag(field->bytes));
        break;
      default:
        break;
    }
  }
  if (!reader.ok() || user.id.empty() || user.name.empty()) return std::nullopt;
  return user;
}

Counter UserCount(const Context& context) {
  return {.what = "users", .quota_name = "UsersPerAccount", .max = context.quotas.users_per_account};
}

}  // namespace

Result<std::optional<User>> Users::Find(std::string_view name) {
  const std::string key = keyspace::User(context_.account, name);
  const auto entry = TRY(FromStore(context_.transaction.Get(key)));
  if (!entry) return std::optional<User>();
  auto user = Decode(entry->value);
  if (!user) return Corrupt(key);
  return user;
}

Result<User> Users::Get(std::string_view name) {
  auto user = TRY(Find(name));
  if (!user) return Fail(ErrorCode::kNoSuchEntity, "The user with name " + std::string(name) + " cannot be found.");
  return std::move(*user);
}

Result<std::optional<User>> Users::FindById(std::string_view id) {
  const auto name = TRY(FromStore(context_.transaction.Get(keyspace::UserName(context_.account, id))));
  if (!name) return std::optional<User>();
  return Find(std::string(name->value));
}

Result<> Users::Insert(const User& user) {
  if (TRY(Find(user.name))) {
    return Fail(ErrorCode::kEntityAlreadyExists, "User with name " + user.name + " already exists.");
  }
  TRY(CountUp(context_, UserCount(context_)));
  context_.transaction.Put(keyspace::User(context_.account, user.name), Encode(user));
  context_.transaction.Put(keyspace::UserName(context_.account, user.id), AsciiLower(user.name));
  return {};
}

Result<> Users::Replace(const User& stored, const User& user) {
  if (!EqualsIgnoreCase(stored.name, user.name)) {
    if (TRY(Find(user.name))) {
      return Fail(ErrorCode::kEntityAlreadyExists, "User with name " + user.name + " already exists.");
    }
    context_.transaction.Delete(keyspace::User(context_.account, stored.name));
    context_.transaction.Put(keyspace::UserName(context_.account, user.id), AsciiLower(user.name));
  }
  context_.transaction.Put(keyspace::User(context_.account, user.name), Encode(user));
  return {};
}

Result<> Users::Remove(const User& user) {
  context_.transaction.Delete(keyspace::User(context_.account, user.name));
  context_.transaction.Delete(keyspace::UserName(context_.account, user.id));
  CountDown(context_, UserCount(context_));
  return {};
}

Result<UserPage> Users::List(std::string_view path_prefix, std::string_view after, std::size_t count_max) {
  const std::string prefix = keyspace::Users(context_.account);
  const std::string start = after.empty() ? std::string() : keyspace::User(context_.account, after);
  UserPage page;
  std::string broken;
  TRY(FromStore(context_.transaction.Scan(prefix, start, [&](std::string_view key, const store::Entry& entry) {
    auto user = Decode(entry.value);
    if (!user) {
      broken = key;
      return false;
    }
    if (!user->path.starts_with(path_prefix)) return true;
    if (page.users.size() == count_max) {
      page.truncated = true;
      return false;
    }
    page.users.push_back(std::move(*user));
    return true;
  })));
  if (!broken.empty()) return Corrupt(broken);
  return page;
}

}  // namespace claviger::directory
