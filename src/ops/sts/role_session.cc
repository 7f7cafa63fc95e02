#include "ops/sts/role_session.h"

#include <utility>

#include "aws/arn.h"
#include "ops/sts/new_session.h"

namespace claviger::ops::sts {
namespace {

constexpr std::chrono::seconds kDurationDefault{3600};

}  // namespace

Result<std::optional<RoleAtHome>> FindRole(const directory::Context& context, const std::string& arn) {
  const auto parsed = Arn::Parse(arn);
  const auto account = parsed ? AccountId::Parse(parsed->account) : std::nullopt;
  if (!account) return std::optional<RoleAtHome>();
  const directory::Context owner = directory::InAccount(context, *account);
  auto role = TRY(directory::Roles(owner).Find(std::string_view(arn).substr(arn.rfind('/') + 1)));
  if (!role || IamArn(*account, "role", role->path, role->name) != arn) return std::optional<RoleAtHome>();
  return std::optional<RoleAtHome>(RoleAtHome{.owner = owner, .role = *std::move(role)});
}

Result<std::chrono::seconds> RoleSessionDuration(const directory::Role& role, std::optional<std::int32_t> asked) {
  const std::chrono::seconds duration = asked ? std::chrono::seconds(*asked) : kDurationDefault;
  if (duration <= role.max_session) return duration;
  return Fail(ErrorCode::kValidationError,
              "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
}

session::Session SessionOfRole(const OperationContext& context, const RoleAtHome& found, std::string name,
                               std::chrono::seconds duration) {
  session::Session session = SessionFor(context, duration);
  session.account = found.owner.account;
  session.type = PrincipalType::kAssumedRole;
  session.principal_id = found.role.id;
  session.name = std::move(name);
  return session;
}

gen::sts::AssumedRoleUser UserOf(const session::Session& session, const directory::Role& role) {
  return {.assumed_role_id = role.id + ":" + session.name,
          .arn = AssumedRoleArn(session.account, role.name, session.name)};
}

}  // namespace claviger::ops::sts
