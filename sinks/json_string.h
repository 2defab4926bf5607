#pragma once
// Strings as the canonical proto3 JSON mapping writes them: besides what JSON demands, `<`, `>`, DEL to
// U+009F and invisible characters (soft hyphen, zero width, bidirectional marks, ...) are escaped, so that a
// line is safe in HTML and shows what it holds. All else stays UTF-8. Ill-formed UTF-8 becomes U+FFFD. Pure;
// any thread.

#include <string>
#include <string_view>

namespace circuit::sinks {

// Appends `text` with its quotation marks.
void append_json_string(std::string_view text, std::string& out);

} // namespace circuit::sinks
