// The functions of OrganizationPart, and what a kind of part says about itself to get them. For the directory's own
// sources alone.
#pragma once

#include <string>
#include <utility>

#include "codec/record.h"
#include "directory/keyspace.h"
#include "directory/named_internal.h"
#include "directory/organization.h"

namespace claviger::directory {

// Specialized for each part:
//   static constexpr std::string_view kFolder;                   where its records are
//   static void Encode(const T&, codec::RecordWriter&);          its fields; the id is in the key
//   static void Decode(const codec::RecordField&, T&);
template <class T>
struct PartKind;

template <class T>
std::optional<T> DecodePart(std::string_view id, std::string_view record) {
  T item;
  item.id = id;
  codec::RecordReader reader(record, kNamedVersion);
  while (const auto field = reader.Next()) PartKind<T>::Decode(*field, item);
  if (!reader.ok()) return std::nullopt;
  return item;
}

template <class T>
Result<std::optional<T>> OrganizationPart<T>::Find(std::string_view id) {
  const std::string key = keyspace::OrganizationParts(context_.account, PartKind<T>::kFolder) + std::string(id);
  const auto entry = TRY(FromStore(context_.transaction.Get(key)));
  if (!entry) return std::optional<T>();
  auto item = DecodePart<T>(id, entry->value);
  if (!item) return Corrupt(key);
  return item;
}

template <class T>
void OrganizationPart<T>::Put(const T& item) {
  codec::RecordWriter writer(kNamedVersion);
  PartKind<T>::Encode(item, writer);
  context_.transaction.Put(keyspace::OrganizationParts(context_.account, PartKind<T>::kFolder) + item.id,
                           writer.Take());
}

template <class T>
void OrganizationPart<T>::Remove(std::string_view id) {
  context_.transaction.Delete(keyspace::OrganizationParts(context_.account, PartKind<T>::kFolder) + std::string(id));
}

template <class T>
Result<std::vector<T>> OrganizationPart<T>::List(std::string_view prefix) {
  const std::string folder = keyspace::OrganizationParts(context_.account, PartKind<T>::kFolder);
  std::vector<T> items;
  Result<> outcome;
  TRY(FromStore(
      context_.transaction.Scan(folder + std::string(prefix), "", [&](std::string_view key, const store::Entry& entry) {
        auto item = DecodePart<T>(key.substr(folder.size()), entry.value);
        if (!item) {
          outcome = Corrupt(key);
          return false;
        }
        items.push_back(std::move(*item));
        return true;
      })));
  TRY(outcome);
  return items;
}

}  // namespace claviger::directory
