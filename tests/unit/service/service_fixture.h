// A service over a store in memory, spoken to as clients do: really signed requests through the real Worker.
//
//   Service service;
//   const auto bob = service.AddUser("bob");
//   service.Allow("bob", "iam:GetUser");
//   EXPECT_THAT(service.As(bob).Call<GetUser>({.user_name = "eve"}), Fails(ErrorCode::kNoSuchEntity));
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "aws/unique_id.h"
#include "base/encoding.h"
#include "crypto/secret.h"
#include "directory/directory.h"
#include "directory/principal_policies.h"
#include "directory/trust_policy.h"
#include "gen/iam/operations.h"
#include "gen/sts/operations.h"
#include "ops/iam/access_key.h"
#include "ops/iam/account_summary.h"
#include "ops/iam/delegation_request.h"
#include "ops/iam/login_profile.h"
#include "ops/iam/mfa_device.h"
#include "ops/iam/outbound_federation.h"
#include "ops/iam/password_policy.h"
#include "ops/iam/role.h"
#include "ops/iam/signing_certificate.h"
#include "ops/iam/user.h"
#include "ops/sts/assume_role.h"
#include "ops/sts/assume_root.h"
#include "ops/sts/authorization_message.h"
#include "ops/sts/caller.h"
#include "ops/sts/delegated_access.h"
#include "ops/sts/federation_token.h"
#include "ops/sts/saml.h"
#include "ops/sts/session_token.h"
#include "ops/sts/web_identity.h"
#include "ops/sts/web_identity_token.h"
#include "service/worker.h"
#include "session/token.h"
#include "sigv4/sign.h"
#include "store/memory.h"
#include "wire/encode.h"

namespace claviger::service::testing {

using sigv4::Credentials;

inline const AccountId kAccount = *AccountId::Parse("111122223333");
inline const AccountId kOtherAccount = *AccountId::Parse("444455556666");
inline constexpr std::string_view kHost = "iam.example.test";

class FakeClock final : public Clock {
 public:
  TimePoint Now() const override { return now; }
  TimePoint now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + std::chrono::hours(12);
};

// A store in memory that lets a test come in between an attempt and its commit.
class InterposedStore final : public store::Store {
 public:
  store::StoreResult<std::unique_ptr<store::Reader>> NewReader() override { return inner_->NewReader(); }

  // Runs `task` before the next change that is more than the note of a key's or an action's use.
  void BeforeNextChange(std::function<void()> task) { before_ = std::move(task); }
  int changes() const { return changes_; }

 private:
  static bool IsNoteOfUse(const store::Batch& batch) {
    constexpr std::string_view kNotes[] = {"/access-key-use/", "/role-use/", "/action-use/", "/service-use/"};
    return !batch.writes.empty() && std::ranges::all_of(batch.writes, [&](const auto& write) {
      return std::ranges::any_of(kNotes,
                                 [&](std::string_view note) { return write.first.find(note) != std::string::npos; });
    });
  }
  void CommitWithinLimits(store::Batch batch, Done done) override {
    if (!IsNoteOfUse(batch)) {
      ++changes_;
      if (auto task = std::exchange(before_, nullptr)) task();
    }
    inner_->Commit(std::move(batch), std::move(done));
  }

  std::unique_ptr<store::Store> inner_ = store::NewMemoryStore();
  std::function<void()> before_;
  int changes_ = 0;
};

// What a client got.
struct Answer {
  int status = 0;
  std::string body;
  std::string code;     // Of an error.
  std::string message;  // Of an error.
  std::vector<std::pair<std::string, std::string>> headers;

  // The content of the first element of this name, in JSON of the first string; empty when there is none.
  std::string Text(const std::string& element) const {
    if (body.starts_with('{')) return JsonText(element);
    const std::size_t begin = body.find("<" + element + ">");
    const std::size_t end = body.find("</" + element + ">");
    if (begin == std::string::npos || end == std::string::npos) return {};
    std::string text = body.substr(begin + element.size() + 2, end - begin - element.size() - 2);
    for (const auto& [entity, character] :
         {std::pair("&quot;", "\""), {"&lt;", "<"}, {"&gt;", ">"}, {"&#x27;", "'"}, {"&#39;", "'"}, {"&amp;", "&"}}) {
      for (std::size_t at = 0; (at = text.find(entity, at)) != std::string::npos; ++at) {
        text.replace(at, std::string_view(entity).size(), character);
      }
    }
    return text;
  }

