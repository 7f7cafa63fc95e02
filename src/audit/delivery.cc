#include "audit/delivery.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "audit/gzip.h"
#include "base/encoding.h"
#include "base/file.h"
#include "codec/record.h"

namespace claviger::audit {
namespace {

// Stored, never renumber: docs/internals/audit.md.
constexpr std::uint8_t kVersion = 1;
enum StateField : unsigned {
  kBucket = 1,
  kSegment = 2,
  kOffset = 3,
  kDelivered = 4,
  kDigested = 5,
  kPending = 6,
  kChain = 7
};
enum ChainField : unsigned {
  kAccount = 1,
  kStart = 2,
  kLogFile = 3,
  kPreviousObject = 4,
  kPreviousHash = 5,
  kPreviousSignature = 6,
};
enum LogFileField : unsigned { kObject = 1, kHash = 2, kNewest = 3, kOldest = 4 };

constexpr std::size_t kFileEvents = 5000;
constexpr std::size_t kStateBytesMax = 64 << 20;
constexpr mode_t kFileMode = S_IRUSR | S_IWUSR | S_IRGRP;
constexpr std::size_t kUniqueCharacters = 16;

std::string Encode(AccountId account, const Chain& chain) {
  codec::RecordWriter writer(kVersion);
  writer.Number(kAccount, account.number())
      .Time(kStart, chain.start)
      .BytesUnlessEmpty(kPreviousObject, chain.previous_object)
      .BytesUnlessEmpty(kPreviousHash, chain.previous_hash)
      .BytesUnlessEmpty(kPreviousSignature, chain.previous_signature);
  for (const LogFile& file : chain.log_files) {
    writer.Bytes(kLogFile, codec::RecordWriter(kVersion)
                               .Bytes(kObject, file.object)
                               .Bytes(kHash, file.hash)
                               .Time(kNewest, file.newest)
                               .Time(kOldest, file.oldest)
                               .Take());
  }
  return writer.Take();
}

LogFile DecodeLogFile(std::string_view bytes) {
  LogFile file;
  codec::RecordReader reader(bytes, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kObject) file.object = field->Text();
    if (field->number == kHash) file.hash = field->Text();
    if (field->number == kNewest) file.newest = field->Time();
    if (field->number == kOldest) file.oldest = field->Time();
  }
  return file;
}

void DecodeChain(std::string_view bytes, std::map<AccountId, Chain>& chains) {
  Chain chain;
  AccountId account;
  codec::RecordReader reader(bytes, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kAccount) account = AccountId::FromNumber(field->value).value_or(AccountId());
    if (field->number == kStart) chain.start = field->Time();
    if (field->number == kLogFile) chain.log_files.push_back(DecodeLogFile(field->bytes));
    if (field->number == kPreviousObject) chain.previous_object = field->Text();
    if (field->number == kPreviousHash) chain.previous_hash = field->Text();
    if (field->number == kPreviousSignature) chain.previous_signature = field->Text();
  }
  chains[account] = std::move(chain);
}

// Letters and digits, as AWS has them in the names of log files.
std::string Unique(Random& random) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  for (std::size_t i = 0; i < kUniqueCharacters; ++i) text += kAlphabet[random.Uint64() % kAlphabet.size()];
  return text;
}

std::string Records(const std::vector<Entry>& entries) {
  std::string text = R"({"Records":[)";
  for (const Entry& entry : entries) {
    if (text.back() != '[') text += ',';
    text += entry.record;
  }
  text += "]}";
  return text;
}

bool Wants(const Destination& destination, const Entry& entry) {
  if (destination.account && *destination.account != entry.account) return false;
  return entry.time >= destination.since && (entry.read_only ? destination.reads : destination.writes);
}

}  // namespace

JournalResult<> WriteFileDurably(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const std::filesystem::path part = path.string() + ".part";
  const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode);
  if (fd < 0) return SystemFailure("cannot make", part);
  if (!WriteAll(fd, bytes) || fsync(fd) != 0 || rename(part.c_str(), path.c_str()) != 0) {
    auto failure = SystemFailure("cannot write", path);
    close(fd);
    unlink(part.c_str());
    return failure;
  }
  close(fd);
  if (!SyncFolder(path.parent_path())) return SystemFailure("cannot write", path);
  return {};
}

std::string Encode(const DeliveryState& state) {
  codec::RecordWriter writer(kVersion);
  writer.Bytes(kBucket, state.bucket)
      .Number(kSegment, state.position.segment)
      .Number(kOffset, state.position.offset)
      .Time(kDelivered, state.delivered)
      .Time(kDigested, state.digested);
  for (const std::string& object : state.pending) writer.Bytes(kPending, object);
  for (const auto& [account, chain] : state.chains) writer.Bytes(kChain, Encode(account, chain));
  return writer.Take();
}

