// What happened, and the CloudTrail records that it makes.
// The form of the records follows "CloudTrail record contents" in the CloudTrail User Guide.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "audit/entry.h"
#include "audit/who.h"
#include "aws/error.h"
#include "aws/outsider.h"
#include "aws/shape.h"
#include "base/clock.h"
#include "base/random.h"

namespace claviger::audit {

inline constexpr std::string_view kEventVersion = "1.11";
inline constexpr std::string_view kGlobalRegion = "us-east-1";  // Where IAM is, and whoever names none.

// A request and its answer. Refers to them: valid as long as they are.
struct Event {
  TimePoint time;  // When the request was complete.
  const OperationInfo* operation = nullptr;
  const Who* who = nullptr;            // Null: the operation is unsigned.
  const Outsider* outsider = nullptr;  // Who proved to ask an unsigned operation; null: nobody.
  std::string_view request_id;
  std::string_view extended_request_id;  // Empty: the answer has none.
  std::string_view region;               // As signed for.
  std::string_view source_ip;
  std::string_view user_agent;
  std::string_view host;         // The header Host.
  std::string_view tls_version;  // Empty on a plain connection, like the next.
  std::string_view tls_cipher_suite;
  const Error* error = nullptr;  // Null on success.
  std::span<const Use> uses;

  const void* request = nullptr;   // The typed request; null: it could not be read.
  const void* response = nullptr;  // The typed response; null unless it succeeded.
};

// Whether an operation only reads, as CloudTrail has it: AssumeRole does, GetFederationToken does not.
bool IsReadOnly(const OperationInfo& operation);

// Writes events as entries of the trail. Keeps its memory from one to the next, so that it soon allocates next to
// nothing. Not thread-safe.
class Recorder {
 public:
  // REQUIRES: `random` outlives it.
  explicit Recorder(Random& random) : random_(random) {}

  // Appends the entries that an event makes: one; two with an id in common when a role of another account was assumed;
  // none when no account can be told.
  void Record(const Event& event, EntryBatch& out);

 private:
  // A role or root user that the request asks to become.
  struct Target {
    std::string arn;
    AccountId account;
  };

  static std::optional<Target> FindTarget(const Event& event);
  void WriteParts(const Event& event);
  void WriteRecord(const Event& event, const std::optional<Target>& target, std::string_view identity,
                   std::string_view shared_id);
  void Append(const Event& event, const std::optional<Target>& target, std::string_view identity, AccountId recipient,
              std::string_view shared_id, EntryBatch& out);

  Random& random_;
  // What all records of the event at hand have in common, and the entry of the last.
  std::string parameters_;
  std::string elements_;
  Entry entry_;
};

}  // namespace claviger::audit
