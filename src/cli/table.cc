#include "cli/table.h"

#include <algorithm>

#include "cli/policy_file.h"

namespace claviger::cli {
namespace {

std::string Quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace

std::string FormatTable(const Cells& headings, std::span<const Cells> rows) {
  std::vector<std::size_t> widths(headings.size());
  const auto measure = [&](const Cells& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  };
  measure(headings);
  std::ranges::for_each(rows, measure);
  std::string text;
  const auto add = [&](const Cells& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool last = i + 1 == cells.size();
      text.append(Printable(cells[i])).append(last ? 0 : widths[i] + 2 - cells[i].size(), ' ').append(last ? "\n" : "");
    }
  };
  add(headings);
  std::ranges::for_each(rows, add);
  return text;
}

std::string FormatCsv(const Cells& names, std::span<const Cells> rows) {
  std::string text;
  const auto add = [&](const Cells& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) text.append(i == 0 ? "" : ",").append(Quoted(cells[i]));
    text += '\n';
  };
  add(names);
  std::ranges::for_each(rows, add);
  return text;
}

}  // namespace claviger::cli
