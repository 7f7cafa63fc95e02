// Events as loops tell of them, and records as a reader of CloudTrail takes them apart.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "audit/event.h"
#include "audit/journal.h"
#include "codec/json.h"
#include "gen/iam/operations.h"
#include "gen/sts/operations.h"

namespace claviger::audit::testing {

inline const AccountId kAccount = *AccountId::Parse("123456789012");
inline const AccountId kOtherAccount = *AccountId::Parse("210987654321");
// 2026-07-20T03:07:12Z
inline const TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 7 / 20) + std::chrono::hours(3) +
                              std::chrono::minutes(7) + std::chrono::seconds(12);

inline Principal Dana() {
  return {.type = PrincipalType::kUser,
          .account = kAccount,
          .principal_id = "AIDARZPUZDIKF4NJYRGRX",
          .arn = "arn:aws:iam::123456789012:user/ops/dana",
          .user_name = "dana",
          .access_key_id = "AKIARZPUZDIKAWS2CAQD",
          .session = {}};
}

// An event with what it refers to.
struct OwnedEvent : Event {
  std::shared_ptr<const void> values;
  std::shared_ptr<const Who> owned_who;
  std::shared_ptr<const Error> owned_error;
};

// A call with the usual circumstances.
template <class Operation>
OwnedEvent CallOf(const Principal& principal, typename Operation::Request request,
                  typename Operation::Response response = {}) {
  auto values = std::make_shared<std::pair<typename Operation::Request, typename Operation::Response>>(
      std::move(request), std::move(response));
  OwnedEvent event;
  event.values = values;
  event.owned_who = std::make_shared<const Who>(Describe(principal));
  event.time = kNow;
  event.operation = &Operation::Info();
  event.who = event.owned_who.get();
  event.request_id = "0a4cf0b8-6d5e-4a63-9b37-1d2f7a7f6e10";
  event.region = "eu-west-1";
  event.source_ip = "203.0.113.17";
  event.user_agent = "aws-cli/2.31.0";
  event.host = "iam.example.test";
  event.tls_version = "TLSv1.3";
  event.tls_cipher_suite = "TLS_AES_128_GCM_SHA256";
  event.request = &values->first;
  event.response = &values->second;
  return event;
}

inline OwnedEvent Refused(OwnedEvent event, ErrorCode code, std::string message) {
  event.owned_error = std::make_shared<const Error>(Error{code, std::move(message)});
  event.error = event.owned_error.get();
  event.response = nullptr;
  return event;
}

// Entries as a loop hands them over.
inline void AddTo(EntryBatch& batch, const Entry& entry, bool in_outbox = false) {
  const std::size_t offset = batch.bytes.size();
  EncodeTo(entry, batch.bytes);
  batch.places.push_back(
      {.time = entry.time, .offset = offset, .size = batch.bytes.size() - offset, .in_outbox = in_outbox});
}

inline JournalResult<> AppendTo(Journal& journal, const Entry& entry) {
  const std::string bytes = Encode(entry);
  const std::string_view view = bytes;
  return journal.Append(std::span(&view, 1));
}

// JSON with its members in the order of their names, for comparing what has no order.
inline void Canonical(const codec::JsonValue& value, std::string& out) {
  switch (value.kind) {
    case codec::JsonKind::kObject: {
      std::map<std::string_view, const codec::JsonValue*> members;
      for (const codec::JsonMember& member : value.members) members[member.name] = &member.value;
      out += '{';
      for (const auto& [name, member] : members) {
        out += '"' + std::string(name) + "\":";
        Canonical(*member, out);
        out += ',';
      }
      out += '}';
      return;
    }
    case codec::JsonKind::kArray:
      out += '[';
      for (const codec::JsonValue& item : value.items) {
        Canonical(item, out);
        out += ',';
      }
      out += ']';
      return;
    case codec::JsonKind::kString:
      out += '"' + std::string(value.text) + '"';
      return;
    default:
      out += value.text;
  }
}

inline std::string Canonical(std::string_view json) {
  const auto parsed = codec::ParseJson(json);
  if (!parsed.ok()) {
    ADD_FAILURE() << parsed.error().message << " in " << json;
    return {};
  }
  std::string out;
  Canonical(parsed->root(), out);
  return out;
}

// A member of a record, in canonical form; "absent" when there is none.
inline std::string Member(const Entry& entry, std::string_view name) {
  const auto parsed = codec::ParseJson(entry.record);
  if (!parsed.ok()) return "not JSON";
  const codec::JsonValue* value = parsed->root().Find(name);
  if (value == nullptr) return "absent";
  std::string out;
  Canonical(*value, out);
  return out;
}

// A small event for tests of what keeps it.
inline Entry Small(std::string id, TimePoint time, AccountId account = kAccount) {
  return {.event_id = std::move(id),
          .time = time,
          .account = account,
          .name = "GetUser",
          .source = "iam.amazonaws.com",
          .read_only = true,
          .user_name = "dana",
          .access_key_id = "AKIARZPUZDIKAWS2CAQD",
          .resources = {{"AWS::IAM::User", "bob"}},
          .principal_arn = "arn:aws:iam::123456789012:user/ops/dana",
          .issuer_arn = {},
          .error_code = {},
          .uses = {{"iam:GetUser", "arn:aws:iam::123456789012:user/bob"}},
          .record = R"({"eventName":"GetUser"})"};
}

}  // namespace claviger::audit::testing
