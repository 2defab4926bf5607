#pragma once
// What surrounds a header field's value and is none of it: optional whitespace and the line's end (RFC
// 9110, 5.5 and 5.6.3). Private to this folder.

#include <string_view>

namespace circuit::http {

constexpr std::string_view trim_field(std::string_view text) {
  constexpr std::string_view kAround = " \t\r\n";
  const auto first = text.find_first_not_of(kAround);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kAround) - first + 1);
}

} // namespace circuit::http
