// The functions of directory/named.h, and what a kind of resource says about itself to get them. For the sources of
// the kinds alone.
#pragma once

#include <string>
#include <utility>

#include "aws/tag.h"
#include "base/text.h"
#include "codec/record.h"
#include "directory/counter.h"
#include "directory/keyspace.h"
#include "directory/named.h"

namespace claviger::directory {

// Stored, never renumber: docs/internals/directory.md.
inline constexpr std::uint8_t kNamedVersion = 1;
// The fields that every kind has; its own begin at kFirstOwn.
enum NamedField : unsigned { kId = 1, kPath = 2, kName = 3, kCreated = 4, kTag = 5, kFirstOwn = 6 };
enum TagField : unsigned { kTagKey = 1, kTagValue = 2 };

inline std::string EncodeTag(const Tag& tag) {
  return codec::RecordWriter(kNamedVersion).Bytes(kTagKey, tag.key).BytesUnlessEmpty(kTagValue, tag.value).Take();
}

inline Tag DecodeTag(std::string_view record) {
  Tag tag;
  codec::RecordReader reader(record, kNamedVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kTagKey) tag.key = field->Text();
    if (field->number == kTagValue) tag.value = field->Text();
  }
  return tag;
}

// Specialized for each kind:
//   static constexpr std::string_view kFolder;                           where its records are
//   static Counter Count(const Context&);                                its quota
//   static std::string Missing(std::string_view), Existing(...);         AWS's words
//   static void EncodeOwn(const T&, codec::RecordWriter&);               its own fields
//   static void DecodeOwn(const codec::RecordField&, T&);
template <class T>
struct Kind;

template <class T>
concept HasTags = requires(T item) {
  item.tags;
};

template <class T>
std::string EncodeNamed(const T& item) {
  codec::RecordWriter writer(kNamedVersion);
  writer.Bytes(kId, item.id).Bytes(kPath, item.path).Bytes(kName, item.name).Time(kCreated, item.created);
  if constexpr (HasTags<T>) {
    for (const Tag& tag : item.tags) writer.Bytes(kTag, EncodeTag(tag));
  }
  Kind<T>::EncodeOwn(item, writer);
  return writer.Take();
}

template <class T>
std::optional<T> DecodeNamed(std::string_view record) {
  T item;
  codec::RecordReader reader(record, kNamedVersion);
  while (const auto field = reader.Next()) {
    switch (field->number) {
      case kId:
        item.id = field->Text();
        break;
      case kPath:
        item.path = field->Text();
        break;
      case kName:
        item.name = field->Text();
        break;
      case kCreated:
        item.created = field->Time();
        break;
      case kTag:
        if constexpr (HasTags<T>) item.tags.push_back(DecodeTag(field->bytes));
        break;
      default:
        Kind<T>::DecodeOwn(*field, item);
        break;
    }
  }
  if (!reader.ok() || item.id.empty() || item.name.empty()) return std::nullopt;
  return item;
}

template <class T>
Result<std::optional<T>> Named<T>::Find(std::string_view name) {
  const std::string key = keyspace::Named(context_.account, Kind<T>::kFolder, name);
  const auto entry = TRY(FromStore(context_.transaction.Get(key)));
  if (!entry) return std::optional<T>();
  auto item = DecodeNamed<T>(entry->value);
  if (!item) return Corrupt(key);
  return item;
}

template <class T>
Result<T> Named<T>::Get(std::string_view name) {
  auto item = TRY(Find(name));
  if (!item) return Fail(ErrorCode::kNoSuchEntity, Kind<T>::Missing(name));
  return std::move(*item);
}

template <class T>
Result<std::optional<T>> Named<T>::FindById(std::string_view id) {
  const std::string key = keyspace::NameOf(context_.account, Kind<T>::kFolder, id);
  const auto name = TRY(FromStore(context_.transaction.Get(key)));
  if (!name) return std::optional<T>();
  return Find(std::string(name->value));
}

template <class T>
Result<> Named<T>::Insert(const T& item) {
  if (TRY(Find(item.name))) return Fail(ErrorCode::kEntityAlreadyExists, Kind<T>::Existing(item.name));
  TRY(CountUp(context_, Kind<T>::Count(context_)));
  context_.transaction.Put(keyspace::Named(context_.account, Kind<T>::kFolder, item.name), EncodeNamed(item));
  context_.transaction.Put(keyspace::NameOf(context_.account, Kind<T>::kFolder, item.id), AsciiLower(item.name));
  return {};
}

template <class T>
Result<> Named<T>::Replace(const T& stored, const T& changed) {
  if (!EqualsIgnoreCase(stored.name, changed.name)) {
    if (TRY(Find(changed.name))) return Fail(ErrorCode::kEntityAlreadyExists, Kind<T>::Existing(changed.name));
    context_.transaction.Delete(keyspace::Named(context_.account, Kind<T>::kFolder, stored.name));
    context_.transaction.Put(keyspace::NameOf(context_.account, Kind<T>::kFolder, stored.id), AsciiLower(changed.name));
  }
  context_.transaction.Put(keyspace::Named(context_.account, Kind<T>::kFolder, changed.name), EncodeNamed(changed));
  return {};
}

template <class T>
Result<> Named<T>::Remove(const T& item) {
  context_.transaction.Delete(keyspace::Named(context_.account, Kind<T>::kFolder, item.name));
  context_.transaction.Delete(keyspace::NameOf(context_.account, Kind<T>::kFolder, item.id));
  CountDown(context_, Kind<T>::Count(context_));
  return {};
}

template <class T>
Result<Page<T>> Named<T>::List(std::string_view path_prefix, std::string_view after, std::size_t count_max,
                               const Keep& keep) {
  const std::string prefix = keyspace::AllNamed(context_.account, Kind<T>::kFolder);
  const std::string start = after.empty() ? std::string() : prefix + AsciiLower(after);
  Page<T> page;
  Result<> outcome;
  TRY(FromStore(context_.transaction.Scan(prefix, start, [&](std::string_view key, const store::Entry& entry) {
    auto item = DecodeNamed<T>(entry.value);
    if (!item) {
      outcome = Corrupt(key);
      return false;
    }
    if (!item->path.starts_with(path_prefix)) return true;
    if (keep) {
      const Result<bool> kept = keep(*item);
      if (!kept.ok()) outcome = Failure{kept.error()};
      if (!kept.ok() || !*kept) return kept.ok();
    }
    page.truncated = page.items.size() == count_max;
    if (!page.truncated) page.items.push_back(std::move(*item));
    return !page.truncated;
  })));
  TRY(outcome);
  return page;
}

}  // namespace claviger::directory
