// The first line is the file's name, the second its media type, the rest its bytes.

#include "ingest/text/file_text.h"

#include "ingest/text/charset.h"
#include "ingest/text/lfs_pointer.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

size_t longest_run_of_backticks(std::string_view text) {
  size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// A text that begins with a fence of source code ends with the same one, and holds none as long.
void check_fence(std::string_view text) {
  const size_t fence = std::min(text.find_first_not_of('`'), text.size());
  const size_t first_line = text.find('\n');
  if (first_line == std::string_view::npos) return;
  const std::string_view last_line = text.substr(text.rfind('\n') + 1);
  require(last_line == text.substr(0, fence), "the block ends with its fence", text);
  const std::string_view inside = text.substr(first_line, text.size() - first_line - fence);
  require(longest_run_of_backticks(inside) < fence, "nothing inside ends the block", text);
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  const std::string_view name = in.line();
  const std::string_view mime_type = in.line();
  const std::string_view bytes = in.rest();

  for (const size_t bound : {size_t{1}, size_t{50}, size_t{100'000}}) {
    text::FileTextLimits limits;
    limits.max_input_bytes = 50'000;
    limits.max_output_bytes = bound;
    limits.max_table_rows = 20;
    const text::FileText read = text::read_file_text(name, mime_type, bytes, limits);
    require(text::is_valid_utf8(read.text), "the text is UTF-8", read.text);
    require(read.text.size() <= bound, "the text is bounded", read.text);
    require(read.omitted.empty() || read.text.empty(), "what is omitted is not there");
    require(!read.mime_type.empty(), "every file has a type");
    require(bytes.size() <= 50'000 || read.omitted == text::kOmittedTooLarge, "what is too large is omitted");
    require(!bytes.empty() || read.omitted.empty(), "an empty file is a text");
    if (name == "a.py" && read.text.starts_with("```")) check_fence(read.text);
  }
  if (const auto pointer = text::read_lfs_pointer(bytes)) {
    require(pointer->sha256.size() == 64 && pointer->size_bytes >= 0, "a pointer names an object");
  }
}

} // namespace circuit::fuzz
