#pragma once
// Whether two HTML fragments mean the same: both are parsed as HTML, and attributes sorted, before they are
// compared.

#include <string>
#include <string_view>

namespace circuit::conformance {

// One line per fragment: elements, sorted attributes, text with white space collapsed.
std::string canonical_html(std::string_view fragment);

inline bool same_html(std::string_view a, std::string_view b) {
  return canonical_html(a) == canonical_html(b);
}

} // namespace circuit::conformance
