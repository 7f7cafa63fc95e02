// Hashes that serve as names only, because others chose them long ago; no security rests on them. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace claviger::crypto {

std::array<std::uint8_t, 20> Sha1Of(std::string_view bytes);
std::array<std::uint8_t, 16> Md5Of(std::string_view bytes);

}  // namespace claviger::crypto
