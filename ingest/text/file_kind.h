#pragma once
// What a file is, as far as its name, its media type and its first bytes say. Private to this folder. Pure
// functions; any thread.

#include <string_view>

namespace circuit::text {

enum class FileKind {
  kUnknown,
  kMarkdown,
  kHtml,
  kPlain,
  kTable, // CSV, TSV
  kCode,  // also data that is read as it is written: JSON, XML, YAML, logs
  kBinary,
};

struct FileType {
  FileKind kind = FileKind::kUnknown;
  std::string_view language{};  // of a fenced block
  std::string_view mime_type{}; // where the kind is that of one type
};

FileType type_of_name(std::string_view name);
// `essence`: "text/html", lower case, without parameters.
FileType type_of_media(std::string_view essence);
// "#!/usr/bin/python3", "<!DOCTYPE html", "<?xml". `text` is decoded.
FileType type_of_text(std::string_view text);

// Whether the bytes are some text in some charset. `believed`: a name or media type says so, so that a
// charset other than UTF-8 is likely enough.
bool is_text(std::string_view bytes, bool believed);

} // namespace circuit::text
