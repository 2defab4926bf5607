#pragma once
// Base64 as feeds embed it: with line breaks, padding optional. Private to this folder.

#include <optional>
#include <string>
#include <string_view>

namespace circuit::feeds::rss {

// nullopt where the text is no base64.
std::optional<std::string> decode_base64(std::string_view text);

} // namespace circuit::feeds::rss
