// Form parsing takes any bytes, and what it accepts can be found again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "codec/form.h"
#include "codec/utf8.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using claviger::codec::Form;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t half = size / 2;
  const auto form =
      Form::Parse({text.substr(0, half), text.substr(half)}, {.encoded_bytes_max = 4096, .parameters_max = 64});
  if (!form.ok()) return 0;
  Require(size <= 4096 && form->parameters().size() <= 64);
  const claviger::codec::FormParameter* previous = nullptr;
  for (const auto& parameter : form->parameters()) {
    Require(claviger::codec::IsUtf8(parameter.name) && claviger::codec::IsUtf8(parameter.value));
    Require(previous == nullptr || previous->name <= parameter.name);
    Require(form->Find(parameter.name).has_value());
    const auto same_start = form->WithPrefix(parameter.name.substr(0, 3));
    Require(same_start.data() <= &parameter && &parameter < same_start.data() + same_start.size());
    previous = &parameter;
  }
  return 0;
}
