// An event as the trail keeps it: the CloudTrail record, and what it is looked up by. Plain values; safe from any
// thread. The stored form is specified in docs/internals/audit.md.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
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

  auto operator<=>(const Use&) const = default;
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

std::string Encode(const Entry& entry);
// nullopt for what Encode did not write.
std::optional<Entry> Decode(std::string_view bytes);

// Calls `visit` with each attribute and value that `entry` is found by; a value may come twice.
void VisitAttributes(const Entry& entry, const std::function<void(Attribute, std::string_view)>& visit);
bool HasAttribute(const Entry& entry, Attribute attribute, std::string_view value);

}  // namespace claviger::audit
