// Templates of policies, which a product provider registers and its delegation requests fill in. Pure: template and
// parameters are hostile text.
//
// A template is a policy in whose actions, resources and condition values `@{name}` stands for a parameter; a list
// makes one entry of each of its values, several lists in one text one of each combination. A statement with
// `"@Enabled": "name"` stays when the parameter is "True", one with "!name" when it is not.
// Follows "Policy templates" in the IAM User Guide.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace claviger::policy {

// The longest policy that a template may become, without white space.
inline constexpr std::size_t kRenderedCharactersMax = 2048;

struct TemplateParameter {
  std::string name;
  bool is_list = false;
  std::vector<std::string> values;  // Exactly one unless it is a list.
};

// What is wrong, for people.
using TemplateError = std::string;
template <class T = void>
using TemplateResult = Expected<T, TemplateError>;

// The parameters that a template has, each once, in the order in which they appear. Fails for what no values could make
// a policy of.
TemplateResult<std::vector<std::string>> TemplateParameters(std::string_view text);

// The policy that a session can be limited by, as JSON without white space. Fails unless there is exactly one parameter
// for each of the template's, and what they make is a policy of the permitted size.
TemplateResult<std::string> RenderTemplate(std::string_view text, std::span<const TemplateParameter> parameters);

// The same with a stand-in for each parameter, and all statements: the most that the template may become.
TemplateResult<std::string> RenderSample(std::string_view text);

}  // namespace claviger::policy
