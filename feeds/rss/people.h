#pragma once
// Persons written as one string: "me@example.com (My Name)", "My Name <me@example.com>", "My Name".
// Pure; any thread.

#include <string>
#include <string_view>

#include "feeds/rss/raw.h"

namespace circuit::feeds::rss {

// The parts of `text`, as views into it; `text` itself is kept as Person::text.
Person parse_person(std::string_view text);

// As one string: as written, or "name (email)".
std::string display_person(const Person& person);

} // namespace circuit::feeds::rss
