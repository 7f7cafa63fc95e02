// Bytes as text and back: hex, base32, base64 and percent-encoding.
// Pure. Every decoder takes untrusted text and refuses what is not exactly the encoding.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace claviger {

std::span<const std::uint8_t> AsBytes(std::string_view text);
std::string_view AsText(std::span<const std::uint8_t> bytes);

// Lower case.
std::string HexEncode(std::span<const std::uint8_t> bytes);
// Writes 2 * bytes.size() characters to `out`.
void HexEncodeTo(std::span<const std::uint8_t> bytes, char* out);
std::optional<std::string> HexDecode(std::string_view text);

// RFC 4648, section 6, upper case, without padding.
std::string Base32Encode(std::span<const std::uint8_t> bytes);
std::optional<std::string> Base32Decode(std::string_view text);

// RFC 4648, section 4, with padding.
std::string Base64Encode(std::span<const std::uint8_t> bytes);
std::optional<std::string> Base64Decode(std::string_view text);

// RFC 4648, section 5 (URL-safe), without padding.
std::string Base64UrlEncode(std::span<const std::uint8_t> bytes);
std::optional<std::string> Base64UrlDecode(std::string_view text);

// RFC 3986: everything but A-Z a-z 0-9 - _ . ~ becomes %XX with upper-case digits.
std::string PercentEncode(std::string_view text);
void PercentEncodeTo(std::string_view text, std::string& out);

// Undoes %XX; nullopt when a % is not followed by two hex digits. Leaves '+' alone.
std::optional<std::string> PercentDecode(std::string_view text);

}  // namespace claviger
