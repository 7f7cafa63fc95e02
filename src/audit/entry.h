// An event as the trail keeps it: the CloudTrail record, and what it is looked up by. Plain values; safe from any
// thread. The stored form is specified in docs/internals/audit.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/account_id.h"
#include "base/clock.h"

namespace claviger::audit {

// Something that an event is about, as LookupEvents tells it.
struct ResourceName {
  std::string type;  // "AWS::IAM::User"
  std::string name;

  bool operator==(const ResourceName&) const = default;
};

// A permission that was asked for and given or refused, with the resource as policies see it.
struct Use {
  std::string action;    // "iam:CreateUser"
  std::string resource;  // An ARN or "*".

  auto operator<=>(const Use&) const = default;  // NOLINT(modernize-use-nullptr): mistakes the comparison with 0.
};

struct Entry {
  std::string event_id;
  TimePoint time;      // When the request was complete.
  AccountId account;   // Whose trail it belongs to.
  std::string name;    // "CreateUser"
  std::string source;  // "iam.amazonaws.com"
  bool read_only = false;
  std::string user_name;      // Empty: the caller has none.
  std::string access_key_id;  // That signed the request; empty: none did.
  std::vector<ResourceName> resources;
  std::string principal_arn;  // As GetCallerIdentity shows the caller; empty: not known.
  std::string issuer_arn;     // Of a session: of its role, or of the user who federated.
  std::string error_code;     // Empty on success.
  std::vector<Use> uses;
  std::string record;  // The CloudTrail record, JSON.
  // Of a request that policies denied: its parameters, which the record does not show. JSON; empty: not kept.
  std::string denied_parameters;

  bool operator==(const Entry&) const = default;
};

// What LookupEvents finds events by. Stored in indexes, never renumber; kAny is every event of an account.
enum class Attribute : std::uint8_t {
  kAny = 0,
  kEventId = 1,
  kEventName = 2,
  kReadOnly = 3,
  kUserName = 4,
  kResourceType = 5,
  kResourceName = 6,
  kEventSource = 7,
  kAccessKeyId = 8,
};

// AWS's name of an attribute ("EventId"), or nullopt.
std::optional<Attribute> FindAttribute(std::string_view name);

bool HasAttribute(const Entry& entry, Attribute attribute, std::string_view value);

// The stored form.
std::string Encode(const Entry& entry);
// The same, behind what stands in `out`.
void EncodeTo(const Entry& entry, std::string& out);
// nullopt for what Encode did not write.
std::optional<Entry> Decode(std::string_view bytes);

// What an entry is found by, read from its stored form without taking all of it apart. Texts point into it.
struct EntryKeys {
  TimePoint time;
  AccountId account;
  std::string_view event_id;
  std::vector<std::pair<Attribute, std::string_view>> attributes;  // One may come twice.
};

// Uses the memory of `keys` again. False for what Encode did not write.
bool ReadKeys(std::string_view bytes, EntryKeys& keys);

// Entries on their way to the journal, in the stored form, one behind the other.
struct EntryBatch {
  struct Place {
    TimePoint time;
    std::size_t offset = 0;
    std::size_t size = 0;
    bool in_outbox = false;  // It is in the store, too, until the journal has it.
  };

  std::string bytes;
  std::vector<Place> places;

  [[nodiscard]] bool empty() const { return places.empty(); }
  [[nodiscard]] std::string_view At(const Place& place) const {
    return std::string_view(bytes).substr(place.offset, place.size);
  }
  // Keeps the memory.
  void Clear() {
    bytes.clear();
    places.clear();
  }
};

}  // namespace claviger::audit
