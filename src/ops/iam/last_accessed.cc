#include "ops/iam/last_accessed.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>

#include "aws/arn.h"
#include "directory/principal_policies.h"
#include "gen/iam/operations.h"
#include "ops/iam/reachable_services.h"
#include "ops/paging.h"
#include "policy/parse.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::EntityKind;
using directory::LastAccessJob;

constexpr std::chrono::days kTracked{400};
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

Failure<Error> NoSuchSubject() { return Fail(ErrorCode::kNoSuchEntity, "Unable to retrieve specified IAM entity."); }

// What a report is about: the policies that let somebody in, and everybody whom they let in.
struct Subject {
  std::vector<std::string> documents;
  std::vector<LastAccessJob::Entity> entities;
};

template <class Named>
LastAccessJob::Entity EntityOf(EntityKind kind, const Named& named) {
  return {.kind = kind, .id = named.id, .path = named.path, .name = named.name};
}

void AddDocuments(directory::PrincipalPolicies policies, Subject& subject) {
  for (directory::PolicyText& text : policies.identity) subject.documents.push_back(std::move(text.document));
}

Result<> AddMembers(OperationContext& context, const directory::Group& group, Subject& subject) {
  for (const directory::User& user : TRY(context.directory.groups.ListMembers(group, "", kAll)).items) {
    subject.entities.push_back(EntityOf(EntityKind::kUser, user));
  }
  return {};
}

// Everybody whom the policy is attached to, be it by way of a group.
Result<> AddHolders(OperationContext& context, const directory::Policy& policy, Subject& subject) {
  const auto page = TRY(context.directory.holdings.ListUsers(policy.id, directory::PolicyUse::kAttached, "", kAll,
                                                             [](const auto&) -> Result<bool> { return true; }));
  for (const directory::PolicyUser& holder : page.items) {
    if (holder.kind == EntityKind::kGroup) {
      const auto group = TRY(context.directory.groups.FindById(holder.id));
      if (group) TRY(AddMembers(context, *group, subject));
    } else if (holder.kind == EntityKind::kRole) {
      const auto role = TRY(context.directory.roles.FindById(holder.id));
      if (role) subject.entities.push_back(EntityOf(EntityKind::kRole, *role));
    } else {
      const auto user = TRY(context.directory.users.FindById(holder.id));
      if (user) subject.entities.push_back(EntityOf(EntityKind::kUser, *user));
    }
  }
  std::set<std::string> seen;
  std::erase_if(subject.entities, [&](const auto& entity) { return !seen.insert(entity.id).second; });
  return {};
}

Result<Subject> SubjectOf(OperationContext& context, const std::string& arn) {
  directory::Directory& directory = context.directory;
  Subject subject;
  const auto policy = TRY(directory.policies.FindByArn(arn));
  if (policy) {
    subject.documents.push_back(TRY(directory.policies.DefaultVersion(*policy)).document);
    TRY(AddHolders(context, *policy, subject));
    return subject;
  }
  const auto parsed = Arn::Parse(arn);
  const std::string_view type = parsed ? parsed->resource.substr(0, parsed->resource.find('/')) : std::string_view();
  if (!parsed || parsed->service != "iam" ||
      (type != "user" && type != "group" && type != "role" && type != "policy")) {
    return Fail(ErrorCode::kInvalidInput, "Invalid ARN provided in the request: " + arn);
  }
  const std::string name = arn.substr(arn.rfind('/') + 1);
  const auto is = [&](const auto& found) {
    return found && IamArn(context.account(), type, found->path, found->name) == arn;
  };
  if (type == "user") {
    const auto user = TRY(directory.users.Find(name));
    if (!is(user)) return NoSuchSubject();
    AddDocuments(TRY(directory::LoadPrincipalPolicies(directory, PrincipalType::kUser, user->id)), subject);
    subject.entities.push_back(EntityOf(EntityKind::kUser, *user));
  } else if (type == "role") {
    const auto role = TRY(directory.roles.Find(name));
    if (!is(role)) return NoSuchSubject();
    AddDocuments(TRY(directory::LoadPrincipalPolicies(directory, PrincipalType::kAssumedRole, role->id)), subject);
    subject.entities.push_back(EntityOf(EntityKind::kRole, *role));
  } else if (type == "group") {
    const auto group = TRY(directory.groups.Find(name));
    if (!is(group)) return NoSuchSubject();
    AddDocuments(TRY(directory::LoadGroupPolicies(directory, *group)), subject);
    TRY(AddMembers(context, *group, subject));
  } else {
    return NoSuchSubject();
  }
  return subject;
}