 private:
  std::string JsonText(const std::string& name) const {
    const std::string front = "\"" + name + "\":\"";
    const std::size_t begin = body.find(front);
    if (begin == std::string::npos) return {};
    std::string text;
    for (std::size_t at = begin + front.size(); at < body.size() && body[at] != '"'; ++at) {
      if (body[at] == '\\') ++at;
      text += body[at];
    }
    return text;
  }
};

inline void PrintTo(const Answer& answer, std::ostream* out) {
  *out << answer.status << " " << answer.code << ": " << answer.message << "\n" << answer.body;
}

MATCHER(Succeeds, "is answered 200") { return arg.status == 200; }
MATCHER_P(Fails, code, "fails with " + std::string(WireCode(code))) {
  return arg.status == HttpStatus(code) && arg.code == WireCode(code);
}
MATCHER_P(FailsInJson, code, "fails with " + std::string(WireCode(code))) {
  return arg.status == 400 && arg.code == WireCode(code);
}
MATCHER_P2(FailsInJsonSaying, code, text, "fails with " + std::string(WireCode(code)) + ": " + std::string(text)) {
  return arg.status == 400 && arg.code == WireCode(code) && arg.message == text;
}
MATCHER_P2(FailsSaying, code, text, "fails with " + std::string(WireCode(code)) + ": " + std::string(text)) {
  return arg.status == HttpStatus(code) && arg.code == WireCode(code) && arg.message == text;
}

// Writes a request struct as form parameters.
class FormWriter {
 public:
  static std::string Write(const OperationInfo& operation, const void* request) {
    FormWriter writer;
    writer.form_ = "Action=" + std::string(operation.name) + "&Version=" + std::string(operation.service->api_version);
    writer.Structure("", *operation.request, request);
    return writer.form_;
  }

 private:
  void Structure(const std::string& prefix, const Shape& shape, const void* structure) {
    for (const Member& member : shape.members) {
      const void* value = FindValue(structure, member);
      if (value != nullptr) Value(prefix + std::string(member.name), *member.shape, value);
    }
  }
  void Value(const std::string& name, const Shape& shape, const void* value) {
    switch (shape.kind) {
      case ShapeKind::kStructure:
        return Structure(name + ".", shape, value);
      case ShapeKind::kList:
        if (shape.list->size(value) == 0) return Parameter(name, "");
        for (std::size_t i = 0; i < shape.list->size(value); ++i) {
          Value(name + ".member." + std::to_string(i + 1), *shape.element, shape.list->at_const(value, i));
        }
        return;
      case ShapeKind::kString:
        return Parameter(name, *static_cast<const std::string*>(value));
      case ShapeKind::kInteger:
        return Parameter(name, std::to_string(*static_cast<const std::int32_t*>(value)));
      case ShapeKind::kBoolean:
        return Parameter(name, *static_cast<const bool*>(value) ? "true" : "false");
      default:
        FAIL() << name << " is of a kind that no test has needed so far";
    }
  }
  void Parameter(const std::string& name, std::string_view value) {
    form_ += "&" + PercentEncode(name) + "=" + PercentEncode(value);
  }

  std::string form_;
};

class Service;

// Somebody who sends requests.
class Client {
 public:
  Client(Service& service, std::optional<Credentials> credentials)
      : service_(service), credentials_(std::move(credentials)) {}

  Client From(std::string source_ip) const {
    Client other = *this;
    other.source_ip_ = std::move(source_ip);
    return other;
  }
  Client OverTls() const {
    Client other = *this;
    other.secure_ = true;
    return other;
  }
  Client SignedFor(std::string region) const {
    Client other = *this;
    other.region_ = std::move(region);
    return other;
  }
  Client With(std::string header, std::string value) const {
    Client other = *this;
    other.headers_.emplace_back(std::move(header), std::move(value));
    return other;
  }

  template <class Operation>
  Answer Call(const typename Operation::Request& request) const {
    const OperationInfo& operation = Operation::Info();
    if (operation.service->SpeaksJson()) {
      std::string body;
      wire::EncodeStructure(*operation.request, &request, body);
      return PostJson(operation.service->name,
                      std::string(operation.service->target_prefix) + "." + std::string(operation.name), body);
    }
    return Post(Operation::Info().service->name, FormWriter::Write(Operation::Info(), &request));
  }
  Answer Post(std::string_view service, std::string_view form) const;
  Answer PostJson(std::string_view service, std::string_view target, std::string_view body) const;
  Answer Get(std::string_view path, std::string_view query) const;

 private:
  Answer Send(http::Request request, std::string_view service) const;

