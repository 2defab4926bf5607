#pragma once
// From the bytes of a file to the Markdown that its document carries, or the reason why it carries none.
//
// The bytes are asked first: whatever a name or a media type says, what holds NULs or too many control
// characters is no text (but for UTF-16 with its mark). The name's extension is believed before the media
// type, for stores label what they do not know as they please. Then:
//
//   Markdown               as it is
//   HTML                   through html.h
//   CSV, TSV               a table, up to a bound of rows; as a fenced block where it is no table
//   source code, JSON, XML, YAML, logs, and text whose columns or indentation matter: a fenced block
//   any other text         paragraphs, each line kept, with the escapes that it takes to read as it is
//
// The charset is found as charset.h says. Line ends become LF. Pure functions; any thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace circuit::text {

// Reasons why a document carries no text, for its metadata "content.omitted".
inline constexpr std::string_view kOmittedBinary = "binary";
inline constexpr std::string_view kOmittedTooLarge = "too large";
inline constexpr std::string_view kOmittedArchived = "archived"; // in a tier that cannot be read now
inline constexpr std::string_view kOmittedElsewhere =
    "stored elsewhere";                                               // the file only points to it (Git LFS)
inline constexpr std::string_view kOmittedByPolicy = "not asked for"; // CONTENT_NONE

struct FileTextLimits {
  uint64_t max_input_bytes = 16 << 20; // a larger file is not read
  size_t max_output_bytes = 4 << 20;   // of Markdown; the rest is cut off
  size_t max_table_rows = 1000;
};

struct FileText {
  std::string text;           // Markdown, well-formed UTF-8, no line end at its end
  std::string mime_type;      // as declared where that says something, else as the name or the bytes say
  bool truncated = false;     // a bound was reached
  std::string_view omitted{}; // one of the reasons above, then `text` is empty; or empty
};

// `name` is a path or its last part; `mime_type` the whole Content-Type, or empty.
FileText read_file_text(std::string_view name, std::string_view mime_type, std::string_view bytes,
                        const FileTextLimits& limits);

// The reason for which a file need not even be fetched for its text, or empty: it is too large, or of a type
// that is never text (an image, a video, an archive).
std::string_view omitted_unread(std::string_view name, std::string_view mime_type, uint64_t size_bytes,
                                const FileTextLimits& limits);

} // namespace circuit::text
