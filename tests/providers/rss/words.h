#pragma once
// Words of many scripts, to make text of that looks like text and breaks what only knows ASCII. Any thread.

#include <span>
#include <string_view>

#include "tests/providers/rss/traits.h"

namespace circuit::providers::rss {

std::span<const std::string_view> words_of(Script script);
// Between words: a space, or nothing in scripts that have none.
std::string_view word_space(Script script);
std::string_view full_stop(Script script);

} // namespace circuit::providers::rss
