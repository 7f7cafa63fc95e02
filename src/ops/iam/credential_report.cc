#include "ops/iam/credential_report.h"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "aws/arn.h"
#include "base/time_text.h"
#include "directory/credential_report.h"
#include "directory/organization.h"
#include "gen/iam/operations.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

// How long a report is answered instead of a new one.
constexpr std::chrono::hours kKept{4};
constexpr std::size_t kUsersAtOnce = 1000;
constexpr std::size_t kSlots = 2;  // The report shows so many keys and certificates of each.

constexpr std::string_view kHeader =
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n";
constexpr std::string_view kNone = "N/A";

// The password columns as the report words them.
struct PasswordColumns {
  std::string enabled = "false";
  std::string last_used = std::string(kNone);
  std::string last_changed = std::string(kNone);
  std::string next_rotation = std::string(kNone);
};

// One row: a user, or the root user.
struct Row {
  std::string name;
  std::string arn;
  TimePoint created;
  std::string owner;  // As directory::AccessKey::owner.
  PasswordColumns password;
};

// "2016-05-16T18:13:11+00:00"
std::string Date(TimePoint time) {
  std::string text = FormatIso8601(time);
  text.pop_back();
  return text + "+00:00";
}

class Writer {
 public:
  explicit Writer(std::string& csv) : csv_(csv) {}

  // A comma is the one special character that a name may have.
  void Add(std::string_view value) {
    if (!first_) csv_ += ',';
    first_ = false;
    const bool quoted = value.find(',') != std::string_view::npos;
    if (quoted) csv_ += '"';
    csv_ += value;
    if (quoted) csv_ += '"';
  }
  void AddFlag(bool value) { Add(value ? std::string_view("true") : std::string_view("false")); }
  void End() {
    csv_ += '\n';
    first_ = true;
  }

 private:
  std::string& csv_;
  bool first_ = true;
};

Result<> AddKeys(OperationContext& context, const Row& row, Writer& writer) {
  const auto keys = TRY(context.directory.access_keys.ListOf(row.owner));
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    const directory::AccessKey* key = slot < keys.size() ? &keys[slot] : nullptr;
    writer.AddFlag(key != nullptr && key->status == directory::AccessKeyStatus::kActive);
    writer.Add(key == nullptr ? std::string(kNone) : Date(key->status_changed));
    std::optional<directory::AccessKeyUse> use;
    if (key != nullptr) use = TRY(context.directory.access_keys.FindUse(key->id));
    writer.Add(use ? Date(std::chrono::floor<std::chrono::minutes>(use->time)) : std::string(kNone));
    writer.Add(use ? std::string_view(use->region) : kNone);
    writer.Add(use ? std::string_view(use->service) : kNone);
  }
  return {};
}

// Oldest first, like keys.
Result<> AddCertificates(OperationContext& context, const Row& row, Writer& writer) {
  auto certificates = TRY(context.directory.signing_certificates.ListOf(row.owner));
  std::ranges::sort(certificates, {},
                    [](const auto& certificate) { return std::tie(certificate.created, certificate.id); });
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    const directory::SigningCertificate* certificate = slot < certificates.size() ? &certificates[slot] : nullptr;
    writer.AddFlag(certificate != nullptr && certificate->status == directory::CredentialStatus::kActive);
    writer.Add(certificate == nullptr ? std::string(kNone) : Date(certificate->created));
  }
  return {};
}

Result<> AddRow(OperationContext& context, const Row& row, Writer& writer) {
  writer.Add(row.name);
  writer.Add(row.arn);
  writer.Add(Date(row.created));
  writer.Add(row.password.enabled);
  writer.Add(row.password.last_used);
  writer.Add(row.password.last_changed);
  writer.Add(row.password.next_rotation);
  writer.AddFlag(!TRY(context.directory.mfa_devices.IdsOf(row.owner)).empty());
  TRY(AddKeys(context, row, writer));
  TRY(AddCertificates(context, row, writer));
  writer.End();
  return {};
}

// When somebody last signed in, who has a password.
Result<std::string> LastSignIn(OperationContext& context, std::string_view owner) {
  const auto last = TRY(context.directory.login_profiles.FindLastUse(owner));
  return last ? Date(*last) : std::string("no_information");
}

