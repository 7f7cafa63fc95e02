// Log files and digests, in CloudTrail's own layout, in a folder: what a shipper of logs picks up, and what
// `claviger audit verify` proves whole. Format of the state: docs/internals/audit.md.
//
// A file is complete when it has its name. Every event is in one log file of a destination, after a crash too: the file
// that was being written is taken away and written anew. Not thread-safe.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/digest.h"
#include "audit/journal.h"
#include "base/random.h"
#include "crypto/rsa_key.h"

namespace claviger::audit {

// Where to, and what of it.
struct Destination {
  std::string id;                      // Of its state; safe as a file's name.
  std::filesystem::path root;          // The bucket.
  std::string bucket;                  // Its name in digests.
  std::string prefix;                  // In front of AWSLogs/; empty: none.
  std::string trail;                   // In the names of digests.
  std::optional<AccountId> account;    // Whose events; nullopt: everybody's.
  TimePoint since = TimePoint::min();  // Earlier events are left out.
  bool reads = true;                   // Whether read-only events are wanted, and the others.
  bool writes = true;
  bool digests = true;
};

// The digests of one account so far.
struct Chain {
  TimePoint start;                 // Of the time that the next digest is about.
  std::vector<LogFile> log_files;  // Delivered since.
  std::string previous_object;     // The newest digest; empty: there is none.
  std::string previous_hash;
  std::string previous_signature;
};

struct DeliveryState {
  std::string bucket;
  Position position;                 // Of the first event that is not delivered.
  TimePoint delivered;               // When a log file was last written.
  TimePoint digested;                // When a digest was.
  std::vector<std::string> pending;  // Log files written since, which no digest will tell of.
  std::map<AccountId, Chain> chains;
};

std::string Encode(const DeliveryState& state);
std::optional<DeliveryState> DecodeDeliveryState(std::string_view bytes);

// What signs digests.
struct Signer {
  crypto::RsaKey key;
  std::string fingerprint;
};

class Delivery {
 public:
  // The state is kept in `state_folder`; empty: in memory only.
  static JournalResult<Delivery> Open(Destination destination, const std::filesystem::path& state_folder);

  // Writes log files of what has come to the journal since.
  JournalResult<> Deliver(Journal& journal, TimePoint now, Random& random);
  // Writes a digest for each account that had events ever.
  JournalResult<> WriteDigests(const Signer& signer, TimePoint now);

  void set_destination(Destination destination) { destination_ = std::move(destination); }
  [[nodiscard]] const DeliveryState& state() const { return state_; }

 private:
  Delivery(Destination destination, std::filesystem::path state_file)
      : destination_(std::move(destination)), state_file_(std::move(state_file)) {}

  JournalResult<> WriteLogFile(AccountId account, const std::vector<Entry>& entries, TimePoint now, Random& random);
  JournalResult<> Save();
  void RemovePending();

  Destination destination_;
  std::filesystem::path state_file_;
  DeliveryState state_;
};

// Writes a file whole, or not at all.
JournalResult<> WriteFileDurably(const std::filesystem::path& path, std::string_view bytes);

}  // namespace claviger::audit
