// Digests: what proves afterwards that the log files of a trail are all there and as they were. Each names the log
// files of its time with their hashes, and the digest before it with its hash and signature, and is signed. Pure.
// Source: "CloudTrail digest file structure" in the CloudTrail User Guide.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/account_id.h"
#include "base/clock.h"

namespace claviger::audit {

struct LogFile {
  std::string object;  // "AWSLogs/123456789012/CloudTrail/..."
  std::string hash;    // SHA-256 of what is in the gzip file, in hex.
  TimePoint newest;    // Of its events.
  TimePoint oldest;

  bool operator==(const LogFile&) const = default;
};

struct Digest {
  AccountId account;
  TimePoint start;
  TimePoint end;
  std::string bucket;
  std::string object;
  std::string fingerprint;  // Of the public key.
  // Of the digest before; empty in the first one.
  std::string previous_bucket;
  std::string previous_object;
  std::string previous_hash;
  std::string previous_signature;  // In hex.
  std::vector<LogFile> log_files;

  bool operator==(const Digest&) const = default;
};

// The content of the digest's file, before gzip.
std::string WriteDigest(const Digest& digest);
// nullopt for what is no digest.
std::optional<Digest> ReadDigest(std::string_view text);

// What is signed; `content` is what WriteDigest gave.
std::string StringToSign(const Digest& digest, std::string_view content);

std::string Sha256Hex(std::string_view bytes);
// Tells public keys apart: 32 hex digits.
std::string FingerprintOf(std::string_view public_der);

// Where a log file and a digest of `account` are kept, below the bucket. `unique`: 16 letters and digits.
std::string LogObject(std::string_view prefix, AccountId account, TimePoint delivered, std::string_view unique);
std::string DigestObject(std::string_view prefix, AccountId account, std::string_view trail, TimePoint end);

// A signature is kept beside its digest under this name; S3 has it in the object's metadata.
inline constexpr std::string_view kSignatureSuffix = ".signature";

}  // namespace claviger::audit
