#include "ops/sts/session_policy.h"

#include <algorithm>

#include "aws/arn.h"
#include "directory/policy.h"
#include "policy/limits.h"
#include "policy/parse.h"
#include "policy/print.h"

namespace claviger::ops::sts {
namespace {

constexpr std::size_t kTagOverheadBytes = 2;

struct Size {
  std::size_t characters = 0;  // Of policies alone.
  std::size_t bytes = 0;
};

std::size_t PercentOf(std::size_t size, std::size_t max) { return (100 * size + max - 1) / max; }

Result<> AddInline(const std::string& document, session::Session& session, Size& size) {
  auto parsed = policy::Parse(document, policy::Kind::kSession);
  if (!parsed.ok()) return Failure{policy::ToError(std::move(parsed).error())};
  session.inline_policy = policy::Print(**parsed);
  size.characters += policy::CountedCharacters(document);
  size.bytes += session.inline_policy.size();
  return {};
}

Result<> AddManaged(const directory::Context& owner, const std::string& arn, session::Session& session, Size& size) {
  if (!Arn::Parse(arn)) return Fail(ErrorCode::kValidationError, arn + " is invalid");
  const auto policy = TRY(directory::Policies(owner).FindByArn(arn));
  if (!policy) {
    return Fail(ErrorCode::kValidationError, "Policy " + arn + " does not exist or is not attachable.");
  }
  if (std::ranges::find(session.managed_policies, policy->id) != session.managed_policies.end()) return {};
  session.managed_policies.push_back(policy->id);
  size.characters += arn.size();
  size.bytes += arn.size();
  return {};
}

}  // namespace

Result<std::int32_t> AddSessionPolicies(const directory::Context& owner, const std::optional<std::string>& document,
                                        const PolicyArns& arns, session::Session& session) {
  Size size;
  for (const session::SessionTag& tag : session.tags) {
    size.bytes += tag.tag.key.size() + tag.tag.value.size() + kTagOverheadBytes;
  }
  if (document) TRY(AddInline(*document, session, size));
  if (arns && arns->size() > kPolicyArnsMax) {
    return Fail(ErrorCode::kValidationError,
                "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have "
                "length less than or equal to " +
                    std::to_string(kPolicyArnsMax));
  }
  for (const auto& descriptor : arns.value_or(std::vector<gen::sts::PolicyDescriptorType>())) {
    TRY(AddManaged(owner, descriptor.arn.value_or(""), session, size));
  }
  const std::size_t percent =
      std::max(PercentOf(size.characters, policy::kSessionPolicyCharactersMax), PercentOf(size.bytes, kPackedBytesMax));
  if (percent > 100) {
    return Fail(ErrorCode::kPackedPolicyTooLarge, "Packed policy consumes " + std::to_string(percent) +
                                                      "% of allotted space, please use smaller policy.");
  }
  return static_cast<std::int32_t>(percent);
}

}  // namespace claviger::ops::sts
