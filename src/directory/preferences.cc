#include "directory/preferences.h"

#include "codec/record.h"
#include "directory/account_index.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum Field : unsigned { kAlias = 1, kTokenVersion = 2, kKeyAge = 3 };

}  // namespace

Result<Preferences> AccountPreferences::Get() {
  const std::string at = keyspace::Preferences(context_.account);
  Preferences preferences;
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return preferences;
  codec::RecordReader reader(entry->value, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kAlias) preferences.alias = field->Text();
    if (field->number == kTokenVersion) preferences.token_version = static_cast<std::uint32_t>(field->value);
    if (field->number == kKeyAge) {
      preferences.key_age = DecodeKeyAgeRule(field->bytes);
      if (!preferences.key_age) return Corrupt(at);
    }
  }
  if (!reader.ok()) return Corrupt(at);
  return preferences;
}

void AccountPreferences::Put(const Preferences& preferences) {
  const std::string at = keyspace::Preferences(context_.account);
  if (preferences == Preferences()) {
    context_.transaction.Delete(at);
    return;
  }
  codec::RecordWriter writer(kVersion);
  writer.BytesUnlessEmpty(kAlias, preferences.alias).Number(kTokenVersion, preferences.token_version);
  if (preferences.key_age) writer.Bytes(kKeyAge, EncodeKeyAgeRule(*preferences.key_age));
  context_.transaction.Put(at, writer.Take());
}

Result<> AccountPreferences::SetAlias(std::string_view alias) {
  Preferences preferences = TRY(Get());
  if (!alias.empty() && TRY(FindAccountOfAlias(context_.transaction, alias))) {
    return Fail(ErrorCode::kEntityAlreadyExists, "The account alias " + std::string(alias) + " already exists.");
  }
  if (!preferences.alias.empty()) context_.transaction.Delete(keyspace::GlobalAccountAlias(preferences.alias));
  if (!alias.empty()) context_.transaction.Put(keyspace::GlobalAccountAlias(alias), context_.account.ToString());
  preferences.alias = alias;
  Put(preferences);
  return {};
}

Result<> AccountPreferences::SetTokenVersion(std::uint32_t version) {
  Preferences preferences = TRY(Get());
  preferences.token_version = version;
  Put(preferences);
  return {};
}

Result<> AccountPreferences::SetKeyAge(const std::optional<KeyAgeRule>& rule) {
  Preferences preferences = TRY(Get());
  if (rule && preferences.key_age && preferences.key_age->SaysTheSame(*rule)) return {};
  preferences.key_age = rule;
  Put(preferences);
  return {};
}

Result<std::optional<AccountId>> FindAccountOfAlias(store::Transaction& transaction, std::string_view alias) {
  return FindIndexedAccount(transaction, keyspace::GlobalAccountAlias(alias));
}

}  // namespace claviger::directory
