// A text as the picture of its QR code (ISO/IEC 18004), the way that an authenticator app takes a seed in.
// Pure; safe to call from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace claviger::codec {

// What the largest symbol holds at the medium level of error correction.
inline constexpr std::size_t kQrTextBytesMax = 2331;

// A PNG file (ISO/IEC 15948): black on white, 1 bit a pixel, with the quiet zone that scanners need.
// nullopt when the text is empty or too long, or holds a zero byte.
std::optional<std::string> QrPng(std::string_view text);

}  // namespace claviger::codec