std::optional<DeliveryState> DecodeDeliveryState(std::string_view bytes) {
  DeliveryState state;
  codec::RecordReader reader(bytes, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kBucket) state.bucket = field->Text();
    if (field->number == kSegment) state.position.segment = static_cast<std::uint32_t>(field->value);
    if (field->number == kOffset) state.position.offset = static_cast<std::uint32_t>(field->value);
    if (field->number == kDelivered) state.delivered = field->Time();
    if (field->number == kDigested) state.digested = field->Time();
    if (field->number == kPending) state.pending.push_back(field->Text());
    if (field->number == kChain) DecodeChain(field->bytes, state.chains);
  }
  if (!reader.ok()) return std::nullopt;
  return state;
}

JournalResult<Delivery> Delivery::Open(Destination destination, const std::filesystem::path& state_folder) {
  const std::filesystem::path file =
      state_folder.empty() ? std::filesystem::path() : state_folder / (destination.id + ".state");
  Delivery delivery(std::move(destination), file);
  delivery.state_.bucket = delivery.destination_.bucket;
  if (file.empty() || !std::filesystem::exists(file)) return delivery;
  const auto bytes = ReadWholeFile(file, kStateBytesMax);
  auto state = bytes ? DecodeDeliveryState(*bytes) : std::nullopt;
  if (!state) return Failure<JournalError>{{.full = false, .message = file.string() + " cannot be read"}};
  delivery.state_ = std::move(*state);
  delivery.RemovePending();
  return delivery;
}

// What a crash or failure came upon will be written anew, under other names.
void Delivery::RemovePending() {
  for (const std::string& object : state_.pending) unlink((destination_.root / object).c_str());
  state_.pending.clear();
}

JournalResult<> Delivery::Save() {
  if (state_file_.empty()) return {};
  return WriteFileDurably(state_file_, Encode(state_));
}

JournalResult<> Delivery::WriteLogFile(AccountId account, const std::vector<Entry>& entries, TimePoint now,
                                       Random& random) {
  const auto [oldest, newest] = std::minmax_element(entries.begin(), entries.end(),
                                                    [](const Entry& a, const Entry& b) { return a.time < b.time; });
  const std::string text = Records(entries);
  LogFile file{.object = LogObject(destination_.prefix, account, now, Unique(random)),
               .hash = Sha256Hex(text),
               .newest = newest->time,
               .oldest = oldest->time};
  state_.pending.push_back(file.object);
  TRY(Save());
  TRY(WriteFileDurably(destination_.root / file.object, Gzip(text)));
  const auto [chain, is_new] = state_.chains.try_emplace(account);
  if (is_new) chain->second.start = std::chrono::floor<std::chrono::seconds>(oldest->time);
  chain->second.log_files.push_back(std::move(file));
  state_.delivered = now;
  return {};
}

JournalResult<> Delivery::Deliver(Journal& journal, TimePoint now, Random& random) {
  if (state_.position == Position()) state_.position = TRY(journal.Since(destination_.since));
  for (;;) {
    std::map<AccountId, std::vector<Entry>> entries;
    std::size_t count = 0;
    const Position next = TRY(journal.ReadFrom(state_.position, [&](const Position&, const Entry& entry) {
      if (count == kFileEvents) return false;
      ++count;
      if (Wants(destination_, entry)) entries[entry.account].push_back(entry);
      return true;
    }));
    if (count == 0) return {};
    const DeliveryState before = state_;
    for (const auto& [account, its] : entries) {
      if (const auto written = WriteLogFile(account, its, now, random); !written.ok()) {
        RemovePending();
        state_ = before;
        return Failure{written.error()};
      }
    }
    state_.position = next;
    state_.pending.clear();
    TRY(Save());
  }
}

JournalResult<> Delivery::WriteDigests(const Signer& signer, TimePoint now) {
  const TimePoint end = std::chrono::floor<std::chrono::seconds>(now);
  for (auto& [account, chain] : state_.chains) {
    if (!destination_.digests || end <= chain.start) continue;
    Digest digest{.account = account,
                  .start = chain.start,
                  .end = end,
                  .bucket = destination_.bucket,
                  .object = DigestObject(destination_.prefix, account, destination_.trail, end),
                  .fingerprint = signer.fingerprint,
                  .previous_bucket = chain.previous_object.empty() ? std::string() : destination_.bucket,
                  .previous_object = chain.previous_object,
                  .previous_hash = chain.previous_hash,
                  .previous_signature = chain.previous_signature,
                  .log_files = chain.log_files};
    const std::string content = WriteDigest(digest);
    const std::string signature = HexEncode(AsBytes(signer.key.Sign(StringToSign(digest, content))));
    // The signature first: a digest that is there has one.
    TRY(WriteFileDurably(destination_.root / (digest.object + std::string(kSignatureSuffix)), signature));
    TRY(WriteFileDurably(destination_.root / digest.object, Gzip(content)));
    chain = {.start = end,
             .log_files = {},
             .previous_object = digest.object,
             .previous_hash = Sha256Hex(content),
             .previous_signature = signature};
    state_.digested = now;
    TRY(Save());
  }
  return {};
}

}  // namespace claviger::audit
