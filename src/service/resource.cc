#include "service/resource.h"

#include <optional>
#include <utility>

#include "aws/arn.h"
#include "base/text.h"
#include "service/organization_entity.h"
#include "service/request_values.h"

namespace claviger::service {
namespace {

struct Placeholders {
  std::string_view region = {};
  std::string_view account;
  std::string_view path;
  std::string_view name;
  std::string_view organization = {};
  std::string_view policy_type = {};
};

// The template with its placeholders filled in.
std::string Fill(std::string_view pattern, const Placeholders& values) {
  std::string arn;
  while (!pattern.empty()) {
    const std::size_t open = pattern.find("${");
    arn += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = pattern.find('}', open);
    const std::string_view name = pattern.substr(open + 2, close - open - 2);
    if (name == "Partition") arn += "aws";
    if (name == "Region") arn += values.region;
    if (name == "Account") arn += values.account;
    if (name == "Path") arn += values.path;
    if (name == "Name") arn += values.name;
    if (name == "Organization") arn += values.organization;
    if (name == "PolicyType") arn += values.policy_type;
    if (name.ends_with("Type") && name != "PolicyType") arn += '*';  // Of things that nobody has yet.
    if (name == "TransferDirection") arn += '*';
    pattern.remove_prefix(close + 1);
  }
  return arn;
}

// The template in front of the path, or of the name of what has no path.
std::string_view FrontOf(std::string_view pattern) {
  const std::size_t path = pattern.find("${Path}");
  return pattern.substr(0, path == std::string_view::npos ? pattern.find("${Name}") : path);
}

// "user" of "user/division/bob"; what has no slash is all type.
std::string_view TypeIn(const Arn& arn) { return arn.resource.substr(0, arn.resource.find('/')); }

// The last part of "user/division/bob"; of a type without path all behind the type: "issuer.example/tenant".
std::string_view NameIn(const Arn& arn, const ResourceType& type) {
  const bool has_path = type.arn.find("${Path}") != std::string_view::npos;
  return arn.resource.substr((has_path ? arn.resource.rfind('/') : arn.resource.find('/')) + 1);
}

// One question being answered.
class Resolver {
 public:
  explicit Resolver(const ResourceQuestion& question)
      : question_(question),
        spec_(question.action.resource),
        account_(question.caller.caller.account),
        account_text_(account_.ToString()) {
    if (!spec_.types.empty()) resource_.type = spec_.types.front();
    member_ = FindText(question.request, spec_.member);
  }

  Result<Resource> Resolve() {
    switch (spec_.by) {
      case ResourceBy::kAll:
        SetAll();
        break;
      case ResourceBy::kName:
        TRY(SetNamed());
        break;
      case ResourceBy::kArn:
        TRY(SetArn());
        break;
      case ResourceBy::kId:
        TRY(SetEntity(account_, Member()));
        SetEntityArn();
        break;
      case ResourceBy::kNew:
        SetNew(PathOr("/"), Member());
        break;
      case ResourceBy::kRenamed:
        SetRenamed();
        break;
      case ResourceBy::kPrefix:
        resource_.arn = Ours(FrontOf(resource_.type->arn), {}, {});
        resource_.arn += member_ == nullptr ? "/" : *member_;
        break;
      case ResourceBy::kAny:
        resource_.arn = Ours(FrontOf(resource_.type->arn), {}, {});
        resource_.arn += resource_.arn.ends_with('/') ? "*" : "/*";
        break;
      case ResourceBy::kUrl:
        SetNew("/", directory::OidcProviderName(Member()));
        break;
      case ResourceBy::kOwner:
        TRY(SetOwner());
        break;
      case ResourceBy::kCaller:
        TRY(SetCaller());
        break;
      case ResourceBy::kServiceLinked:
        SetServiceLinked();
        break;
      case ResourceBy::kTask:
        TRY(SetTask());
        break;
      case ResourceBy::kAccount:
        SetAccount();
        break;
      case ResourceBy::kOrganization:
        TRY(SetOrganization());
        break;
      case ResourceBy::kNameOrArn:
        TRY(Member().starts_with("arn:") ? SetArn() : SetNamed());
        break;
    }
    TRY(SetCredential());
    return std::move(resource_);
  }

 private:
  [[nodiscard]] std::string_view Member() const { return member_ == nullptr ? std::string_view() : *member_; }

  [[nodiscard]] std::string_view PathOr(std::string_view otherwise) const {
    const std::string* path = FindText(question_.request, spec_.path);
    return path == nullptr ? otherwise : *path;
  }

