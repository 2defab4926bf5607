#pragma once
// An examiner of sanitized HTML that shares nothing with the sanitizer: it knows one strict way to write
// tags, and refuses everything else. Pure.

#include <optional>
#include <string>
#include <string_view>

namespace circuit::fuzz {

// nullopt where the text is balanced, plainly written and can run nothing; else what is wrong with it.
std::optional<std::string> find_danger(std::string_view html);

} // namespace circuit::fuzz
