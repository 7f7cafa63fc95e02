// The policy templates of product providers, at rest: whoever has one may ask others for delegation. The administrator
// registers them; AWS does it by e-mail. One attempt's view.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "directory/context.h"

namespace claviger::directory {

// What a name may be made of besides letters and digits, and how long it and a provider's name are at most.
inline constexpr std::string_view kTemplateNameMarks = "_.-";
inline constexpr std::size_t kTemplateNameBytesMax = 128;
inline constexpr std::size_t kProviderNameBytesMax = 30;  // As the API describes it.

struct DelegationTemplate {
  std::string name;  // Unique in the installation, since its ARN names no account.
  AccountId provider;
  TimePoint created;
  std::string provider_name;  // As customers read it; may be empty.
  std::string policy;         // As registered: policy/delegation_template.h.
};

// "arn:aws:iam:::delegation-template/NAME", and the name in such an ARN.
std::string DelegationTemplateArn(std::string_view name);
std::optional<std::string_view> DelegationTemplateName(std::string_view arn);

Result<std::optional<DelegationTemplate>> FindDelegationTemplate(const Context& context, std::string_view name);
// By name.
Result<std::vector<DelegationTemplate>> ListDelegationTemplates(const Context& context);
// EntityAlreadyExists; ValidationError for a name that is none.
Result<> InsertDelegationTemplate(const Context& context, const DelegationTemplate& delegation_template);
// NoSuchEntity. Requests made from it stay what they are.
Result<> RemoveDelegationTemplate(const Context& context, std::string_view name);

}  // namespace claviger::directory