  // The template filled in for this account, and the region of the request.
  [[nodiscard]] std::string Ours(std::string_view pattern, std::string_view path, std::string_view name) const {
    return Fill(pattern, {.region = question_.region, .account = account_text_, .path = path, .name = name});
  }

  void SetEntityArn() { resource_.arn = Ours(resource_.type->arn, resource_.entity.path, resource_.entity.name); }

  void SetAll() {
    resource_.arn = "*";
    resource_.type = nullptr;
    resource_.in_arn = true;
  }

  void SetNew(std::string_view path, std::string_view name) {
    resource_.entity.path = path;
    resource_.entity.name = name;
    resource_.arn = Ours(resource_.type->arn, path, name);
  }

  // What is known of the entity; without one its name as given, and path `/`.
  Result<> SetEntity(AccountId account, std::string_view name) {
    directory::Directory directory = question_.directories.Of(question_.transaction, account);
    auto entity = TRY(FindEntity(directory, resource_.type->name, name));
    resource_.exists = entity.has_value();
    resource_.entity = entity ? std::move(*entity) : Entity{.name = std::string(name)};
    return {};
  }

  Result<> SetNamed() {
    if (member_ == nullptr && spec_.absent == AbsentName::kAll) {
      // The root user, which has no name, names itself so.
      if (question_.caller.caller.IsRoot() && resource_.type->name == "user") return SetCaller();
      SetAll();
      return {};
    }
    if (member_ == nullptr && spec_.absent == AbsentName::kCaller) return SetCaller();
    TRY(SetEntity(account_, Member()));
    SetEntityArn();
    return {};
  }

  // The tags are those of the entity that has exactly this ARN, in whichever account.
  Result<> SetArn() {
    resource_.arn = Member();
    const auto arn = Arn::Parse(resource_.arn);
    if (!arn) return {};
    const auto account = AccountId::Parse(arn->account);
    if (account && *account != account_) resource_.foreign_account = arn->account;
    for (const ResourceType* type : spec_.types) {
      if (type->name == TypeIn(*arn)) resource_.type = type;
    }
    TRY(SetEntity(account.value_or(account_), NameIn(*arn, *resource_.type)));
    const std::string real = Fill(
        resource_.type->arn,
        {.region = arn->region, .account = arn->account, .path = resource_.entity.path, .name = resource_.entity.name});
    if (real != resource_.arn) {
      resource_.exists = false;
      resource_.entity = Entity{.name = std::move(resource_.entity.name)};
    }
    return {};
  }

  // Where the request names neither path nor name, what the entity has now.
  void SetRenamed() {
    const Resource& now = *question_.operation_resource;
    const std::string name(member_ == nullptr ? std::string_view(now.entity.name) : Member());
    resource_.entity = now.entity;
    resource_.exists = now.exists;
    resource_.entity.path = PathOr(now.entity.path);
    resource_.entity.name = name;
    resource_.arn = Ours(resource_.type->arn, resource_.entity.path, name);
  }

  // The calling user; the root user; of a role's session a user of the session's name, as AWS has it.
  Result<> SetCaller() {
    const Caller& caller = question_.caller.caller;
    if (caller.type == PrincipalType::kRoot) {
      resource_.arn = RootArn(account_);
      resource_.in_arn = true;
      return {};
    }
    if (caller.type == PrincipalType::kUser) {
      TRY(SetEntity(account_, caller.user_name));
      resource_.arn = caller.arn;
      return {};
    }
    SetNew("/", std::string_view(caller.user_id).substr(caller.user_id.find(':') + 1));
    return {};
  }

  // Of a key that nobody in this account has AWS only says that the caller may not know.
  Result<> SetOwner() {
    directory::Directory directory = question_.directories.Of(question_.transaction, account_);
    const auto key = TRY(directory.access_keys.Find(Member()));
    if (!key) {
      return Fail(ErrorCode::kAccessDenied, "User: " + question_.caller.caller.arn + " is not authorized to perform " +
                                                std::string(question_.action.name) + " on resource: access key " +
                                                std::string(Member()));
    }
    if (key->owner == directory::kRootOwner) {
      resource_.arn = RootArn(account_);
      return {};
    }
    const auto user = TRY(directory.users.FindById(key->owner));
    if (user) TRY(SetEntity(account_, user->name));
    SetEntityArn();
    return {};
  }

