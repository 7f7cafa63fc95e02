#include "ops/iam/organizations_access_report.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include "directory/organization_policy.h"
#include "gen/iam/operations.h"
#include "ops/iam/reachable_services.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::ControlPolicyType;
using directory::LastAccessJob;

constexpr std::chrono::days kTracked{400};

struct Scope {
  directory::Organization organization;
  directory::OrganizationDirectory directory;
};

// The organization that the caller's account manages, if its service control policies count.
Result<Scope> GetScope(const OperationContext& context) {
  const directory::Context& account = context.directory.context;
  const auto membership = TRY(directory::FindMembership(account.transaction, account.account));
  if (!membership || membership->management != account.account) {
    return Fail(ErrorCode::kAccessDenied, "Only the management account of an organization can have this report.");
  }
  directory::OrganizationDirectory directory(account, membership->management);
  auto organization = TRY(directory.Find());
  if (!organization) return Fail(ErrorCode::kInternalFailure, "The organization of the account is unreadable.");
  if (!organization->Enables(ControlPolicyType::kServiceControl)) {
    return Fail(ErrorCode::kInvalidInput, "Service control policies are not enabled for the root of the organization.");
  }
  return Scope{std::move(*organization), directory};
}

// A root, unit or account: the ids from the root down to it.
using Levels = std::vector<std::string>;

std::string PathOf(const directory::Organization& organization, const Levels& levels) {
  std::string path = organization.id;
  for (const std::string& level : levels) path += "/" + level;
  return path;
}

Result<Levels> LevelsOf(Scope& scope, const directory::MemberAccount& account) {
  Levels levels = TRY(scope.directory.PathTo(scope.organization, account.parent));
  levels.push_back(account.id);
  return levels;
}

// Errors: InvalidInput when there is nothing at this path.
Result<Levels> FindLevels(Scope& scope, const std::string& path) {
  const std::string last = path.substr(path.rfind('/') + 1);
  Levels levels;
  if (const auto account = TRY(scope.directory.accounts.Find(last))) {
    levels = TRY(LevelsOf(scope, *account));
  } else {
    levels = TRY(scope.directory.PathTo(scope.organization, last));
  }
  if (levels.empty() || PathOf(scope.organization, levels) != path) {
    return Fail(ErrorCode::kInvalidInput, "The organization has nothing at the path " + path + ".");
  }
  return levels;
}

bool Begins(const Levels& levels, const Levels& with) {
  return levels.size() >= with.size() && std::equal(with.begin(), with.end(), levels.begin());
}

// What a report is about: the services, and the accounts whose use of them counts.
struct Subject {
  std::vector<ControlLevel> controls;
  std::vector<LastAccessJob::Entity> accounts;
};

// "The resulting report lists all of the services allowed by SCPs that are attached to" the entity and its parents; for
// a policy those that it allows itself. The management account is bound by none.
Result<std::vector<ControlLevel>> ControlsOf(Scope& scope, const Levels& levels,
                                             const std::optional<directory::ControlPolicy>& policy) {
  if (policy) return std::vector<ControlLevel>{{policy->content}};
  directory::ControlAttachments attachments(scope.directory);
  std::vector<ControlLevel> controls;
  for (const std::string& level : levels) {
    ControlLevel& documents = controls.emplace_back();
    for (auto& attached : TRY(attachments.AttachedTo(level, ControlPolicyType::kServiceControl))) {
      documents.push_back(std::move(attached.content));
    }
  }
  return controls;
}

// The accounts at and below the entity, but the management account; for a policy those that it bears on.
Result<std::vector<LastAccessJob::Entity>> AccountsOf(Scope& scope, const Levels& below,
                                                      const std::optional<directory::ControlPolicy>& policy) {
  std::set<std::string> targets;
  if (policy) {
    for (std::string& target : TRY(directory::ControlAttachments(scope.directory).TargetsOf(policy->id))) {
      targets.insert(std::move(target));
    }
  }
  const std::string management = scope.directory.management().ToString();
  std::vector<LastAccessJob::Entity> accounts;
  for (const directory::MemberAccount& account : TRY(scope.directory.accounts.List())) {
    const Levels levels = TRY(LevelsOf(scope, account));
    const bool bound =
        !policy || std::ranges::any_of(levels, [&](const auto& level) { return targets.contains(level); });
    if (account.id == management || !Begins(levels, below) || !bound) continue;
    accounts.push_back({.id = account.id, .path = PathOf(scope.organization, levels)});
  }
  return accounts;
}

// Errors: InvalidInput when there is no such policy.
Result<std::optional<directory::ControlPolicy>> FindPolicy(Scope& scope, const std::optional<std::string>& id) {
  if (!id) return std::optional<directory::ControlPolicy>();
  auto policy = TRY(directory::ControlAttachments(scope.directory).FindPolicy(*id));
  if (!policy || policy->type != ControlPolicyType::kServiceControl) {
    return Fail(ErrorCode::kInvalidInput, "The organization has no service control policy " + *id + ".");
  }
  return policy;
}

Result<Subject> SubjectOf(Scope& scope, const GenerateOrganizationsAccessReportRequest& request) {
  const Levels levels = TRY(FindLevels(scope, request.entity_path));
  if (levels.back() == scope.directory.management().ToString()) {  // Then a policy is passed over, too.
    return Subject{.accounts = {{.id = levels.back(), .path = request.entity_path}}};
  }
  const auto policy = TRY(FindPolicy(scope, request.organizations_policy_id));
  return Subject{.controls = TRY(ControlsOf(scope, levels, policy)),
                 .accounts = TRY(AccountsOf(scope, levels, policy))};
}

