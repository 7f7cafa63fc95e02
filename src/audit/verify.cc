#include "audit/verify.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

#include "audit/delivery.h"
#include "audit/digest.h"
#include "audit/gzip.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/time_text.h"
#include "crypto/rsa_key.h"

namespace claviger::audit {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{256} << 20;
constexpr std::size_t kTextBytesMax = std::size_t{1} << 30;
constexpr std::string_view kExtension = ".json.gz";
constexpr std::size_t kTimeCharacters = 16;  // "20261125T031000Z"

// "..._20261125T031000Z.json.gz" -> "..." and the time.
struct DigestName {
  std::string chain;
  TimePoint end;
};

std::optional<DigestName> ParseDigestName(const std::string& object) {
  if (object.find("/CloudTrail-Digest/") == std::string::npos || !object.ends_with(kExtension)) return std::nullopt;
  const std::string stem = object.substr(0, object.size() - kExtension.size());
  const std::size_t line = stem.rfind('_');
  if (line == std::string::npos) return std::nullopt;
  const auto end = ParseIso8601Basic(std::string_view(stem).substr(line + 1));
  if (!end) return std::nullopt;
  // The folders of the date are no part of the chain's name, what is in front of AWSLogs/ is.
  const std::string base = stem.substr(0, stem.find("AWSLogs/"));
  return DigestName{.chain = base + stem.substr(stem.rfind('/') + 1, line - stem.rfind('/') - 1), .end = *end};
}

// When a log file was delivered: "..._20261125T0310Z_<unique>.json.gz".
std::optional<TimePoint> DeliveredAt(const std::string& object) {
  const std::size_t last = object.rfind('_');
  if (last == std::string::npos || last < kTimeCharacters) return std::nullopt;
  std::string text = object.substr(object.rfind('_', last - 1) + 1);
  text = text.substr(0, text.find('_'));
  if (text.size() != 14 || text.back() != 'Z') return std::nullopt;
  return ParseIso8601Basic(text.substr(0, 13) + "00Z");
}

// What lies in front of the account's files: "p/AWSLogs/123456789012" of any of them.
std::string HomeOf(const std::string& object) {
  constexpr std::string_view kLogs = "AWSLogs/";
  constexpr std::size_t kAccountDigits = 12;
  const std::size_t begin = object.find(kLogs);
  return begin == std::string::npos ? std::string() : object.substr(0, begin + kLogs.size() + kAccountDigits);
}

class Verifier {
 public:
  Verifier(const std::filesystem::path& folder, const VerifyOptions& options) : folder_(folder), options_(options) {}

  VerifyReport Run() {
    List();
    for (auto& [name, digests] : chains_) {
      std::ranges::sort(digests, {}, &Found::end);
      CheckChain(digests);
    }
    for (const std::string& newest : options_.newest_digests) {
      if (!digests_.contains(newest)) Problem(newest, "the newest digest is missing");
    }
    CheckCoverage();
    return std::move(report_);
  }

 private:
  struct Found {
    std::string object;
    TimePoint end;
  };

  void Problem(const std::string& file, std::string what) { report_.problems.push_back({file, std::move(what)}); }

  void List() {
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator at(folder_, error), end; !error && at != end;
         at.increment(error)) {
      const std::string object = at->path().lexically_relative(folder_).generic_string();
      if (!at->is_regular_file() || !object.ends_with(kExtension)) continue;
      if (auto digest = ParseDigestName(object)) {
        chains_[digest->chain].push_back({object, digest->end});
        digests_.insert(object);
      } else if (object.find("/CloudTrail/") != std::string::npos) {
        logs_.insert(object);
      } else {
        Problem(object, "is neither a log file nor a digest");
      }
    }
    if (error) Problem(".", "cannot be read: " + error.message());
  }

  std::optional<std::string> Content(const std::string& object) {
    const auto bytes = ReadWholeFile(folder_ / object, kFileBytesMax);
    auto text = bytes ? Gunzip(*bytes, kTextBytesMax) : std::nullopt;
    if (!text) Problem(object, bytes ? "is no whole gzip file" : "cannot be read");
    return text;
  }

