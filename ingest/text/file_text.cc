#include "ingest/text/file_text.h"

#include <algorithm>

#include "ingest/text/ascii.h"
#include "ingest/text/charset.h"
#include "ingest/text/file_kind.h"
#include "ingest/text/file_table.h"
#include "ingest/text/html.h"
#include "ingest/text/markdown_escape.h"

namespace circuit::text {
namespace {

std::string essence_of(std::string_view mime_type) {
  return ascii_lower(trim_ascii(mime_type.substr(0, mime_type.find(';'))));
}

// What a store says when it does not know.
bool says_nothing(std::string_view essence) {
  return essence.empty() || essence == "application/octet-stream" || essence == "binary/octet-stream";
}

FileType declared_type(std::string_view name, std::string_view essence) {
  const FileType named = type_of_name(name);
  if (named.kind != FileKind::kUnknown && named.kind != FileKind::kPlain) return named;
  const FileType media = type_of_media(essence);
  const bool says_more = media.kind != FileKind::kUnknown && media.kind != FileKind::kBinary;
  return named.kind == FileKind::kUnknown || says_more ? media : named;
}

std::string with_line_feeds(std::string text) {
  if (text.find('\r') == std::string::npos) return text;
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      out += '\n';
    }
  }
  return out;
}

std::string_view without_blank_end(std::string_view text) {
  const size_t last = text.find_last_not_of(" \t\n");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string_view without_blank_lines_before(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  const size_t line = text.rfind('\n', first);
  return line == std::string_view::npos ? text : text.substr(line + 1);
}

// At the end of a line that was cut in its middle.
constexpr std::string_view kCutNote = " ... (cut)";
// The longest line that is rather left out whole than cut.
constexpr size_t kShortLine = 1000;

// The longest beginning of at most `max_bytes` that ends with a line, and where that would cost more than a
// short one, the last line's beginning with a note. What escapes the character after the cut goes too.
std::string cut(std::string_view text, size_t max_bytes) {
  const std::string_view kept = truncate_utf8(text, max_bytes);
  const size_t line_end = kept.rfind('\n');
  const size_t begin = line_end == std::string_view::npos ? 0 : line_end + 1;
  if (begin > 0 && kept.size() - begin <= kShortLine) return std::string(kept.substr(0, line_end));
  if (max_bytes <= kCutNote.size()) return std::string(kept);
  std::string out(truncate_utf8(text, max_bytes - kCutNote.size()));
  const size_t last = out.find_last_not_of('\\');
  const size_t backslashes = out.size() - (last == std::string::npos ? 0 : last + 1);
  if (backslashes % 2 == 1) out.pop_back();
  return out.append(kCutNote);
}

// The same, where there is need.
std::string cut(std::string_view text, size_t max_bytes, bool& truncated) {
  if (text.size() <= max_bytes) return std::string(text);
  truncated = true;
  return cut(text, max_bytes);
}

void write_block(std::string_view code, std::string_view language, const FileTextLimits& limits,
                 FileText& out) {
  code = without_blank_end(without_blank_lines_before(code));
  if (code.empty()) return;
  size_t room = limits.max_output_bytes;
  for (;;) { // a fence is as long as what it holds asks for
    out.text = fenced_block(cut(code, room, out.truncated), language);
    if (out.text.size() <= limits.max_output_bytes) return;
    const size_t over = out.text.size() - limits.max_output_bytes;
    if (room <= over) {
      out.text.clear();
      out.truncated = true;
      return;
    }
    room = std::min(room, code.size()) - std::min(over, std::min(room, code.size()));
    if (room == 0) room = 1;
  }
}

// Three spaces in a row at or behind `from`.
size_t find_gap(std::string_view text, size_t from) {
  for (size_t last = from + 2; last < text.size();) {
    if (text[last] != ' ') {
      last += 3;
    } else if (text[last - 1] != ' ') {
      last += 2;
    } else if (text[last - 2] != ' ') {
      last += 1;
    } else {
      return last - 2;
    }
  }
  return std::string_view::npos;
}

// Columns and indentation, which Markdown would lose.
bool has_layout(std::string_view text) {
  if (text.starts_with("    ") || text.find("\n    ") != std::string_view::npos) return true;
  if (text.find('\t') != std::string_view::npos || text.find('\f') != std::string_view::npos) return true;
  for (size_t at = find_gap(text, 0); at != std::string_view::npos; at = find_gap(text, at + 3)) {
    const size_t end = text.find_first_not_of(' ', at);
    if (at > 0 && text[at - 1] != '\n' && end != std::string_view::npos && text[end] != '\n') return true;
    at = std::min(end, text.size());
  }
  return false;
}

void append_escaped_line(std::string& out, std::string_view line, bool continues_paragraph) {
  EscapeContext context;
  context.line_start = true;
  context.continues_paragraph = continues_paragraph;
  context.followed_by_space = true; // or the end of the line, which counts as that
  context.after_bracket_start = line.starts_with('[');
  for (size_t at = 0; at < line.size();) {
    const size_t end = std::min(line.find(' ', at), line.size());
    append_escaped_word(out, line.substr(at, end - at), context);
    context.line_start = false;
    // All words up to the next one that may need it, and the spaces between them.
    const size_t special = find_special_in_markdown(line, end);
    at = special == std::string_view::npos ? line.size() : line.rfind(' ', special) + 1;
    out += line.substr(end, at - end);
  }
}

// Two spaces at a line's end keep it: nobody sees them who reads the text itself.
void write_paragraphs(std::string_view text, const FileTextLimits& limits, FileText& out) {
  bool in_paragraph = false;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trim_ascii(text.substr(at, end - at));
    at = end + 1;
    if (line.empty()) {
      in_paragraph = false;
      continue;
    }
    if (!out.text.empty()) out.text += in_paragraph ? "  \n" : "\n\n";
    append_escaped_line(out.text, line, in_paragraph);
    in_paragraph = true;
    if (out.text.size() <= limits.max_output_bytes) continue;
    out.text = std::string(without_blank_end(cut(out.text, limits.max_output_bytes, out.truncated)));
    return;
  }
}

