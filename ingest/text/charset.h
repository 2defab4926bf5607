#pragma once
// From the bytes of a document to UTF-8.
//
// Order of belief for markup (RFC 7303 section 3, amended by what is seen in the wild): byte order mark; else
// bytes that are valid UTF-8 and hold at least one multi-byte sequence are UTF-8 whatever the label says;
// else the charset of the Content-Type; else the XML declaration; else detection; else windows-1252. Pure
// functions; any thread.

#include <optional>
#include <string>
#include <string_view>

namespace circuit::text {

struct Decoded {
  std::string utf8;      // well-formed UTF-8, control characters that XML forbids removed, no byte order mark
  std::string encoding;  // the label that was used, lower case, as declared where a declaration was used
                         // ("iso-8859-1")
  bool replaced = false; // some input was not valid in that encoding and became U+FFFD
  bool declared_wrong = false; // a declaration was present and was not believed
};

// `content_type` is the whole header value, or empty.
Decoded decode_markup(std::string_view bytes, std::string_view content_type);

// The charset parameter of a Content-Type value, unquoted and lower case.
std::optional<std::string> charset_of(std::string_view content_type);

// Replaces invalid sequences by U+FFFD and removes what XML 1.0 forbids (C0 controls but TAB, LF, CR; U+FFFE,
// U+FFFF).
std::string clean_utf8(std::string_view text);

bool is_valid_utf8(std::string_view bytes);

// Cuts to at most `max_bytes` without splitting a code point.
std::string_view truncate_utf8(std::string_view text, size_t max_bytes);

} // namespace circuit::text
