#pragma once
// JSON as some publishers write it, made JSON. Pure; any thread.

#include <string>
#include <string_view>

namespace circuit::feeds::rss {

// Line breaks and tabs that stand in strings unescaped are escaped, other control characters there are left
// out, and halves of surrogate pairs, as titles have them that were cut in the middle of an emoji, become
// U+FFFD. The rest is as it was.
std::string repair_json(std::string_view document);

} // namespace circuit::feeds::rss
