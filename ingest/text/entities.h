#pragma once
// Character references of HTML. Private to this folder; the public face is in html.h. Pure functions; any
// thread.

#include <span>
#include <string>
#include <string_view>

namespace circuit::text {

struct Entity {
  std::string_view name; // without & and ;
  std::string_view utf8; // one or two code points
};

std::span<const Entity> all_entities();                         // sorted by name
std::span<const std::string_view> entities_without_semicolon(); // sorted

// Decodes the reference at the start of `text` (which begins with '&') onto `out` and returns its length in
// bytes; 0, with nothing appended, where there is none. Without a semicolon a name counts only if neither a
// letter, a digit nor
// '=' follows: "?a=1&copy=2" is a URL.
size_t decode_reference(std::string_view text, std::string& out);

// Appends `text` with all references decoded.
void append_decoded(std::string_view text, std::string& out);

} // namespace circuit::text
