#include "authz/words.h"

namespace claviger::authz {

std::string_view LayerWords(Layer layer) {
  switch (layer) {
    case Layer::kResourceControl:
      return "resource control policies";
    case Layer::kServiceControl:
      return "service control policies";
    case Layer::kResource:
      return "resource policy";
    case Layer::kTrust:
      return "trust policy";
    case Layer::kIdentity:
      return "identity policies";
    case Layer::kBoundary:
      return "permissions boundary";
    case Layer::kSession:
      return "session policies";
    case Layer::kRootUser:
      return "root user";
  }
  return {};
}

std::string_view DecisionWord(Decision decision) {
  switch (decision) {
    case Decision::kAllowed:
      return "allowed";
    case Decision::kExplicitDeny:
      return "explicitDeny";
    case Decision::kImplicitDeny:
      break;
  }
  return "implicitDeny";
}

}  // namespace claviger::authz
