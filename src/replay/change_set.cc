#include "replay/change_set.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "audit/event.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "directory/account.h"
#include "ops/slow_work.h"
#include "service/session_identity.h"
#include "wire/encode.h"
#include "wire/json_decode.h"
#include "wire/operation.h"

namespace claviger::replay {
namespace {

using codec::JsonMember;
using codec::JsonValue;

Failure<std::string> Bad(std::string why) { return {std::move(why)}; }

// "organizations:AttachPolicy", "PutUserPolicy".
ChangeSetResult<const OperationInfo*> FindChange(std::string_view name) {
  const std::size_t colon = name.find(':');
  const ServiceInfo* service = wire::FindService(colon == std::string_view::npos ? "iam" : name.substr(0, colon));
  const std::string_view operation_name = colon == std::string_view::npos ? name : name.substr(colon + 1);
  if (service != nullptr && (service->name == "iam" || service->name == "organizations")) {
    for (const OperationInfo& operation : service->operations) {
      if (operation.name != operation_name) continue;
      if (audit::IsReadOnly(operation)) return Bad("`" + std::string(name) + "` changes nothing");
      return &operation;
    }
  }
  return Bad("there is no operation `" + std::string(name) +
             "`: give one of IAM by its name, one of Organizations as in organizations:AttachPolicy");
}

// The parameters as the API takes them: a document that was written as an object becomes a text.
ChangeSetResult<std::string> ParametersOf(const OperationInfo& operation, const JsonValue& given,
                                          std::string_view whole_text) {
  const std::string name(operation.name);
  if (!given.IsObject()) return Bad("the parameters of " + name + " must be an object");
  std::string parameters;
  codec::JsonWriter json(parameters);
  json.BeginObject();
  for (const JsonMember& parameter : given.members) {
    const auto member = std::ranges::find(operation.request->members, parameter.name, &Member::name);
    if (member == operation.request->members.end()) {
      return Bad(name + " has no parameter `" + std::string(parameter.name) + "`");
    }
    const JsonValue& value = parameter.value;
    const std::string_view text = whole_text.substr(value.begin.offset, value.end.offset - value.begin.offset);
    json.Key(parameter.name);
    if (member->shape->kind == ShapeKind::kString && value.IsObject()) {
      json.String(text);
    } else {
      json.Raw(text);
    }
  }
  json.EndObject();
  return parameters;
}

ChangeSetResult<std::optional<AccountId>> AccountIn(const JsonValue& object) {
  const JsonValue* account = object.Find("Account");
  if (account == nullptr) return std::optional<AccountId>();
  const auto id = account->IsString() ? AccountId::Parse(account->text) : std::nullopt;
  if (!id) return Bad("`Account` must be an account's twelve digits, in quotes");
  return id;
}

ChangeSetResult<PlannedCall> ReadCall(const JsonValue& change, std::string_view whole_text) {
  constexpr const char* kForm = R"(each change must be an object as {"PutUserPolicy": {...}})";
  if (!change.IsObject()) return Bad(kForm);
  PlannedCall call{.operation = nullptr, .account = TRY(AccountIn(change)), .parameters = {}};
  for (const JsonMember& member : change.members) {
    if (member.name == "Account") continue;
    if (call.operation != nullptr) return Bad(kForm);
    call.operation = TRY(FindChange(member.name));
    call.parameters = TRY(ParametersOf(*call.operation, member.value, whole_text));
  }
  if (call.operation == nullptr) return Bad(kForm);
  return call;
}

// The text at `path` ("Policy.PolicySummary.Id") in an answer; nullopt when there is none.
std::optional<std::string> TextIn(const std::string& answer, std::string_view path) {
  const auto document = codec::ParseJson(answer, {.bytes_max = kChangeSetBytesMax});
  if (!document.ok()) return std::nullopt;
  const JsonValue* value = &document->root();
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    value = value->IsObject() ? value->Find(path.substr(0, dot)) : nullptr;
    if (value == nullptr) return std::nullopt;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return value->IsString() ? std::optional(std::string(value->text)) : std::nullopt;
}

// "$2.Policy.Arn": the number of a call, and the rest.
std::optional<std::pair<std::size_t, std::string_view>> ParseReference(std::string_view text) {
  if (!text.starts_with('$')) return std::nullopt;
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, number);
  if (error != std::errc() || stop == end || *stop != '.') return std::nullopt;
  return std::pair(number, text.substr(static_cast<std::size_t>(stop - text.data()) + 1));
}

// The parameters with what earlier calls answered in the place of references to it.
ChangeSetResult<std::string> Resolve(const std::string& parameters, const std::vector<std::string>& answers) {
  const auto document = codec::ParseJson(parameters, {.bytes_max = kChangeSetBytesMax});
  if (!document.ok()) return Bad(document.error().message);
  std::string resolved;
  codec::JsonWriter json(resolved);
  json.BeginObject();
  for (const JsonMember& parameter : document->root().members) {
    const JsonValue& value = parameter.value;
    json.Key(parameter.name);
    const auto reference = value.IsString() ? ParseReference(value.text) : std::nullopt;
    if (!reference) {
      json.Raw(document->text().substr(value.begin.offset, value.end.offset - value.begin.offset));
      continue;
    }
    const auto& [number, path] = *reference;
    const auto text = number == 0 || number > answers.size() ? std::nullopt : TextIn(answers[number - 1], path);
    if (!text) return Bad("no earlier change has an answer with " + std::string(value.text));
    json.String(*text);
  }
  json.EndObject();
  return resolved;
}

ChangeSetResult<std::string> Carry(const PlannedCall& planned, const ChangeSetRun& run,
                                   const std::vector<std::string>& answers) {
  const OperationInfo& operation = *planned.operation;
  const AccountId account = planned.account.value_or(run.account);
  const auto failed = [](const Error& error) { return Bad(std::string(WireCode(error.code)) + ": " + error.message); };
  const auto call = run.operations.NewCall(operation);
  if (call == nullptr) return Bad("this operation is not implemented");
  const ValidationStyle style = operation.service->validation_style;
  const std::string parameters = TRY(Resolve(planned.parameters, answers));
  if (const auto read = wire::DecodeJson(parameters, *operation.request, style, call->request()); !read.ok()) {
    return failed(read.error());
  }

  directory::Directory directory = run.directories.Of(run.transaction, account);
  const auto root = service::FindPrincipal(directory, PrincipalType::kRoot, account.ToString());
  if (!root.ok()) return failed(root.error());
  if (*root == nullptr) return Bad("there is no account " + account.ToString());
  ops::SlowWork slow_work;
  ops::OperationContext context{.caller = (*root)->caller,
                                .directory = directory,
                                .now = run.now,
                                .random = run.directories.random,
                                .slow_work = slow_work};
  const Result<> done = call->Run(context);
  if (slow_work.waiting()) return Bad("this operation cannot be tried out: it takes more than the store");
  if (!done.ok()) return failed(done.error());
  std::string answer;
  wire::EncodeStructure(*operation.response, call->response(), answer);
  return answer;
}

}  // namespace

