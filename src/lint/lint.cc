#include "lint/lint.h"

#include "lint/rules.h"

namespace claviger::lint {

std::vector<Finding> Lint(const policy::Document& document, const Options& options) {
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < document.statements.size(); ++i) {
    const Review review{.document = document, .options = options, .index = i, .findings = findings};
    ReviewPermissions(review);
    ReviewPrincipals(review);
    ReviewWords(review);
    ReviewOverlaps(review);
  }
  return findings;
}

}  // namespace claviger::lint