// Notes when an account last reached the services, which are in the order of their namespaces.
Result<> AddUses(const OperationContext& context, LastAccessJob& job, std::uint32_t index) {
  const AccountId account = AccountId::Parse(job.entities[index].id).value_or(AccountId());
  directory::ActionUses uses(directory::InAccount(context.directory.context, account));
  for (directory::ServiceUse& used : TRY(uses.ListServices())) {
    const auto service = std::ranges::lower_bound(job.services, used.service, {}, &LastAccessJob::Service::name_space);
    const bool listed = service != job.services.end() && service->name_space == used.service;
    if (!listed || context.now - used.time > kTracked) continue;
    service->uses.push_back({.entity = index, .time = used.time, .region = std::move(used.region)});
  }
  return {};
}

// The report is made while the caller waits.
Result<GenerateOrganizationsAccessReportResponse> GenerateOrganizationsAccessReport(
    OperationContext& context, const GenerateOrganizationsAccessReportRequest& request) {
  Scope scope = TRY(GetScope(context));
  Subject subject = TRY(SubjectOf(scope, request));
  LastAccessJob job{.id = context.directory.last_access_jobs.NewId(context.now), .created = context.now};
  for (const std::string& name_space : ServicesLeftBy(subject.controls, context.directory.context.services)) {
    job.services.push_back({.name_space = name_space});
  }
  job.entities = std::move(subject.accounts);
  for (std::uint32_t index = 0; index < job.entities.size(); ++index) TRY(AddUses(context, job, index));
  TRY(context.directory.last_access_jobs.Insert(job));
  context.directory.context.transaction.ForgetReads();
  return GenerateOrganizationsAccessReportResponse{.job_id = std::move(job.id)};
}

// Null: never.
const LastAccessJob::Use* LastUse(const LastAccessJob::Service& service) {
  const auto last = std::ranges::max_element(service.uses, {}, &LastAccessJob::Use::time);
  return last == service.uses.end() ? nullptr : &*last;
}

AccessDetail Show(const OperationContext& context, const LastAccessJob& job, const LastAccessJob::Service& service) {
  const directory::ServiceFacts* facts = context.directory.context.services.Find(service.name_space);
  AccessDetail shown{.service_name = facts == nullptr ? service.name_space : facts->name,
                     .service_namespace = service.name_space,
                     .total_authenticated_entities = static_cast<std::int32_t>(service.uses.size())};
  if (const LastAccessJob::Use* last = LastUse(service)) {
    shown.region = last->region;
    shown.entity_path = job.entities[last->entity].path;
    shown.last_authenticated_time = last->time;
  }
  return shown;
}

// What was never reached is the oldest. Services of the same time stay in the order of their namespaces.
void Sort(std::string_view key, std::vector<LastAccessJob::Service>& services) {
  const auto time_of = [](const LastAccessJob::Service& service) {
    const LastAccessJob::Use* last = LastUse(service);
    return last == nullptr ? TimePoint::min() : last->time;
  };
  if (key == sort_key_type::kServiceNamespaceDescending) std::ranges::reverse(services);
  if (key == sort_key_type::kLastAuthenticatedTimeAscending) std::ranges::stable_sort(services, {}, time_of);
  if (key == sort_key_type::kLastAuthenticatedTimeDescending) {
    std::ranges::stable_sort(services, std::ranges::greater(), time_of);
  }
}

Result<GetOrganizationsAccessReportResponse> GetOrganizationsAccessReport(
    OperationContext& context, const GetOrganizationsAccessReportRequest& request) {
  auto job = TRY(context.directory.last_access_jobs.Find(request.job_id));
  if (!job || !job->caller.empty()) {
    return Fail(ErrorCode::kNoSuchEntity, "The job with id " + request.job_id + " cannot be found.");
  }
  const std::string key = request.sort_key.value_or(std::string(sort_key_type::kServiceNamespaceAscending));
  const auto unused = std::ranges::count_if(job->services, [](const auto& service) { return service.uses.empty(); });
  GetOrganizationsAccessReportResponse response{
      .job_status = std::string(job_status_type::kCompleted),
      .job_creation_date = job->created,
      .job_completion_date = job->created,
      .number_of_services_accessible = static_cast<std::int32_t>(job->services.size()),
      .number_of_services_not_accessed = static_cast<std::int32_t>(unused)};
  Sort(key, job->services);
  const std::string list = "GetOrganizationsAccessReport/" + job->id + "/" + key;
  const std::size_t begin = std::min(TRY(OpenIndexMarker(context, list, request.marker)), job->services.size());
  const std::size_t end = begin + std::min(PageItems(request.max_items), job->services.size() - begin);
  auto& details = response.access_details.emplace();
  for (std::size_t i = begin; i < end; ++i) details.push_back(Show(context, *job, job->services[i]));
  response.is_truncated = end < job->services.size();
  if (end < job->services.size()) response.marker = MakeIndexMarker(context, list, end);
  return response;
}

}  // namespace

void RegisterOrganizationsAccessReportOperations(Operations& operations) {
  operations.Add<api::GenerateOrganizationsAccessReport>(GenerateOrganizationsAccessReport);
  operations.Add<api::GetOrganizationsAccessReport>(GetOrganizationsAccessReport);
}

}  // namespace claviger::ops::iam