  // What the action's keys ask of a credential.
  Result<> SetCredential() {
    for (const ActionKeyInfo& key : question_.action.keys) {
      const ValueSource& source = key.sources.front();
      if (source.origin != ValueOrigin::kCredential) continue;
      const std::string* id = FindText(question_.request, source.path.front());
      if (id == nullptr) continue;
      directory::Directory directory = question_.directories.Of(question_.transaction, account_);
      const auto credential = TRY(directory.service_credentials.Find(*id));
      if (credential) resource_.credential_service = credential->service;
    }
    return {};
  }

  void SetServiceLinked() {
    const std::string* suffix = FindText(question_.request, spec_.suffix);
    SetNew(directory::ServiceLinkedRolePath(Member()),
           directory::ServiceLinkedRoleName(Member(), suffix == nullptr ? std::string_view() : *suffix));
  }

  // task/aws-service-role/<service>/<role>/<uuid>
  Result<> SetTask() {
    std::string_view role = Member();
    if (role.starts_with("task/")) role.remove_prefix(std::string_view("task").size());
    role = role.substr(0, role.rfind('/'));
    const std::size_t name = role.rfind('/');
    if (name == std::string_view::npos) {
      SetNew("/", Member());
      return {};
    }
    TRY(SetEntity(account_, role.substr(name + 1)));
    resource_.arn = Ours(resource_.type->arn, role.substr(0, name + 1), role.substr(name + 1));
    return {};
  }

  // Everything of an organization has an ARN in its management account, which is nobody's foreign account: who may ask
  // from elsewhere is the operation's to say.
  Result<> SetOrganization() {
    const auto membership = TRY(directory::FindMembership(question_.transaction, account_));
    const bool names_one = spec_.member == nullptr || member_ != nullptr;
    if (!membership || !names_one) {
      SetAll();
      return {};
    }
    for (const ResourceType* type : spec_.types) {
      if (type->name == TypeOfOrganizationId(Member())) resource_.type = type;
    }
    std::string type_in_arn = AsciiLower(PathOr("*"));
    auto entity = TRY(FindOrganizationEntity(question_.directories.ContextOf(question_.transaction, account_),
                                             membership->management, Member()));
    resource_.exists = entity.has_value();
    resource_.entity = entity ? std::move(*entity) : Entity{.name = std::string(Member())};
    if (!resource_.entity.policy_type.empty()) type_in_arn = resource_.entity.policy_type;
    if (resource_.entity.aws_managed) {
      resource_.arn = "arn:aws:organizations::aws:policy/" + type_in_arn + "/" + resource_.entity.name;
      return {};
    }
    // The template has the beginning of the id: "ou-${Name}".
    const std::size_t dash = Member().find('-');
    resource_.arn =
        Fill(resource_.type->arn,
             {.account = membership->management.ToString(),
              .path = {},
              .name = member_ == nullptr ? "*" : Member().substr(dash == std::string_view::npos ? 0 : dash + 1),
              .organization = std::string_view(membership->organization_id).substr(2),
              .policy_type = type_in_arn});
    return {};
  }

  void SetAccount() {
    std::string_view account = Member();
    if (const auto arn = Arn::Parse(account)) account = arn->account;
    if (account != account_text_) resource_.foreign_account = account;
    resource_.arn = Fill(resource_.type->arn, {.account = account, .path = {}, .name = {}});
  }

  const ResourceQuestion& question_;
  const ResourceSpec& spec_;
  AccountId account_;
  std::string account_text_;
  const std::string* member_ = nullptr;
  Resource resource_;
};

}  // namespace

Result<Resource> ResolveResource(const ResourceQuestion& question) { return Resolver(question).Resolve(); }

std::string ResourceMessage(const ResourceQuestion& question, const Resource& resource) {
  if (question.action.message.empty()) return {};
  if (resource.in_arn) return resource.arn;
  std::string message;
  for (const MessagePart& part : question.action.message) {
    switch (part.kind) {
      case MessagePart::Kind::kText:
        message += part.text;
        break;
      case MessagePart::Kind::kArn:
        message += resource.arn;
        break;
      case MessagePart::Kind::kMember:
        if (const std::string* text = FindText(question.request, part.member)) {
          message += *text;
        } else if (part.member != nullptr && question.action.resource.by == ResourceBy::kPrefix) {
          message += '/';
        } else {
          message += resource.entity.name;
        }
        break;
    }
  }
  return message;
}

}  // namespace claviger::service