// The services that the policies reach, not used by anybody yet.
std::vector<LastAccessJob::Service> ServicesOf(const OperationContext& context, const Subject& subject,
                                               bool by_action) {
  const directory::ServiceCatalogue& catalogue = context.directory.context.services;
  ReachableServices access;
  for (const std::string& text : subject.documents) {
    const auto document = policy::Parse(text, policy::Kind::kAny);
    if (document.ok()) AddReachable(**document, catalogue, access);
  }
  std::vector<LastAccessJob::Service> services;
  for (const auto& [name_space, actions] : access) {
    auto& service = services.emplace_back(LastAccessJob::Service{.name_space = name_space});
    const directory::ServiceFacts* facts = catalogue.Find(name_space);
    if (!by_action || facts == nullptr || !facts->tracked) continue;
    for (const std::string& action : actions) service.actions.push_back({.name = action, .last = std::nullopt});
  }
  return services;
}

bool IsLater(const LastAccessJob::Use& use, const std::optional<LastAccessJob::Use>& than) {
  return !than || use.time > than->time;
}

// Notes the uses of one entity in the services, which are in the order of their namespaces.
Result<> AddUses(OperationContext& context, const LastAccessJob::Entity& entity, std::uint32_t index,
                 std::vector<LastAccessJob::Service>& services) {
  for (const directory::ActionUse& used : TRY(context.directory.action_uses.ListOf(entity.id))) {
    if (context.now - used.time > kTracked) continue;
    const auto service = std::ranges::lower_bound(services, used.service, {}, &LastAccessJob::Service::name_space);
    if (service == services.end() || service->name_space != used.service) continue;
    const LastAccessJob::Use use{.entity = index, .time = used.time, .region = used.region};
    if (service->uses.empty() || service->uses.back().entity != index) {
      service->uses.push_back(use);
    } else if (use.time > service->uses.back().time) {
      service->uses.back() = use;
    }
    const auto action = std::ranges::find(service->actions, used.action, &LastAccessJob::Action::name);
    if (action != service->actions.end() && IsLater(use, action->last)) action->last = use;
  }
  return {};
}

// The report is made while the caller waits.
Result<GenerateServiceLastAccessedDetailsResponse> GenerateServiceLastAccessedDetails(
    OperationContext& context, const GenerateServiceLastAccessedDetailsRequest& request) {
  Subject subject = TRY(SubjectOf(context, request.arn));
  LastAccessJob job{
      .id = context.directory.last_access_jobs.NewId(context.now),
      .caller = context.caller.user_id,
      .by_action = request.granularity == access_advisor_usage_granularity_type::kActionLevel,
      .created = context.now,
  };
  job.services = ServicesOf(context, subject, job.by_action);
  job.entities = std::move(subject.entities);
  for (std::uint32_t index = 0; index < job.entities.size(); ++index) {
    TRY(AddUses(context, job.entities[index], index, job.services));
  }
  TRY(context.directory.last_access_jobs.Insert(job));
  context.directory.context.transaction.ForgetReads();
  return GenerateServiceLastAccessedDetailsResponse{.job_id = std::move(job.id)};
}

// A job that somebody else asked for is as if there were none.
Result<LastAccessJob> GetJob(OperationContext& context, const std::string& id) {
  auto job = TRY(context.directory.last_access_jobs.Find(id));
  if (!job || job->caller != context.caller.user_id) {
    return Fail(ErrorCode::kNoSuchEntity, "The job with id " + id + " cannot be found.");
  }
  return std::move(*job);
}

std::string ArnOf(AccountId account, const LastAccessJob::Entity& entity) {
  return IamArn(account, entity.kind == EntityKind::kRole ? "role" : "user", entity.path, entity.name);
}

ServiceLastAccessed Show(const OperationContext& context, const LastAccessJob& job,
                         const LastAccessJob::Service& service) {
  const directory::ServiceFacts* facts = context.directory.context.services.Find(service.name_space);
  ServiceLastAccessed shown{.service_name = facts == nullptr ? service.name_space : facts->name,
                            .service_namespace = service.name_space,
                            .total_authenticated_entities = static_cast<std::int32_t>(service.uses.size())};
  const auto last = std::ranges::max_element(service.uses, {}, &LastAccessJob::Use::time);
  if (last != service.uses.end()) {
    shown.last_authenticated = last->time;
    shown.last_authenticated_entity = ArnOf(context.account(), job.entities[last->entity]);
    shown.last_authenticated_region = last->region;
  }
  if (service.actions.empty()) return shown;
  auto& actions = shown.tracked_actions_last_accessed.emplace();
  for (const LastAccessJob::Action& action : service.actions) {
    auto& api = actions.emplace_back(TrackedActionLastAccessed{.action_name = action.name});
    if (!action.last) continue;
    api.last_accessed_entity = ArnOf(context.account(), job.entities[action.last->entity]);
    api.last_accessed_time = action.last->time;
    api.last_accessed_region = action.last->region;
  }
  return shown;
}

