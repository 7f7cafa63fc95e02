#include <span>
#include <string>
#include <string_view>

#include "authz/evaluate.h"

namespace claviger::authz {
namespace {

void AppendList(std::span<const std::string> values, std::string& out) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ", ";
    out += '`' + values[i] + '`';
  }
}

std::string DescribeCondition(const CompiledCondition& condition, const RequestContext& request) {
  const policy::Condition& source = condition.source();
  std::string out = "condition " + policy::ConditionOperatorName(source.op) + " on " + source.key + " wants ";
  if (source.values.empty()) out += "one of no values";
  AppendList(source.values, out);
  const auto values = request.keys.Find(condition.key());
  if (!values) return out + ", the request does not have the key";
  out += ", the request has ";
  for (std::size_t i = 0; i < values->size(); ++i) {
    if (i > 0) out += ", ";
    out += '`' + std::string((*values)[i]) + '`';
  }
  return out;
}

}  // namespace

std::string Describe(const Trace& trace, const RequestContext& request) {
  const policy::Statement& source = trace.statement.statement().source();
  switch (trace.failed) {
    case Element::kNone:
      return {};
    case Element::kAction:
      return "its actions do not cover `" + std::string(request.action) + '`';
    case Element::kPrincipal:
      if (!source.principal) return "it names no principal";
      return std::string(source.principal->negated ? "NotPrincipal" : "Principal") + " does not cover the caller";
    case Element::kResource: {
      if (!source.resource) return "it names no resource";
      std::string out(source.resource->negated ? "NotResource" : "Resource");
      out += " is ";
      AppendList(source.resource->patterns, out);
      return out + ", the request is about `" + std::string(request.resource) + '`';
    }
    case Element::kCondition:
      return DescribeCondition(*trace.condition, request);
  }
  return {};
}

}  // namespace claviger::authz