ChangeSetResult<std::vector<PlannedCall>> ParseChangeSet(std::string_view text) {
  const auto document = codec::ParseJson(text, {.bytes_max = kChangeSetBytesMax});
  if (!document.ok()) {
    return Bad(std::to_string(document.error().position.line) + ":" + std::to_string(document.error().position.column) +
               ": " + document.error().message);
  }
  const JsonValue& root = document->root();
  std::optional<AccountId> account;
  const JsonValue* list = &root;
  if (root.IsObject()) {
    account = TRY(AccountIn(root));
    list = root.Find("Changes");
  }
  if (list == nullptr || !list->IsArray() || list->items.empty()) {
    return Bad(R"(give a list of changes, or {"Changes": [...]})");
  }
  std::vector<PlannedCall> calls;
  for (const JsonValue& change : list->items) {
    auto call = ReadCall(change, document->text());
    if (!call.ok()) return Bad("change " + std::to_string(calls.size() + 1) + ": " + call.error());
    if (!call->account) call->account = account;
    calls.push_back(*std::move(call));
  }
  return calls;
}

ChangeSetResult<> Apply(const std::vector<PlannedCall>& calls, const ChangeSetRun& run) {
  std::vector<std::string> answers;
  for (const PlannedCall& call : calls) {
    auto answer = Carry(call, run, answers);
    if (!answer.ok()) {
      return Bad("change " + std::to_string(answers.size() + 1) + ", " + std::string(call.operation->name) + ": " +
                 answer.error());
    }
    answers.push_back(*std::move(answer));
  }
  return {};
}

}  // namespace claviger::replay
