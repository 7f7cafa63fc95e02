// What a caller must be allowed before an operation runs, as data: the tables made of model/actions/, whose meaning is
// specified in docs/internals/actions.md. Constant data that the compiler lays out, as in aws/shape.h: nothing runs at
// start-up, and members of requests are pointed at, not named. Safe to read from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace claviger {

struct Member;

enum class AccessLevel : std::uint8_t { kList, kRead, kWrite, kTagging, kPermissionsManagement };

// Who decides.
enum class CheckKind : std::uint8_t {
  kIdentity,          // The caller's policies.
  kIdentityAndTrust,  // These and the trust policy of the role.
  kTrust,             // The trust policy alone: the request is unsigned, and the operation itself proves who asks.
  kNone,              // Nobody: every authenticated caller may.
};

// How the ARN of what is acted on is found.
enum class ResourceBy : std::uint8_t {
  kAll,            // "*"
  kName,           // Of the entity named, with its real path.
  kArn,            // The member itself.
  kId,             // The template with the member for ${Name}.
  kNew,            // Of an entity to be made.
  kRenamed,        // The future ARN of the operation's entity.
  kPrefix,         // The template up to the path prefix in the member.
  kAny,            // The template with `*` behind the type.
  kUrl,            // Of the OpenID Connect provider of a URL.
  kOwner,          // Of the user who owns an access key id.
  kCaller,         // Of the caller.
  kServiceLinked,  // Of the service-linked role of a service.
  kTask,           // Of the role that a deletion task is about.
  kAccount,        // The root of an account.
  kOrganization,   // Of what has the id in the caller's organization.
  kNameOrArn,      // The member itself when it is an ARN, else the template with it for ${Name}.
};

// What stands for an optional name that a request leaves out.
enum class AbsentName : std::uint8_t { kNothing, kAll, kCaller };

// How a denial reads; the texts are in docs/internals/actions.md.
enum class DenialForm : std::uint8_t { kUsual, kNoColon, kNoTail, kBare, kUnsigned, kThisAction };

enum class ValueOrigin : std::uint8_t {
  kRequest,     // A member of the request.
  kResource,    // State of the target before the change.
  kCredential,  // State of the service-specific credential that the request names.
  kCaller,      // The calling session.
  kAssertion,   // The verified SAML assertion.
  kToken,       // The verified web identity token.
  kConstant,    // The text itself.
  kNever,       // This operation has no value for it.
};

struct ValueSource {
  ValueOrigin origin = ValueOrigin::kNever;
  std::string_view text = {};  // "Tags[].Key"; of a constant its value.
  // Of kRequest: the members on the way, one in the other. A list on the way stands for each of its elements.
  // Of kCredential: the member with the credential's id.
  std::span<const Member* const> path = {};
};

struct ActionKeyInfo {
  std::string_view name;                 // "iam:PolicyARN"; "aws:RequestTag/" when there is one key for each tag.
  std::span<const ValueSource> sources;  // The first that has a value counts.
  const Member* tag_key = nullptr;       // Of the elements of the list that the path ends in: the key, and the value.
  const Member* tag_value = nullptr;
};

struct ResourceType {
  std::string_view name;                       // "user"
  std::string_view arn;                        // The template: "arn:${Partition}:iam::${Account}:user${Path}${Name}".
  std::span<const std::string_view> tag_keys;  // The keys that its tags have values for: "aws:ResourceTag/".
};

struct ResourceSpec {
  ResourceBy by = ResourceBy::kAll;
  AbsentName absent = AbsentName::kNothing;
  std::span<const ResourceType* const> types = {};  // Several when the ARN tells which; none for `*`.
  const Member* member = nullptr;
  const Member* path = nullptr;
  const Member* suffix = nullptr;
};

// One piece of the resource's text in a denial.
struct MessagePart {
  enum class Kind : std::uint8_t { kText, kMember, kArn };
  Kind kind = Kind::kText;
  std::string_view text = {};      // Of kText; of kMember its name.
  const Member* member = nullptr;  // Of kMember; null when the request has no such member: what stands for it is shown.
};

// One permission that an operation needs.
struct ActionInfo {
  std::string_view name;  // "iam:CreateUser", as policies call it.
  AccessLevel level;
  CheckKind check;
  ResourceSpec resource;
  std::span<const MessagePart> message;  // Empty: the text has no resource.
  DenialForm form;
  DenialForm foreign_form;  // When the ARN belongs to another account.
  std::span<const ActionKeyInfo> keys;
  // Needed only when one of these has a value; empty: always. Of an operation's own action always empty.
  std::span<const ValueSource> when;
  // Of an operation's own action: what must be allowed besides, in order.
  std::span<const ActionInfo> also;
  // Of an operation's own action: what replaces its resource and message when the request says so; or null.
  const ActionInfo* instead;
};

}  // namespace claviger
