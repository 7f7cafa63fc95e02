// The API as data: what the generated tables say about operations and the values they take and give.
// Whoever decodes, checks, prints or audits a request is written once over these descriptions, not once for each
// operation. All of it is constant data that the compiler lays out: nothing runs at start-up. Safe to read from any
// thread.
//
// A value is described by its Shape and handled by address (`void*`): the address of a std::string for kString, of a
// std::int32_t for kInteger, of the generated struct for kStructure, and so on down the list at ShapeKind.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gen/error_code.h"

namespace claviger {

enum class ShapeKind : std::uint8_t {
  kString,     // std::string, UTF-8; an enum is a string with enum_values.
  kInteger,    // std::int32_t
  kLong,       // std::int64_t
  kDouble,     // double
  kBoolean,    // bool
  kTimestamp,  // TimePoint
  kBlob,       // std::string of raw bytes, base64 on the wire.
  kList,       // std::vector<T>
  kMap,        // std::map<std::string, T>
  kStructure,  // a generated struct
};

// A regular expression of the model. Compiled when first needed, by wire/pattern.h; `compiled` is its memory.
struct Pattern {
  std::string_view text;            // As the model has it (Java's syntax) and as messages show it.
  std::string_view re2;             // The same in RE2's syntax.
  std::string_view forbidden = {};  // A matching value must not contain this either: RE2 knows no lookahead.
  mutable std::atomic<const void*> compiled{nullptr};
};

// How to reach the value of a std::optional<T> without knowing T.
struct OptionalAccess {
  void* (*emplace)(void* optional);           // Makes a default value and returns its address.
  const void* (*find)(const void* optional);  // The value's address, or null when there is none.
};

// The same for std::vector<T>. Addresses hold until the next resize.
struct ListAccess {
  void (*resize)(void* list, std::size_t size);
  std::size_t (*size)(const void* list);
  void* (*at)(void* list, std::size_t index);
  const void* (*at_const)(const void* list, std::size_t index);
};

// The same for std::map<std::string, T>, in the order of its keys.
struct MapAccess {
  using Visitor = void (*)(void* context, const std::string& key, const void* value);
  std::size_t (*size)(const void* map);
  void* (*emplace)(void* map, std::string_view key);
  void (*visit)(const void* map, void* context, Visitor visitor);
};

// Making and ending a value whose type is known to the tables only.
struct Lifetime {
  std::size_t size;
  std::size_t alignment;
  void (*construct)(void* memory);
  void (*destroy)(void* value);
};

struct Shape;

// A check that the service does by hand, after the model's constraints and in place of its pattern.
struct MemberCheck {
  const Pattern* pattern;
  std::string_view message;  // The whole text; "{value}" stands for the offending value.
};

struct Member {
  std::string_view name;   // On the wire: "UserName".
  std::string_view field;  // In messages: "userName".
  const Shape* shape;
  std::size_t offset;  // From the start of the struct.
  bool required = false;
  bool milliseconds = false;                 // A timestamp that is written with them.
  const OptionalAccess* optional = nullptr;  // Null when the field holds the plain value.
  const MemberCheck* check = nullptr;
};

struct Shape {
  static constexpr std::int64_t kNoMin = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kNoMax = std::numeric_limits<std::int64_t>::max();

  std::string_view name;  // As in the model.
  ShapeKind kind;
  bool sensitive = false;  // Never to be echoed, logged or recorded.

  // What a request's value must satisfy: characters of a string, bytes of a blob, elements of a list, a number itself.
  std::int64_t min = kNoMin;
  std::int64_t max = kNoMax;
  const Pattern* pattern = nullptr;
  std::span<const std::string_view> enum_values = {};  // Those a request may use; empty: not an enum.

  const Shape* element = nullptr;  // Of a list; of a map the value.
  const Shape* key = nullptr;      // Of a map.
  bool element_not_null = false;   // The message for a bad element lists "Member must not be null" too.
  const ListAccess* list = nullptr;
  const MapAccess* map = nullptr;

