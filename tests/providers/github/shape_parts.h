#pragma once
// What several shapes have in common. For the shapes alone.

#include <boost/json.hpp>

#include "tests/providers/github/world.h"

namespace circuit::providers::github {

std::string node_id(const std::string& kind, int64_t id);
std::string node_id(const std::string& sha);
std::string html(const SimRepository& repository); // its page
std::string repository_url(const SimRepository& repository, const std::string& base);
std::string time_of(SystemTime time);

} // namespace circuit::providers::github
