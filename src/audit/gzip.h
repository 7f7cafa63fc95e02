// Gzip (RFC 1952), the form of log files and digests. Pure; bytes read are treated as hostile.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace claviger::audit {

std::string Gzip(std::string_view text);
// nullopt for what is no gzip file, is cut short, has something behind it, or is larger than `bytes_max`.
std::optional<std::string> Gunzip(std::string_view bytes, std::size_t bytes_max);

}  // namespace claviger::audit
