#include "directory/trust_policy.h"

#include <functional>
#include <vector>

#include "aws/arn.h"
#include "aws/unique_id.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "directory/role.h"
#include "directory/user.h"
#include "policy/limits.h"

namespace claviger::directory {
namespace {

using codec::JsonValue;

bool IsUserId(std::string_view text) { return text.starts_with(PrefixOf(IdKind::kUser)); }
bool IsRoleId(std::string_view text) { return text.starts_with(PrefixOf(IdKind::kRole)); }

// What shall stand for a principal: nullopt leaves it as it is.
using Substitute = std::function<Result<std::optional<std::string>>(std::string_view principal)>;

// Where one string of the text is, and what comes there instead.
struct Change {
  std::size_t begin;
  std::size_t end;
  std::string text;
};

Result<> CollectFrom(const JsonValue& value, const Substitute& substitute, std::vector<Change>& changes) {
  if (value.IsString()) {
    if (auto text = TRY(substitute(value.text))) {
      changes.push_back({.begin = value.begin.offset, .end = value.end.offset, .text = std::move(*text)});
    }
  }
  for (const JsonValue& item : value.items) TRY(CollectFrom(item, substitute, changes));
  return {};
}

Result<> CollectFromStatement(const JsonValue& statement, const Substitute& substitute, std::vector<Change>& changes) {
  for (const std::string_view element : {"Principal", "NotPrincipal"}) {
    const JsonValue* principal = statement.Find(element);
    const JsonValue* aws = principal == nullptr ? nullptr : principal->Find("AWS");
    if (aws != nullptr) TRY(CollectFrom(*aws, substitute, changes));
  }
  return {};
}

// The document with its AWS principals substituted, in one pass over the text.
Result<std::string> SubstitutePrincipals(std::string_view document, const Substitute& substitute) {
  const auto json = codec::ParseJson(document, {.bytes_max = policy::kDocumentBytesMax});
  if (!json.ok()) return Fail(ErrorCode::kMalformedPolicyDocument, "This policy contains invalid Json");
  std::vector<Change> changes;
  if (const JsonValue* statements = json->root().Find("Statement")) {
    TRY(CollectFromStatement(*statements, substitute, changes));
    for (const JsonValue& statement : statements->items) TRY(CollectFromStatement(statement, substitute, changes));
  }
  std::string out;
  std::size_t copied = 0;
  for (const Change& change : changes) {
    out += document.substr(copied, change.begin - copied);
    codec::AppendJsonString(change.text, out);
    copied = change.end;
  }
  out += document.substr(copied);
  return out;
}

Failure<Error> InvalidPrincipal(std::string_view principal) {
  return Fail(ErrorCode::kMalformedPolicyDocument,
              "Invalid principal in policy: \"AWS\":\"" + std::string(principal) + "\"");
}

template <class T>
std::optional<std::string> IdIfNamed(const std::optional<T>& found, AccountId account, std::string_view type,
                                     std::string_view arn) {
  if (!found || IamArn(account, type, found->path, found->name) != arn) return std::nullopt;
  return found->id;
}

}  // namespace

Result<std::optional<std::string>> FindPrincipalId(const Context& context, std::string_view arn) {
  const auto parsed = Arn::Parse(arn);
  const auto account = parsed ? AccountId::Parse(parsed->account) : std::nullopt;
  if (!account || parsed->service != "iam") return std::optional<std::string>();
  const Context owner = InAccount(context, *account);
  const std::string_view name = arn.substr(arn.rfind('/') + 1);
  if (parsed->resource.starts_with("user/")) return IdIfNamed(TRY(Users(owner).Find(name)), *account, "user", arn);
  if (parsed->resource.starts_with("role/")) return IdIfNamed(TRY(Roles(owner).Find(name)), *account, "role", arn);
  return std::optional<std::string>();
}

Result<std::optional<std::string>> FindPrincipalArn(const Context& context, std::string_view id) {
  const auto account = AccountInId(id);
  if (!account) return std::optional<std::string>();
  const Context owner = InAccount(context, *account);
  if (IsUserId(id)) {
    const auto user = TRY(Users(owner).FindById(id));
    return user ? std::optional(IamArn(*account, "user", user->path, user->name)) : std::nullopt;
  }
  if (IsRoleId(id)) {
    const auto role = TRY(Roles(owner).FindById(id));
    return role ? std::optional(IamArn(*account, "role", role->path, role->name)) : std::nullopt;
  }
  return std::optional<std::string>();
}

Result<std::string> ToStoredTrustPolicy(const Context& context, std::string_view document) {
  return SubstitutePrincipals(document, [&](std::string_view principal) -> Result<std::optional<std::string>> {
    if (IsUserId(principal) || IsRoleId(principal)) {
      if (!TRY(FindPrincipalArn(context, principal))) return InvalidPrincipal(principal);
      return std::optional<std::string>();
    }
    const auto arn = Arn::Parse(principal);
    if (!arn || arn->service != "iam" || arn->resource == "root") return std::optional<std::string>();
    auto id = TRY(FindPrincipalId(context, principal));
    if (!id) return InvalidPrincipal(principal);
    return id;
  });
}

Result<std::string> ToShownTrustPolicy(const Context& context, std::string_view stored) {
  // Most trust policies name services or accounts: nothing to look for.
  const bool may_hold_ids = stored.find(PrefixOf(IdKind::kUser)) != std::string_view::npos ||
                            stored.find(PrefixOf(IdKind::kRole)) != std::string_view::npos;
  if (!may_hold_ids) return std::string(stored);
  return SubstitutePrincipals(stored, [&](std::string_view principal) -> Result<std::optional<std::string>> {
    if (!IsUserId(principal) && !IsRoleId(principal)) return std::optional<std::string>();
    return FindPrincipalArn(context, principal);
  });
}

}  // namespace claviger::directory
