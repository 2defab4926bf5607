#pragma once
// Plain text as Markdown that reads the same: what people typed into a field, a name, a label. Pure
// functions; any thread.

#include <string>
#include <string_view>

namespace circuit::text {

// Appends `text` to `out`, with backslashes where Markdown would take a character for markup. What stands
// before is read from the end of `out`; "**label:** " and the start of a paragraph are both fine. Lines stay
// lines, and empty lines end a paragraph; blanks at a line's ends go, and several become one. `text` is
// UTF-8; what XML forbids is left out.
void append_plain_text(std::string& out, std::string_view text);

// The same on one line.
void append_plain_line(std::string& out, std::string_view text);

} // namespace circuit::text