  // Of a structure, in the order in which the live services write them and name them in messages.
  std::span<const Member> members = {};
};

// How messages about violated constraints read: IAM's newer form keeps the value to itself, STS's and CloudTrail's
// repeats it; Organizations tells the kind of the first one, and a word for it.
enum class ValidationStyle : std::uint8_t { kPlain, kEcho, kReason };

struct ActionInfo;
struct OperationInfo;

struct ServiceInfo {
  std::string_view name;  // "iam"
  std::string_view api_version;
  std::string_view xml_namespace;  // Of a service that speaks Query.
  std::string_view
      target_prefix;  // Of one that speaks JSON 1.1: its requests' X-Amz-Target is this, `.`, the operation.
  ValidationStyle validation_style;
  std::span<const OperationInfo> operations;  // Sorted by name.

  [[nodiscard]] bool SpeaksJson() const { return !target_prefix.empty(); }
};

// The members that carry a list's pages; empty where the operation has no such member.
struct Paginator {
  std::string_view input_token;
  std::string_view output_token;
  std::string_view limit_key;
  std::string_view more_results;
  std::span<const std::string_view> result_keys;
};

struct OperationInfo {
  std::string_view name;  // "CreateUser"
  const ServiceInfo* service;
  const Shape* request;
  const Shape* response;
  const Lifetime* request_lifetime;
  const Lifetime* response_lifetime;
  std::string_view response_element;  // "CreateUserResponse", whatever the model calls the shape.
  std::string_view result_wrapper;    // "CreateUserResult"; empty: the answer has no such element, in JSON no body.
  std::span<const ErrorCode> errors;  // Those the model declares.
  bool is_unsigned;                   // Callers need no signature.
  const Paginator* paginator;         // Null: answers whole.
  const ActionInfo* action;           // What it takes to be allowed: aws/action.h.
};

template <class T>
inline constexpr OptionalAccess kOptionalAccess = {
    [](void* optional) -> void* { return &static_cast<std::optional<T>*>(optional)->emplace(); },
    [](const void* optional) -> const void* {
      const auto& value = *static_cast<const std::optional<T>*>(optional);
      return value ? &*value : nullptr;
    },
};

template <class T>
inline constexpr ListAccess kListAccess = {
    [](void* list, std::size_t size) { static_cast<std::vector<T>*>(list)->resize(size); },
    [](const void* list) { return static_cast<const std::vector<T>*>(list)->size(); },
    [](void* list, std::size_t index) -> void* { return &(*static_cast<std::vector<T>*>(list))[index]; },
    [](const void* list, std::size_t index) -> const void* {
      return &(*static_cast<const std::vector<T>*>(list))[index];
    },
};

template <class T>
inline constexpr MapAccess kMapAccess = {
    [](const void* map) { return static_cast<const std::map<std::string, T>*>(map)->size(); },
    [](void* map, std::string_view key) -> void* {
      return &(*static_cast<std::map<std::string, T>*>(map))[std::string(key)];
    },
    [](const void* map, void* context, MapAccess::Visitor visitor) {
      for (const auto& [key, value] : *static_cast<const std::map<std::string, T>*>(map)) visitor(context, key, &value);
    },
};

template <class T>
inline constexpr Lifetime kLifetime = {
    sizeof(T),
    alignof(T),
    [](void* memory) { ::new (memory) T(); },
    [](void* value) { static_cast<T*>(value)->~T(); },
};

// Where `member` is in the struct at `structure`: the field itself, be it optional or plain.
inline void* FieldOf(void* structure, const Member& member) { return static_cast<char*>(structure) + member.offset; }
inline const void* FieldOf(const void* structure, const Member& member) {
  return static_cast<const char*>(structure) + member.offset;
}

// The value of `member` in the struct at `structure`, or null when it is absent.
inline const void* FindValue(const void* structure, const Member& member) {
  const void* field = FieldOf(structure, member);
  return member.optional == nullptr ? field : member.optional->find(field);
}

// Owns a value that only the tables know the type of.
class ErasedValue {
 public:
  explicit ErasedValue(const Lifetime& lifetime)
      : lifetime_(&lifetime), value_(::operator new (lifetime.size, std::align_val_t{lifetime.alignment})) {
    lifetime_->construct(value_);
  }
  ~ErasedValue() {
    lifetime_->destroy(value_);
    ::operator delete (value_, std::align_val_t{lifetime_->alignment});
  }
  ErasedValue(const ErasedValue&) = delete;
  ErasedValue& operator=(const ErasedValue&) = delete;

  void* get() { return value_; }
  [[nodiscard]] const void* get() const { return value_; }

 private:
  const Lifetime* lifetime_;
  void* value_;
};

}  // namespace claviger