Result<GetServiceLastAccessedDetailsResponse> GetServiceLastAccessedDetails(
    OperationContext& context, const GetServiceLastAccessedDetailsRequest& request) {
  const LastAccessJob job = TRY(GetJob(context, request.job_id));
  GetServiceLastAccessedDetailsResponse response{
      .job_status = std::string(job_status_type::kCompleted),
      .job_type = std::string(job.by_action ? access_advisor_usage_granularity_type::kActionLevel
                                            : access_advisor_usage_granularity_type::kServiceLevel),
      .job_creation_date = job.created,
      .job_completion_date = job.created};
  TRY(ShowPage(
      context, "GetServiceLastAccessedDetails/" + job.id, request, job.services,
      [](const LastAccessJob::Service& service) { return service.name_space; },
      [&](const LastAccessJob::Service& service) {
        response.services_last_accessed.push_back(Show(context, job, service));
      },
      response));
  return response;
}

// An entity of a report with its last use of the service asked for.
struct EntityUse {
  const LastAccessJob::Entity* entity = nullptr;
  std::optional<TimePoint> time;
  std::string position;  // In the list.
};

// The latest use first, then by ARN; those who never used it come last.
std::vector<EntityUse> EntityUsesOf(const OperationContext& context, const LastAccessJob& job,
                                    std::string_view name_space) {
  const auto service = std::ranges::find(job.services, name_space, &LastAccessJob::Service::name_space);
  if (service == job.services.end()) return {};
  std::vector<EntityUse> uses;
  for (const LastAccessJob::Entity& entity : job.entities) {
    uses.push_back({.entity = &entity, .time = std::nullopt, .position = ArnOf(context.account(), entity)});
  }
  for (const LastAccessJob::Use& use : service->uses) uses[use.entity].time = use.time;
  std::ranges::sort(uses, [](const EntityUse& a, const EntityUse& b) {
    return a.time != b.time ? a.time > b.time : a.position < b.position;
  });
  constexpr std::size_t kPositionDigits = 10;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const std::string number = std::to_string(i);
    uses[i].position = std::string(kPositionDigits - number.size(), '0') + number;
  }
  return uses;
}

Result<GetServiceLastAccessedDetailsWithEntitiesResponse> GetServiceLastAccessedDetailsWithEntities(
    OperationContext& context, const GetServiceLastAccessedDetailsWithEntitiesRequest& request) {
  const LastAccessJob job = TRY(GetJob(context, request.job_id));
  GetServiceLastAccessedDetailsWithEntitiesResponse response{.job_status = std::string(job_status_type::kCompleted),
                                                             .job_creation_date = job.created,
                                                             .job_completion_date = job.created};
  const auto show = [&](const EntityUse& use) {
    const bool role = use.entity->kind == EntityKind::kRole;
    response.entity_details_list.push_back(
        {.entity_info = {.arn = ArnOf(context.account(), *use.entity),
                         .name = use.entity->name,
                         .type = std::string(role ? policy_owner_entity_type::kRole : policy_owner_entity_type::kUser),
                         .id = use.entity->id,
                         .path = use.entity->path},
         .last_authenticated = use.time});
  };
  TRY(ShowPage(
      context, "GetServiceLastAccessedDetailsWithEntities/" + job.id, request,
      EntityUsesOf(context, job, request.service_namespace), [](const EntityUse& use) { return use.position; }, show,
      response));
  return response;
}

}  // namespace

void RegisterLastAccessedOperations(Operations& operations) {
  operations.Add<api::GenerateServiceLastAccessedDetails>(GenerateServiceLastAccessedDetails);
  operations.Add<api::GetServiceLastAccessedDetails>(GetServiceLastAccessedDetails);
  operations.Add<api::GetServiceLastAccessedDetailsWithEntities>(GetServiceLastAccessedDetailsWithEntities);
}

}  // namespace claviger::ops::iam