void write_as(const FileType& type, std::string_view text, const FileTextLimits& limits, FileText& out) {
  switch (type.kind) {
    case FileKind::kMarkdown:
      out.text = cut(without_blank_end(text), limits.max_output_bytes, out.truncated);
      return;
    case FileKind::kHtml: {
      HtmlOptions options;
      options.max_output_bytes = limits.max_output_bytes;
      MarkdownText converted = html_to_markdown(text, options);
      out.text = std::move(converted.markdown);
      out.truncated = converted.truncated;
      return;
    }
    case FileKind::kTable:
      if (auto table = table_of(text, type.language == "tsv", limits)) {
        out.text = std::move(table->markdown);
        out.truncated = table->truncated;
        return;
      }
      return write_block(text, type.language, limits, out);
    case FileKind::kCode:
      return write_block(text, type.language, limits, out);
    case FileKind::kUnknown:
    case FileKind::kPlain:
    case FileKind::kBinary: // whose bytes are text after all
      text = without_blank_end(without_blank_lines_before(text));
      if (has_layout(text)) return write_block(text, "text", limits, out);
      return write_paragraphs(text, limits, out);
  }
}

} // namespace

std::string_view omitted_unread(std::string_view name, std::string_view mime_type, uint64_t size_bytes,
                                const FileTextLimits& limits) {
  if (declared_type(name, essence_of(mime_type)).kind == FileKind::kBinary) return kOmittedBinary;
  return size_bytes > limits.max_input_bytes ? kOmittedTooLarge : std::string_view();
}

FileText read_file_text(std::string_view name, std::string_view mime_type, std::string_view bytes,
                        const FileTextLimits& limits) {
  FileText out;
  const std::string essence = essence_of(mime_type);
  FileType type = declared_type(name, essence);
  out.mime_type = says_nothing(essence) ? std::string(type.mime_type) : essence;

  const bool is_wide = charset_of(mime_type).value_or("").starts_with("utf-16");
  const bool believed = type.kind != FileKind::kUnknown && type.kind != FileKind::kBinary;
  if (bytes.size() > limits.max_input_bytes) {
    out.omitted = kOmittedTooLarge;
  } else if (!is_wide && !is_text(bytes, believed)) {
    out.omitted = kOmittedBinary;
  }
  if (!out.omitted.empty()) {
    if (out.mime_type.empty()) out.mime_type = "application/octet-stream";
    return out;
  }
  const std::string text = with_line_feeds(decode_markup(bytes, mime_type).utf8);
  if (type.kind == FileKind::kUnknown) type = type_of_text(text);
  if (out.mime_type.empty())
    out.mime_type = type.mime_type.empty() ? "text/plain" : std::string(type.mime_type);
  write_as(type, text, limits, out);
  return out;
}

} // namespace circuit::text
