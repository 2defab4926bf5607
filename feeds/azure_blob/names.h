#pragma once
// Names of containers and blobs, and how they are written in addresses. Pure functions; any thread.

#include <string>
#include <string_view>

namespace circuit::feeds::azure_blob {

// learn.microsoft.com, "Naming and referencing containers, blobs, and metadata": 3 to 63 of a-z, 0-9 and
// single hyphens; and $root, $web, $logs.
bool is_container_name(std::string_view name);

// A blob's name as the path of an address: all but unreserved characters and "/" is encoded.
std::string path_of(std::string_view blob);

// Whether a name has a part "." or "..", which no address can carry: HTTP clients and proxies take it out.
bool has_dot_segment(std::string_view blob);

// Words of answers and fields, whose case means nothing.
bool same_word(std::string_view a, std::string_view b);

} // namespace circuit::feeds::azure_blob
