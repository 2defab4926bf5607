#pragma once
// "Did you mean ...?" for keys, flags and commands. Pure; any thread.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace circuit::config {

// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
size_t edit_distance(std::string_view a, std::string_view b);

// The candidate that is nearest to what was typed, if it is near enough to have been meant.
std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> candidates);

// " Did you mean X?" or nothing; to be put behind a message.
std::string did_you_mean(std::string_view typed, std::span<const std::string> candidates);

} // namespace circuit::config