  Service& service_;
  std::optional<Credentials> credentials_;
  std::string source_ip_ = "192.0.2.7";
  bool secure_ = false;
  std::string region_ = "us-east-1";
  std::vector<std::pair<std::string, std::string>> headers_;
};

// Whether what happens is recorded in an audit trail, in memory.
enum class Audited { kNo, kYes };

class Service {
 public:
  explicit Service(SessionEnd session_end = SessionEnd::kExpiry, Audited audited = Audited::kNo) : random_(1) {
    for (crypto::Keyring* ring : {&keys.secrets, &keys.sessions, &keys.markers}) {
      ring->Add(1, crypto::Secret(std::string(32, static_cast<char>('a' + ring_++))));
    }
    ops::iam::RegisterAccessKeyOperations(operations_);
    ops::iam::RegisterAccountSummaryOperations(operations_);
    ops::iam::RegisterDelegationRequestOperations(operations_);
    ops::iam::RegisterLoginProfileOperations(operations_);
    ops::iam::RegisterMfaDeviceOperations(operations_);
    ops::iam::RegisterOutboundFederationOperations(operations_);
    ops::iam::RegisterPasswordPolicyOperations(operations_);
    ops::iam::RegisterRoleOperations(operations_);
    ops::iam::RegisterSigningCertificateOperations(operations_);
    ops::iam::RegisterUserOperations(operations_);
    ops::sts::RegisterAssumeRoleOperations(operations_);
    ops::sts::RegisterAssumeRootOperations(operations_);
    ops::sts::RegisterDelegatedAccessOperations(operations_);
    ops::sts::RegisterFederationTokenOperations(operations_);
    ops::sts::RegisterAuthorizationMessageOperations(operations_);
    ops::sts::RegisterCallerOperations(operations_);
    ops::sts::RegisterSamlOperations(operations_);
    ops::sts::RegisterSessionTokenOperations(operations_);
    ops::sts::RegisterWebIdentityOperations(operations_);
    ops::sts::RegisterWebIdentityTokenOperations(operations_);
    Change([&](directory::Directory& directory) -> Result<> {
      TRY(directory::InsertAccount(directory.context.transaction, {.id = kAccount, .created = clock.now}));
      return directory.access_keys.Insert({.id = root.access_key_id,
                                           .owner = std::string(directory::kRootOwner),
                                           .created = clock.now,
                                           .secret = root.secret_access_key});
    });
    if (audited == Audited::kYes) {
      trail = std::make_unique<audit::Trail>(audit::TrailOptions(), std::move(audit::Journal::Open({})).value(), store,
                                             clock);
    }
    const Environment environment{.store = store,
                                  .keys = keys,
                                  .quotas = quotas,
                                  .operations = operations_,
                                  .clock = clock,
                                  .session_end = session_end,
                                  .trail = trail.get(),
                                  .issuer_keys = &issuer_keys,
                                  .token_issuers = "https://claviger.example"};
    auto made = Worker::New(
        environment, std::make_unique<SeededRandom>(2),
        [this](std::function<void()> task) {
          const std::lock_guard lock(mutex_);
          tasks_.push_back(std::move(task));
          posted_.notify_one();
        },
        true);
    worker = std::move(made).value();
  }

  Client As(const Credentials& credentials) { return Client(*this, credentials); }
  Client Unsigned() { return Client(*this, std::nullopt); }

  // A user with an access key.
  Credentials AddUser(const std::string& name, const std::string& path = "/", std::vector<Tag> tags = {}) {
    const directory::User user{.id = MintId(IdKind::kUser, kAccount, random_),
                               .path = path,
                               .name = name,
                               .created = clock.now,
                               .tags = std::move(tags)};
    const Credentials credentials{.access_key_id = MintId(IdKind::kAccessKey, kAccount, random_),
                                  .secret_access_key = session::NewSecretAccessKey(random_),
                                  .session_token = {}};
    Change([&](directory::Directory& directory) -> Result<> {
      TRY(directory.users.Insert(user));
      return directory.access_keys.Insert({.id = credentials.access_key_id,
                                           .owner = user.id,
                                           .created = clock.now,
                                           .secret = credentials.secret_access_key});
    });
    return credentials;
  }