  // A digest that is what its signature says, or nullopt.
  std::optional<Digest> Proven(const Found& found, std::string& content, std::string& signature) {
    auto text = Content(found.object);
    if (!text) return std::nullopt;
    auto digest = ReadDigest(*text);
    if (!digest) {
      Problem(found.object, "is no digest");
      return std::nullopt;
    }
    const auto key = options_.public_keys.find(digest->fingerprint);
    const auto hex = ReadWholeFile(folder_ / (found.object + std::string(kSignatureSuffix)), 4096);
    if (!hex) {
      Problem(found.object, "has no signature beside it");
      return std::nullopt;
    }
    if (key == options_.public_keys.end()) {
      Problem(found.object, "is signed by a key that is not among the public keys: " + digest->fingerprint);
      return std::nullopt;
    }
    const auto bytes = HexDecode(*hex);
    if (!bytes || !crypto::RsaVerify(key->second, StringToSign(*digest, *text), *bytes)) {
      Problem(found.object, "does not fit its signature");
      return std::nullopt;
    }
    // Beside the installation's own files there may be buckets of trails.
    const std::string in_bucket = digest->bucket + "/" + digest->object;
    if (digest->object != found.object && in_bucket != found.object) {
      Problem(found.object, "is another digest under this name: " + digest->object);
      return std::nullopt;
    }
    content = std::move(*text);
    signature = *hex;
    return digest;
  }

  void CheckChain(const std::vector<Found>& digests) {
    std::optional<Digest> previous;
    std::string previous_hash;
    std::string previous_signature;
    for (const Found& found : digests) {
      std::string content;
      std::string signature;
      auto digest = Proven(found, content, signature);
      if (!digest) {
        previous.reset();
        previous_hash.clear();
        broken_ = true;
        continue;
      }
      ++report_.digests;
      const std::string base = found.object.substr(0, found.object.size() - digest->object.size());
      if (!digest->previous_object.empty() && !digests_.contains(base + digest->previous_object)) {
        Problem(base + digest->previous_object, "is missing: " + found.object + " follows it");
      } else if (previous && (digest->previous_object != previous->object || digest->previous_hash != previous_hash ||
                              digest->previous_signature != previous_signature || digest->start != previous->end)) {
        Problem(found.object, "does not follow " + previous->object);
      }
      for (const LogFile& file : digest->log_files) CheckLogFile(base + file.object, file.hash);
      TimePoint& end = ends_[HomeOf(found.object)];
      end = std::max(end, digest->end);
      previous_hash = Sha256Hex(content);
      previous_signature = signature;
      previous = std::move(digest);
    }
  }

  void CheckLogFile(const std::string& object, std::string_view hash) {
    if (!covered_.insert(object).second) return;
    if (!logs_.contains(object)) return Problem(object, "is missing");
    const auto text = Content(object);
    if (!text) return;
    if (Sha256Hex(*text) != hash) return Problem(object, "is not what was delivered");
    ++report_.log_files;
  }

  // Log files that no digest tells of: new ones, or smuggled in.
  void CheckCoverage() {
    for (const std::string& object : logs_) {
      if (covered_.contains(object)) continue;
      const auto end = ends_.find(HomeOf(object));
      const auto delivered = DeliveredAt(object);
      const bool due = end != ends_.end() && (!delivered || *delivered + std::chrono::minutes(1) <= end->second);
      if (due && !broken_) {
        Problem(object, "is in no digest");
      } else {
        ++report_.uncovered;
      }
    }
  }

  const std::filesystem::path& folder_;
  const VerifyOptions& options_;
  VerifyReport report_;
  std::map<std::string, std::vector<Found>> chains_;
  std::set<std::string> digests_;
  std::set<std::string> logs_;
  std::set<std::string> covered_;
  std::map<std::string, TimePoint> ends_;  // Of the newest digest, by HomeOf.
  bool broken_ = false;                    // A digest cannot be read: what it covers is unknown.
};

}  // namespace

VerifyReport Verify(const std::filesystem::path& folder, const VerifyOptions& options) {
  return Verifier(folder, options).Run();
}

}  // namespace claviger::audit
