// How large policies may be, and how AWS counts. Pure. Source: "IAM and STS quotas" in the IAM User Guide.
#pragma once

#include <cstddef>
#include <string_view>

namespace claviger::policy {

// Characters without white space, per document unless noted.
inline constexpr std::size_t kManagedPolicyCharactersMax = 6144;
inline constexpr std::size_t kTrustPolicyCharactersMax = 2048;
inline constexpr std::size_t kUserInlineCharactersMax = 2048;     // All inline policies of one user.
inline constexpr std::size_t kGroupInlineCharactersMax = 5120;    // Of one group.
inline constexpr std::size_t kRoleInlineCharactersMax = 10240;    // Of one role.
inline constexpr std::size_t kSessionPolicyCharactersMax = 2048;  // Inline and managed session policies together.

// The longest document a request may carry, white space included.
inline constexpr std::size_t kDocumentBytesMax = 131072;

// The characters of `text` that AWS counts: all but space, tab, line feed and carriage return.
// One character of UTF-8 counts once, however many bytes it takes.
constexpr std::size_t CountedCharacters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    const bool continuation = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && !continuation) ++count;
  }
  return count;
}

}  // namespace claviger::policy