Result<PasswordColumns> PasswordOf(OperationContext& context, std::string_view owner,
                                   const std::optional<directory::PasswordPolicy>& policy = std::nullopt) {
  PasswordColumns columns;
  const auto profile = TRY(context.directory.login_profiles.Find(owner));
  if (!profile) return columns;
  columns.enabled = "true";
  columns.last_used = TRY(LastSignIn(context, owner));
  columns.last_changed = Date(profile->changed);
  const auto expiry = directory::PasswordExpiry(policy, profile->changed);
  if (expiry) columns.next_rotation = Date(*expiry);
  return columns;
}

// Of root's password the report tells the last use alone; in a member account of an organization, where the root user
// may well have none, also whether there is one.
Result<PasswordColumns> PasswordOfRoot(OperationContext& context) {
  const directory::Context& directory = context.directory.context;
  const auto membership = TRY(directory::FindMembership(directory.transaction, directory.account));
  PasswordColumns columns{.enabled = "not_supported",
                          .last_used = TRY(LastSignIn(context, directory::kRootOwner)),
                          .last_changed = "not_supported"};
  if (membership && membership->management != directory.account) {
    columns = TRY(PasswordOf(context, directory::kRootOwner));
  }
  columns.next_rotation = "not_supported";
  return columns;
}

Result<Row> RootRow(OperationContext& context) {
  const auto account = TRY(directory::FindAccount(context.directory.context.transaction, context.account()));
  return Row{.name = "<root_account>",
             .arn = RootArn(context.account()),
             .created = account ? account->created : TimePoint(),
             .owner = std::string(directory::kRootOwner),
             .password = TRY(PasswordOfRoot(context))};
}

Result<Row> UserRow(OperationContext& context, const directory::User& user,
                    const std::optional<directory::PasswordPolicy>& policy) {
  return Row{.name = user.name,
             .arn = IamArn(context.account(), "user", user.path, user.name),
             .created = user.created,
             .owner = user.id,
             .password = TRY(PasswordOf(context, user.id, policy))};
}

Result<std::string> MakeReport(OperationContext& context) {
  std::string csv(kHeader);
  Writer writer(csv);
  TRY(AddRow(context, TRY(RootRow(context)), writer));
  const auto policy = TRY(directory::FindPasswordPolicy(context.directory.context));
  std::string after;
  for (bool more = true; more;) {
    const auto page = TRY(context.directory.users.List("/", after, kUsersAtOnce));
    for (const directory::User& user : page.items) TRY(AddRow(context, TRY(UserRow(context, user, policy)), writer));
    more = page.truncated;
    if (more) after = page.items.back().name;
  }
  return csv;
}

// The report is made while the caller waits; the next call says that it is complete.
Result<GenerateCredentialReportResponse> GenerateCredentialReport(OperationContext& context,
                                                                  const GenerateCredentialReportRequest&) {
  const auto report = TRY(directory::FindCredentialReport(context.directory.context));
  if (report && context.now - report->generated < kKept) {
    return GenerateCredentialReportResponse{.state = std::string(report_state_type::kComplete)};
  }
  std::string content = TRY(MakeReport(context));
  context.directory.context.transaction.ForgetReads();
  directory::PutCredentialReport(context.directory.context, {.generated = context.now, .content = std::move(content)});
  return GenerateCredentialReportResponse{.state = std::string(report_state_type::kStarted),
                                          .description = "No report exists. Starting a new report generation task"};
}

Result<GetCredentialReportResponse> GetCredentialReport(OperationContext& context, const GetCredentialReportRequest&) {
  auto report = TRY(directory::FindCredentialReport(context.directory.context));
  if (!report) return Fail(ErrorCode::kReportNotPresent, "");
  if (context.now - report->generated >= kKept) return Fail(ErrorCode::kReportExpired, "");
  return GetCredentialReportResponse{.content = std::move(report->content),
                                     .report_format = std::string(report_format_type::kTextCsv),
                                     .generated_time = report->generated};
}

}  // namespace

void RegisterCredentialReportOperations(Operations& operations) {
  operations.Add<api::GenerateCredentialReport>(GenerateCredentialReport);
  operations.Add<api::GetCredentialReport>(GetCredentialReport);
}

}  // namespace claviger::ops::iam