  // A role that lets whoever `principal` names ("{'AWS':'111122223333'}") do `actions` to it.
  directory::Role AddRole(const std::string& name, const std::string& principal,
                          const std::string& actions = "'sts:AssumeRole'", const std::string& condition = "{}",
                          const std::string& path = "/", AccountId account = kAccount) {
    directory::Role role{.id = MintId(IdKind::kRole, account, random_),
                         .path = path,
                         .name = name,
                         .created = clock.now,
                         .trust_policy = {}};
    SetTrust(role, principal, actions, condition);
    ChangeIn(account, [&](directory::Directory& directory) { return directory.roles.Insert(role); });
    return role;
  }
  void SetTrust(directory::Role& role, const std::string& principal, const std::string& actions,
                const std::string& condition) {
    std::string trust = "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':" + principal +
                        ",'Action':[" + actions + "],'Condition':" + condition + "}]}";
    std::ranges::replace(trust, '\'', '"');
    Change([&](directory::Directory& directory) -> Result<> {
      role.trust_policy = TRY(directory::ToStoredTrustPolicy(directory.context, trust));
      return {};
    });
  }
  void ReplaceRole(const directory::Role& role) {
    ChangeIn(*AccountInId(role.id), [&](directory::Directory& directory) -> Result<> {
      return directory.roles.Replace(TRY(directory.roles.Get(role.name)), role);
    });
  }
  void PutRolePolicy(const directory::Role& role, const std::string& name, std::string document) {
    std::ranges::replace(document, '\'', '"');
    ChangeIn(*AccountInId(role.id), [&](directory::Directory& directory) {
      return directory.holdings.PutInline({directory::EntityKind::kRole, role.id, role.name}, name, document);
    });
  }
  static std::string ArnOf(const directory::Role& role) {
    return IamArn(*AccountInId(role.id), "role", role.path, role.name);
  }
  // The credentials in an answer.
  static Credentials In(const Answer& answer) {
    EXPECT_THAT(answer, Succeeds());
    return {.access_key_id = answer.Text("AccessKeyId"),
            .secret_access_key = crypto::Secret(answer.Text("SecretAccessKey")),
            .session_token = answer.Text("SessionToken")};
  }

  // Temporary credentials of a session with these properties.
  Credentials Session(session::Session session) {
    session = session::WithNewCredentials(std::move(session), random_);
    return {.access_key_id = session.access_key_id,
            .secret_access_key = session.secret,
            .session_token = session::MintToken(session, keys.sessions, random_)};
  }
  Credentials SessionOf(const std::string& user, bool mfa) {
    return Session({.account = kAccount,
                    .type = PrincipalType::kUser,
                    .principal_id = IdOf(user),
                    .issued = clock.now,
                    .expires = clock.now + std::chrono::hours(1),
                    .mfa_authenticated = mfa});
  }

  std::string IdOf(const std::string& user) {
    std::string id;
    Change([&](directory::Directory& directory) -> Result<> {
      id = TRY(directory.users.Get(user)).id;
      return {};
    });
    return id;
  }

  // Inline policies; the document's quotation marks may be single ones.
  void PutPolicy(const std::string& user, const std::string& name, std::string document) {
    std::ranges::replace(document, '\'', '"');
    Change([&](directory::Directory& directory) -> Result<> {
      const auto found = TRY(directory.users.Get(user));
      return directory.holdings.PutInline({directory::EntityKind::kUser, found.id, found.name}, name, document);
    });
  }
  void RemovePolicy(const std::string& user, const std::string& name) {
    Change([&](directory::Directory& directory) -> Result<> {
      const auto found = TRY(directory.users.Get(user));
      TRY(directory.holdings.RemoveInline({directory::EntityKind::kUser, found.id, found.name}, name));
      return {};
    });
  }
  // A managed policy of the account.
  directory::Policy AddManagedPolicy(const std::string& name, std::string document) {
    std::ranges::replace(document, '\'', '"');
    const directory::Policy policy{
        .id = MintId(IdKind::kManagedPolicy, kAccount, random_), .path = "/", .name = name, .created = clock.now};
    Change([&](directory::Directory& directory) { return directory.policies.Insert(policy, document); });
    return policy;
  }
  void Attach(const std::string& user, const directory::Policy& policy) {
    Change([&](directory::Directory& directory) -> Result<> {
      const auto found = TRY(directory.users.Get(user));
      return directory.holdings.Attach({directory::EntityKind::kUser, found.id, found.name}, policy.id);
    });
  }
  void SetBoundary(const std::string& user, const directory::Policy& policy) {
    Change([&](directory::Directory& directory) -> Result<> {
      const auto found = TRY(directory.users.Get(user));
      auto changed = found;
      changed.boundary = policy.id;
      return directory.users.Replace(found, changed);
    });
  }
  void Allow(const std::string& user, const std::string& action, const std::string& resource = "*",
             const std::string& condition = "{}") {
    PutPolicy(user, "allow" + std::to_string(++policies_), Statement("Allow", action, resource, condition));
  }
  void Deny(const std::string& user, const std::string& action, const std::string& resource = "*") {
    PutPolicy(user, "deny" + std::to_string(++policies_), Statement("Deny", action, resource, "{}"));
  }
  static std::string Statement(const std::string& effect, const std::string& action, const std::string& resource = "*",
                               const std::string& condition = "{}") {
    return "{'Version':'2012-10-17','Statement':[{'Sid':'S1','Effect':'" + effect + "','Action':'" + action +
           "','Resource':'" + resource + "','Condition':" + condition + "}]}";
  }

