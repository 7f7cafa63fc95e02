// Whatever policies and request the bytes make up: there is a decision, explaining does not change it, and a boundary
// only narrows. The input is lines: caller, action, resource, key=value ..., and then one policy per line, each
// behind a letter for its layer.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "authz/evaluate.h"
#include "policy/parse.h"

namespace {

using namespace claviger;  // NOLINT(google-build-using-namespace): one file.

std::string_view TakeLine(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

struct Layers {
  std::vector<std::shared_ptr<const authz::CompiledPolicy>> identity, boundary, session, resource, control;
};

void AddPolicy(std::string_view line, Layers& layers) {
  auto document = policy::Parse(line.substr(1), policy::Kind::kAny);
  if (!document.ok()) return;
  auto compiled = authz::Compile(*document, {});
  switch (line[0]) {
    case 'i':
      return layers.identity.push_back(std::move(compiled));
    case 'b':
      return layers.boundary.push_back(std::move(compiled));
    case 's':
      return layers.session.push_back(std::move(compiled));
    case 'r':
      return layers.resource.push_back(std::move(compiled));
    default:
      return layers.control.push_back(std::move(compiled));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  authz::RequestContext request;
  const std::string_view caller = TakeLine(rest);
  const unsigned kind = caller.empty() ? 0 : static_cast<unsigned char>(caller[0]);
  request.principal = {.kind = static_cast<authz::CallerKind>(kind % 7),
                       .account = "111122223333",
                       .arn = "arn:aws:iam::111122223333:user/bob",
                       .issuer_arn = "arn:aws:iam::111122223333:role/r",
                       .unique_id = "AIDABOB",
                       .name = "ec2.amazonaws.com",
                       .service_linked_role = caller.size() > 2};
  if (caller.size() > 1) request.resource_account = "444455556666";
  request.action = TakeLine(rest);
  request.resource = TakeLine(rest);

  Layers layers;
  while (!rest.empty()) {
    const std::string_view line = TakeLine(rest);
    if (const std::size_t brace = line.find('{'); brace == 1) {
      AddPolicy(line, layers);
    } else if (const std::size_t equals = line.find('='); equals != std::string_view::npos) {
      request.keys.Set(line.substr(0, equals), line.substr(equals + 1));
    }
  }
  const authz::CompiledSet identity(std::move(layers.identity));
  const authz::CompiledSet boundary(std::move(layers.boundary));
  const authz::CompiledSet session(std::move(layers.session));
  const authz::CompiledSet resource(std::move(layers.resource));
  const authz::CompiledSet control(std::move(layers.control));
  const authz::CompiledSet* const levels[] = {&control};
  authz::PolicySet set{.identity = &identity, .resource = &resource};
  set.resource_rule = static_cast<authz::ResourceRule>(kind / 7 % 3);
  if (!boundary.policies().empty()) set.boundary = &boundary;
  if (!session.policies().empty()) set.session = &session;
  set.session_binds = kind / 21 % 2 == 1;
  if (!control.policies().empty()) set.service_control = levels;

  const authz::Verdict verdict = authz::Evaluate(request, set);
  authz::Explanation explanation;
  const authz::Verdict explained = authz::Evaluate(request, set, explanation);
  if (verdict.decision != explained.decision || verdict.layer != explained.layer) std::abort();
  for (const authz::Trace& trace : explanation.traces) {
    if (Describe(trace, request).empty() != trace.applies) std::abort();
  }
  // Narrowing cannot widen.
  if (verdict.allowed()) {
    set.boundary = nullptr;
    set.session_binds = false;
    if (!authz::Evaluate(request, set).allowed()) std::abort();
  }
  return 0;
}
