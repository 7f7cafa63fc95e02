#include "audit/digest.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/time_text.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "crypto/sha256.h"

namespace claviger::audit {
namespace {

constexpr std::string_view kRegion = "us-east-1";
constexpr std::string_view kHashAlgorithm = "SHA-256";
constexpr std::string_view kSignatureAlgorithm = "SHA256withRSA";
constexpr std::size_t kDigestBytesMax = 64 << 20;
constexpr std::size_t kFingerprintDigits = 32;

void Text(codec::JsonWriter& json, std::string_view name, std::string_view text) {
  json.Key(name);
  json.String(text);
}

void TextOrNull(codec::JsonWriter& json, std::string_view name, std::string_view text) {
  json.Key(name);
  text.empty() ? json.Null() : json.String(text);
}

// Reads the members of an object; anything that is not as written is remembered.
class Reader {
 public:
  explicit Reader(const codec::JsonValue& object) : object_(object), ok_(object.IsObject()) {}

  std::string Text(std::string_view name) {
    const codec::JsonValue* value = ok_ ? object_.Find(name) : nullptr;
    ok_ = value != nullptr && (value->IsString() || value->kind == codec::JsonKind::kNull);
    return ok_ && value->IsString() ? std::string(value->text) : std::string();
  }
  TimePoint Time(std::string_view name) {
    const auto time = ParseIso8601(Text(name));
    ok_ = ok_ && time.has_value();
    return time.value_or(TimePoint());
  }
  [[nodiscard]] bool ok() const { return ok_; }
  void Fail() { ok_ = false; }

 private:
  const codec::JsonValue& object_;
  bool ok_;
};

// "2026/11/25".
std::string DateFolder(TimePoint time) {
  std::string date = FormatIso8601(time).substr(0, 10);
  date[4] = date[7] = '/';
  return date;
}

std::string Folder(std::string_view prefix, AccountId account, std::string_view kind, TimePoint time) {
  std::string folder(prefix);
  if (!folder.empty()) folder += '/';
  folder += "AWSLogs/" + account.ToString() + "/";
  folder += kind;
  folder += "/" + std::string(kRegion) + "/" + DateFolder(time) + "/";
  return folder;
}

}  // namespace

std::string Sha256Hex(std::string_view bytes) { return HexEncode(crypto::Sha256Of(bytes)); }

std::string FingerprintOf(std::string_view public_der) { return Sha256Hex(public_der).substr(0, kFingerprintDigits); }

std::string LogObject(std::string_view prefix, AccountId account, TimePoint delivered, std::string_view unique) {
  std::string object = Folder(prefix, account, "CloudTrail", delivered);
  object += account.ToString() + "_CloudTrail_";
  object += kRegion;
  object += "_" + FormatIso8601Basic(delivered).substr(0, 13) + "Z_";
  object += unique;
  object += ".json.gz";
  return object;
}

std::string DigestObject(std::string_view prefix, AccountId account, std::string_view trail, TimePoint end) {
  std::string object = Folder(prefix, account, "CloudTrail-Digest", end);
  object += account.ToString() + "_CloudTrail-Digest_";
  object += kRegion;
  object += "_";
  object += trail;
  object += "_";
  object += kRegion;
  object += "_" + FormatIso8601Basic(end) + ".json.gz";
  return object;
}

std::string WriteDigest(const Digest& digest) {
  std::string out;
  codec::JsonWriter json(out);
  TimePoint newest = TimePoint::min();
  TimePoint oldest = TimePoint::max();
  for (const LogFile& file : digest.log_files) {
    newest = std::max(newest, file.newest);
    oldest = std::min(oldest, file.oldest);
  }
  const bool any = !digest.log_files.empty();
  json.BeginObject();
  Text(json, "awsAccountId", digest.account.ToString());
  Text(json, "digestStartTime", FormatIso8601(digest.start));
  Text(json, "digestEndTime", FormatIso8601(digest.end));
  Text(json, "digestS3Bucket", digest.bucket);
  Text(json, "digestS3Object", digest.object);
  Text(json, "digestPublicKeyFingerprint", digest.fingerprint);
  Text(json, "digestSignatureAlgorithm", kSignatureAlgorithm);
  TextOrNull(json, "newestEventTime", any ? FormatIso8601(newest) : std::string());
  TextOrNull(json, "oldestEventTime", any ? FormatIso8601(oldest) : std::string());
  TextOrNull(json, "previousDigestS3Bucket", digest.previous_bucket);
  TextOrNull(json, "previousDigestS3Object", digest.previous_object);
  TextOrNull(json, "previousDigestHashValue", digest.previous_hash);
  TextOrNull(json, "previousDigestHashAlgorithm", digest.previous_hash.empty() ? std::string_view() : kHashAlgorithm);
  TextOrNull(json, "previousDigestSignature", digest.previous_signature);
  json.Key("logFiles");
  json.BeginArray();
  for (const LogFile& file : digest.log_files) {
    json.BeginObject();
    Text(json, "s3Bucket", digest.bucket);
    Text(json, "s3Object", file.object);
    Text(json, "hashValue", file.hash);
    Text(json, "hashAlgorithm", kHashAlgorithm);
    Text(json, "newestEventTime", FormatIso8601(file.newest));
    Text(json, "oldestEventTime", FormatIso8601(file.oldest));
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return out;
}

std::optional<Digest> ReadDigest(std::string_view text) {
  const auto parsed = codec::ParseJson(text, {.bytes_max = kDigestBytesMax});
  if (!parsed.ok()) return std::nullopt;
  Reader reader(parsed->root());
  const auto account = AccountId::Parse(reader.Text("awsAccountId"));
  Digest digest{.account = account.value_or(AccountId()),
                .start = reader.Time("digestStartTime"),
                .end = reader.Time("digestEndTime"),
                .bucket = reader.Text("digestS3Bucket"),
                .object = reader.Text("digestS3Object"),
                .fingerprint = reader.Text("digestPublicKeyFingerprint"),
                .previous_bucket = reader.Text("previousDigestS3Bucket"),
                .previous_object = reader.Text("previousDigestS3Object"),
                .previous_hash = reader.Text("previousDigestHashValue"),
                .previous_signature = reader.Text("previousDigestSignature"),
                .log_files = {}};
  const codec::JsonValue* files = reader.ok() ? parsed->root().Find("logFiles") : nullptr;
  if (!account || files == nullptr || !files->IsArray()) return std::nullopt;
  for (const codec::JsonValue& item : files->items) {
    Reader file(item);
    digest.log_files.push_back({.object = file.Text("s3Object"),
                                .hash = file.Text("hashValue"),
                                .newest = file.Time("newestEventTime"),
                                .oldest = file.Time("oldestEventTime")});
    if (!file.ok()) return std::nullopt;
  }
  return digest;
}

std::string StringToSign(const Digest& digest, std::string_view content) {
  std::string text = FormatIso8601(digest.end);
  text += "\n" + digest.bucket + "/" + digest.object + "\n" + Sha256Hex(content) + "\n";
  text += digest.previous_signature.empty() ? std::string("null") : digest.previous_signature;
  return text;
}

}  // namespace claviger::audit