  // An operation of the test's own, in the place of the real one.
  template <class Operation>
  void Implement(ops::Operations::Function<Operation>* function) {
    operations_.Add<Operation>(function);
  }

  // A change behind the service's back.
  void Change(const std::function<Result<>(directory::Directory&)>& change) { ChangeIn(kAccount, change); }
  void ChangeIn(AccountId account, const std::function<Result<>(directory::Directory&)>& change) {
    auto reader = store.NewReader();
    store::Transaction transaction(**reader);
    directory::Directory directory(
        {.transaction = transaction, .account = account, .keys = keys, .quotas = quotas, .random = random_});
    const Result<> changed = change(directory);
    ASSERT_TRUE(changed.ok()) << changed.error().message;
    ASSERT_TRUE(store.CommitAndWait(transaction.TakeBatch()).ok());
  }

  Answer Handle(const http::Request& request) {
    http::Response response;
    bool done = false;
    worker->Handle(request, response, [&] { done = true; });
    while (!done) RunOneTask();
    Answer answer{.status = response.status, .body = response.body, .code = {}, .message = {}, .headers = {}};
    for (const auto& [name, value] : response.headers) answer.headers.emplace_back(name, value);
    const bool json = answer.body.starts_with(R"({"__type")");
    answer.code = answer.Text(json ? "__type" : "Code");
    answer.message = answer.Text("Message");
    if (json && answer.message.empty()) answer.message = answer.Text("message");
    return answer;
  }

  FakeClock clock;
  InterposedStore store;
  directory::Keys keys;
  directory::Quotas quotas;
  Credentials root{
      .access_key_id = "AKIAROOTROOTROOTROOT", .secret_access_key = crypto::Secret("root-secret"), .session_token = {}};
  // What there is on the web, by address; without an entry nobody answers.
  std::map<std::string, std::string> web;
  int web_requests = 0;
  federation::IssuerKeys issuer_keys{{.fetch = [this](const std::string& url, const auto&, std::size_t) {
    ++web_requests;
    const auto page = web.find(url);
    using Fetched = Expected<std::string, federation::FetchProblem>;
    return page == web.end() ? Fetched(Failure{federation::FetchProblem::kUnreachable}) : Fetched(page->second);
  }}};
  std::unique_ptr<audit::Trail> trail;  // Null: there is none.
  std::unique_ptr<Worker> worker;

 private:
  // Waits for what was posted, which may come from another thread.
  void RunOneTask() {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      posted_.wait(lock, [this] { return !tasks_.empty(); });
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }

  int ring_ = 0;
  int policies_ = 0;
  SeededRandom random_;
  ops::Operations operations_;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> tasks_;
};

inline Answer Client::Post(std::string_view service, std::string_view form) const {
  http::Request request{.method = "POST", .path = "/", .query = {}, .headers = {}, .body = form, .source_ip = {}};
  request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"});
  return Send(std::move(request), service);
}

inline Answer Client::PostJson(std::string_view service, std::string_view target, std::string_view body) const {
  http::Request request{.method = "POST", .path = "/", .query = {}, .headers = {}, .body = body, .source_ip = {}};
  request.headers.push_back({"Content-Type", "application/x-amz-json-1.1"});
  request.headers.push_back({"X-Amz-Target", target});
  return Send(std::move(request), service);
}

inline Answer Client::Get(std::string_view path, std::string_view query) const {
  return Send({.method = "GET", .path = path, .query = query, .headers = {}, .body = {}, .source_ip = {}}, "iam");
}

inline Answer Client::Send(http::Request request, std::string_view service) const {
  request.source_ip = source_ip_;
  request.secure = secure_;
  request.headers.push_back({"Host", kHost});
  for (const auto& [name, value] : headers_) request.headers.push_back({name, value});
  std::vector<std::pair<std::string, std::string>> signature;
  if (credentials_) {
    signature =
        sigv4::SignHeaders(request, *credentials_, {.region = region_, .service = service, .time = service_.clock.now});
  }
  for (const auto& [name, value] : signature) request.headers.push_back({name, value});
  return service_.Handle(request);
}

}  // namespace claviger::service::testing
