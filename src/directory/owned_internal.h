// The functions of directory/owned.h, and what a kind of credential says about itself to get them. For the sources of
// the kinds alone.
#pragma once

#include <string>
#include <utility>

#include "codec/record.h"
#include "directory/credential_status.h"
#include "directory/keyspace.h"
#include "directory/owned.h"

namespace claviger::directory {

// Stored, never renumber: docs/internals/directory.md.
inline constexpr std::uint8_t kOwnedVersion = 1;
// The fields that every kind has; its own begin at kFirstOfKind.
enum OwnedField : unsigned { kOwnedOwner = 1, kOwnedStatus = 2, kOwnedCreated = 3, kFirstOfKind = 4 };

// Specialized for each kind:
//   static constexpr std::string_view kFolder;                           where its records are
//   static void EncodeOwn(const T&, codec::RecordWriter&);               its own fields
//   static void DecodeOwn(const codec::RecordField&, T&);
template <class T>
struct OwnedKind;

template <class T>
std::string EncodeOwned(const T& item) {
  codec::RecordWriter writer(kOwnedVersion);
  writer.Bytes(kOwnedOwner, item.owner)
      .Number(kOwnedStatus, static_cast<std::uint64_t>(item.status))
      .Time(kOwnedCreated, item.created);
  OwnedKind<T>::EncodeOwn(item, writer);
  return writer.Take();
}

template <class T>
std::optional<T> DecodeOwned(std::string_view id, std::string_view record) {
  T item;
  item.id = id;
  std::optional<CredentialStatus> status;
  codec::RecordReader reader(record, kOwnedVersion);
  while (const auto field = reader.Next()) {
    switch (field->number) {
      case kOwnedOwner:
        item.owner = field->Text();
        break;
      case kOwnedStatus:
        status = ToCredentialStatus(field->value);
        break;
      case kOwnedCreated:
        item.created = field->Time();
        break;
      default:
        OwnedKind<T>::DecodeOwn(*field, item);
        break;
    }
  }
  if (!reader.ok() || item.owner.empty() || !status) return std::nullopt;
  item.status = *status;
  return item;
}

template <class T>
Result<std::optional<T>> Owned<T>::Find(std::string_view id) {
  const std::string key = keyspace::Owned(context_.account, OwnedKind<T>::kFolder, id);
  const auto entry = TRY(FromStore(context_.transaction.Get(key)));
  if (!entry) return std::optional<T>();
  auto item = DecodeOwned<T>(id, entry->value);
  if (!item) return Corrupt(key);
  return item;
}

template <class T>
void Owned<T>::Insert(const T& item) {
  Replace(item);
  context_.transaction.Put(keyspace::OwnedBy(context_.account, OwnedKind<T>::kFolder, item.owner, item.id), "");
}

template <class T>
void Owned<T>::Replace(const T& item) {
  context_.transaction.Put(keyspace::Owned(context_.account, OwnedKind<T>::kFolder, item.id), EncodeOwned(item));
}

template <class T>
void Owned<T>::Remove(const T& item) {
  context_.transaction.Delete(keyspace::Owned(context_.account, OwnedKind<T>::kFolder, item.id));
  context_.transaction.Delete(keyspace::OwnedBy(context_.account, OwnedKind<T>::kFolder, item.owner, item.id));
}

template <class T>
Result<std::vector<std::string>> Owned<T>::IdsOf(std::string_view owner) {
  const std::string prefix = keyspace::AllOwnedBy(context_.account, OwnedKind<T>::kFolder, owner);
  std::vector<std::string> ids;
  TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry&) {
    ids.emplace_back(key.substr(prefix.size()));
    return true;
  })));
  return ids;
}

template <class T>
Result<std::vector<T>> Owned<T>::ListOf(std::string_view owner) {
  std::vector<T> items;
  for (const std::string& id : TRY(IdsOf(owner))) {
    auto item = TRY(Find(id));
    if (!item) return Corrupt(keyspace::OwnedBy(context_.account, OwnedKind<T>::kFolder, owner, id));
    items.push_back(std::move(*item));
  }
  return items;
}

template <class T>
Result<Page<T>> Owned<T>::ListAll(std::string_view after, std::size_t count_max) {
  const std::string prefix = keyspace::AllOwned(context_.account, OwnedKind<T>::kFolder);
  const std::string start = after.empty() ? std::string() : prefix + std::string(after);
  Page<T> page;
  Result<> outcome;
  TRY(FromStore(context_.transaction.Scan(prefix, start, [&](std::string_view key, const store::Entry& entry) {
    page.truncated = page.items.size() == count_max;
    if (page.truncated) return false;
    auto item = DecodeOwned<T>(key.substr(prefix.size()), entry.value);
    if (!item) {
      outcome = Corrupt(key);
      return false;
    }
    page.items.push_back(std::move(*item));
    return true;
  })));
  TRY(outcome);
  return page;
}

}  // namespace claviger::directory
