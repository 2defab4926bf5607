#include "ingest/text/file_table.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ingest/text/ascii.h"
#include "ingest/text/markdown_escape.h"
#include "ingest/text/markdown_table.h"

namespace circuit::text {
namespace {

char separator_of(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  char most = ',';
  for (const char c : {';', '\t', '|'}) {
    if (std::count(line.begin(), line.end(), c) > std::count(line.begin(), line.end(), most)) most = c;
  }
  return most;
}

// Reads the field at `at`; afterwards `at` is at the separator, the line end, or the end.
std::string read_field(std::string_view text, size_t& at, char separator) {
  std::string field;
  if (at < text.size() && text[at] == '"') {
    for (++at; at < text.size(); ++at) {
      if (text[at] != '"') {
        field += text[at];
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        field += text[at++];
      } else {
        ++at;
        break;
      }
    }
  }
  while (at < text.size() && text[at] != separator && text[at] != '\n') field += text[at++];
  return field;
}

std::string cell_of(std::string_view field) {
  std::string out;
  for (size_t at = 0; at < field.size();) {
    while (at < field.size() && is_ascii_space(field[at])) ++at;
    size_t end = at;
    while (end < field.size() && !is_ascii_space(field[end])) ++end;
    if (end == at) break;
    if (!out.empty()) out += ' ';
    EscapeContext context;
    context.in_table = true;
    context.followed_by_space = true;
    append_escaped_word(out, field.substr(at, end - at), context);
    at = end;
  }
  return out;
}

} // namespace

std::optional<MarkdownText> table_of(std::string_view text, bool tabs, const FileTextLimits& limits) {
  const char separator = tabs ? '\t' : separator_of(text);
  MarkdownTable table;
  MarkdownText out;
  size_t rows = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (rows == limits.max_table_rows || table.bytes() > limits.max_output_bytes) {
      out.truncated = true;
      break;
    }
    table.begin_row();
    for (;;) {
      TableCell cell;
      cell.markdown = cell_of(read_field(text, at, separator));
      cell.header = rows == 0;
      table.add(std::move(cell));
      if (at >= text.size() || text[at] == '\n') break;
      ++at;
    }
    ++rows;
  }
  if (!table.is_data()) return std::nullopt;
  out.markdown = table.render();
  if (out.markdown.size() > limits.max_output_bytes) {
    out.truncated = true;
    const size_t line_end = out.markdown.rfind('\n', limits.max_output_bytes);
    out.markdown.resize(line_end == std::string::npos ? 0 : line_end);
  }
  return out;
}

} // namespace circuit::text
