#include "directory/token_key.h"

#include <charconv>

#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum KeyField : unsigned { kKeyId = 1, kCreated = 2, kSealed = 3, kFirst = 4, kSecond = 5 };

std::string EncodeKey(const TokenKey& key) {
  return codec::RecordWriter(kVersion)
      .Bytes(kKeyId, key.id)
      .Time(kCreated, key.created)
      .Bytes(kSealed, key.sealed)
      .Bytes(kFirst, key.public_numbers.first)
      .Bytes(kSecond, key.public_numbers.second)
      .Take();
}

std::optional<TokenKey> DecodeKey(std::string_view record) {
  TokenKey key;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kKeyId) key.id = field->Text();
    if (field->number == kCreated) key.created = field->Time();
    if (field->number == kSealed) key.sealed = field->Text();
    if (field->number == kFirst) key.public_numbers.first = field->Text();
    if (field->number == kSecond) key.public_numbers.second = field->Text();
  }
  if (!reader.ok() || key.id.empty() || key.sealed.empty()) return std::nullopt;
  return key;
}

// Binds a sealed key to its record.
std::string SealContext(std::string_view key_id) { return "token-key/" + std::string(key_id); }

bool Signs(const TokenKey& key, TimePoint now) { return now - key.created >= kTokenKeyNotice; }

}  // namespace

Result<std::vector<TokenKey>> TokenKeys::List(crypto::SignatureAlgorithm algorithm) {
  std::vector<TokenKey> keys;
  std::string corrupt;
  const std::string prefix = keyspace::TokenKeys(context_.account, crypto::SignatureAlgorithmName(algorithm));
  TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view at, const store::Entry& entry) {
    auto key = DecodeKey(entry.value);
    const std::string_view digits = at.substr(prefix.size());
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    if (!key || error != std::errc() || end != digits.data() + digits.size()) {
      corrupt = at;
      return false;
    }
    key->algorithm = algorithm;
    key->number = number;
    keys.push_back(*std::move(key));
    return true;
  })));
  if (!corrupt.empty()) return Corrupt(corrupt);
  return keys;
}

Result<std::optional<TokenKey>> TokenKeys::FindSigning(crypto::SignatureAlgorithm algorithm, TimePoint now) {
  auto keys = TRY(List(algorithm));
  if (keys.empty() || now - keys.back().created >= kTokenKeyLife) return std::optional<TokenKey>();
  std::size_t signing = 0;  // The very first signs at once.
  for (std::size_t i = 1; i < keys.size(); ++i) signing = Signs(keys[i], now) ? i : signing;
  return std::optional<TokenKey>(std::move(keys[signing]));
}

Result<> TokenKeys::Add(const crypto::SignatureKey& key, TimePoint now) {
  const std::string_view algorithm = crypto::SignatureAlgorithmName(key.algorithm());
  const auto keys = TRY(List(key.algorithm()));
  // The newest signs now, and has for longer than any token lives.
  for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
    context_.transaction.Delete(keyspace::TokenKey(context_.account, algorithm, keys[i].number));
  }
  TokenKey added{.number = keys.empty() ? 1 : keys.back().number + 1,
                 .id = context_.random.Uuid(),
                 .created = now,
                 .public_numbers = key.PublicNumbers()};
  const crypto::Secret der = key.Der();
  added.sealed = context_.keys.secrets.Seal(SealContext(added.id), der.Reveal(), context_.random);
  context_.transaction.Put(keyspace::TokenKey(context_.account, algorithm, added.number), EncodeKey(added));
  return {};
}

Result<crypto::SignatureKey> TokenKeys::Open(const TokenKey& key) const {
  const auto der = context_.keys.secrets.Open(SealContext(key.id), key.sealed);
  auto opened = der ? crypto::SignatureKey::FromDer(key.algorithm, der->Reveal()) : std::nullopt;
  if (opened) return *std::move(opened);
  return Corrupt(keyspace::TokenKey(context_.account, crypto::SignatureAlgorithmName(key.algorithm), key.number));
}

}  // namespace claviger::directory
