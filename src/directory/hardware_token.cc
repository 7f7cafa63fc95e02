#include "directory/hardware_token.h"

#include <utility>

#include "base/text.h"
#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum Field : unsigned {
  kSerialNumber = 1,
  kSealedSeed = 2,
  kPeriod = 3,
  kImported = 4,
  kReservedFor = 5,
  kUsedIn = 6,
  kLastStep = 7,
};

std::string SealContext(std::string_view serial_number) { return "hardware-token/" + AsciiLower(serial_number); }

std::string Encode(const HardwareToken& token) {
  codec::RecordWriter writer(kVersion);
  writer.Bytes(kSerialNumber, token.serial_number)
      .Bytes(kSealedSeed, token.sealed_seed)
      .Number(kPeriod, static_cast<std::uint64_t>(token.period.count()))
      .Time(kImported, token.imported)
      .BytesUnlessEmpty(kReservedFor, token.reserved_for)
      .BytesUnlessEmpty(kUsedIn, token.used_in);
  if (token.last_step != 0) writer.Number(kLastStep, static_cast<std::uint64_t>(token.last_step));
  return writer.Take();
}

std::optional<HardwareToken> Decode(std::string_view record) {
  HardwareToken token;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kSerialNumber) token.serial_number = field->Text();
    if (field->number == kSealedSeed) token.sealed_seed = field->Text();
    if (field->number == kPeriod) token.period = std::chrono::seconds(field->value);
    if (field->number == kImported) token.imported = field->Time();
    if (field->number == kReservedFor) token.reserved_for = field->Text();
    if (field->number == kUsedIn) token.used_in = field->Text();
    if (field->number == kLastStep) token.last_step = static_cast<std::int64_t>(field->value);
  }
  if (!reader.ok() || token.serial_number.empty() || token.period.count() <= 0) return std::nullopt;
  return token;
}

}  // namespace

Result<std::optional<HardwareToken>> HardwareTokens::Find(std::string_view serial_number) {
  const std::string key = keyspace::GlobalHardwareToken(serial_number);
  const auto entry = TRY(FromStore(context_.transaction.Get(key)));
  if (!entry) return std::optional<HardwareToken>();
  auto token = Decode(entry->value);
  if (!token) return Corrupt(key);
  if (token->serial_number != serial_number) token.reset();
  return token;
}

Result<> HardwareTokens::Insert(HardwareToken token, const crypto::Secret& seed) {
  const std::string key = keyspace::GlobalHardwareToken(token.serial_number);
  if (TRY(FromStore(context_.transaction.Get(key)))) {
    return Fail(ErrorCode::kEntityAlreadyExists,
                "a hardware token with the serial number " + token.serial_number + " is there already");
  }
  token.sealed_seed = context_.keys.secrets.Seal(SealContext(token.serial_number), seed.Reveal(), context_.random);
  Replace(token);
  return {};
}

void HardwareTokens::Replace(const HardwareToken& token) {
  context_.transaction.Put(keyspace::GlobalHardwareToken(token.serial_number), Encode(token));
}

void HardwareTokens::Remove(const HardwareToken& token) {
  context_.transaction.Delete(keyspace::GlobalHardwareToken(token.serial_number));
}

Result<std::vector<HardwareToken>> HardwareTokens::List() {
  std::vector<HardwareToken> tokens;
  Result<> outcome;
  TRY(FromStore(context_.transaction.Scan(keyspace::GlobalHardwareTokens(), "",
                                          [&](std::string_view key, const store::Entry& entry) {
                                            auto token = Decode(entry.value);
                                            if (!token) {
                                              outcome = Corrupt(key);
                                              return false;
                                            }
                                            tokens.push_back(std::move(*token));
                                            return true;
                                          })));
  TRY(outcome);
  return tokens;
}

Result<crypto::Secret> HardwareTokens::OpenSeed(const HardwareToken& token) {
  auto seed = context_.keys.secrets.Open(SealContext(token.serial_number), token.sealed_seed);
  if (!seed) return Corrupt(keyspace::GlobalHardwareToken(token.serial_number));
  return std::move(*seed);
}

}  // namespace claviger::directory
