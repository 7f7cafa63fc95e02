// Any template, with any parameters, becomes a policy of the permitted size or is refused without a crash. What it
// becomes is valid and has no more statements than the template; the same input becomes the same policy.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "policy/delegation_template.h"
#include "policy/limits.h"
#include "policy/parse.h"

namespace {

using namespace claviger;  // NOLINT(google-build-using-namespace): a program of one file.

void Require(bool holds) {
  if (!holds) std::abort();
}

// The first part up to a line break.
std::string_view Take(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

}  // namespace

// Lines of values for the parameters in their order, of a list separated by tabs; an empty line, the template.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> lines;
  for (std::string_view line = Take(input); !line.empty(); line = Take(input)) lines.push_back(line);
  const auto names = policy::TemplateParameters(input);
  const auto sample = policy::RenderSample(input);
  Require(names.ok() == sample.ok());
  if (!names.ok()) return 0;

  std::vector<policy::TemplateParameter> parameters;
  for (std::size_t i = 0; i < names->size(); ++i) {
    std::string_view line = i < lines.size() ? lines[i] : "True";
    policy::TemplateParameter parameter{.name = (*names)[i], .is_list = line.find('\t') != std::string_view::npos};
    for (;;) {
      const std::size_t end = std::min(line.find('\t'), line.size());
      parameter.values.emplace_back(line.substr(0, end));
      if (end == line.size()) break;
      line.remove_prefix(end + 1);
    }
    parameters.push_back(std::move(parameter));
  }
  const auto rendered = policy::RenderTemplate(input, parameters);
  if (!rendered.ok()) return 0;
  Require(policy::CountedCharacters(*rendered) <= policy::kRenderedCharactersMax);
  const auto document = policy::Parse(*rendered, policy::Kind::kSession);
  const auto widest = policy::Parse(*sample, policy::Kind::kSession);
  Require(document.ok() && widest.ok());
  Require((*document)->statements.size() <= (*widest)->statements.size());
  Require(*policy::RenderTemplate(input, parameters) == *rendered);
  return 0;
}
