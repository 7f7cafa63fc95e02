#include "wire/protocol.h"

#include "base/text.h"

namespace claviger::wire {

Protocol ProtocolFor(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return EqualsIgnoreCase(type, "application/x-amz-json-1.1") ? Protocol::kJson : Protocol::kQuery;
}

}  // namespace claviger::wire
