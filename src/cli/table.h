// Rows of cells as people and as programs read them. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace claviger::cli {

using Cells = std::vector<std::string>;  // One for each column.

// In columns two spaces apart, each as wide as its widest cell; the headings first. Control characters show as `?`.
std::string FormatTable(const Cells& headings, std::span<const Cells> rows);

// RFC 4180 with line feeds; the names of the columns first.
std::string FormatCsv(const Cells& names, std::span<const Cells> rows);

}  // namespace claviger::cli
