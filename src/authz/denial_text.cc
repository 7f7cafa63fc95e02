#include "authz/denial_text.h"

namespace claviger::authz {
namespace {

struct LayerWords {
  std::string_view plain;         // Behind "because no".
  std::string_view with_article;  // Behind "with an explicit deny in".
};

LayerWords WordsOf(Layer layer) {
  switch (layer) {
    case Layer::kResourceControl:
      return {"resource control policy", "a resource control policy"};
    case Layer::kServiceControl:
      return {"service control policy", "a service control policy"};
    case Layer::kResource:
      return {"resource-based policy", "a resource-based policy"};
    case Layer::kTrust:
      return {"role trust policy", "the role trust policy"};
    case Layer::kBoundary:
      return {"permissions boundary", "a permissions boundary"};
    case Layer::kSession:
      return {"session policy", "a session policy"};
    case Layer::kIdentity:
    case Layer::kRootUser:  // Never denies.
      return {"identity-based policy", "an identity-based policy"};
  }
  return {};
}

}  // namespace

std::string DenialText(const Verdict& verdict, const Denial& denial, DenialReason reason) {
  std::string out = "User: ";
  out += denial.principal_arn.empty() ? "anonymous" : denial.principal_arn;
  out += " is not authorized to perform: ";
  out += denial.action;
  if (!denial.resource.empty()) {
    out += " on resource: ";
    out += denial.resource;
  }
  const LayerWords words = WordsOf(verdict.layer);
  if (verdict.decision == Decision::kExplicitDeny) {
    out += " with an explicit deny in ";
    out += words.with_article;
    if (verdict.statement.policy != nullptr && !verdict.statement.policy->source().arn.empty()) {
      out += ": ";
      out += verdict.statement.policy->source().arn;
    }
  } else if (reason == DenialReason::kGiven) {
    out += " because no ";
    out += words.plain;
    out += " allows the ";
    out += denial.action;
    out += " action";
  }
  return out;
}

}  // namespace claviger::authz
