#pragma once
// Reads a path such as "entries[0].author_detail.url" in the JSON of a raw feed, with the second names that
// the Python library of the corpus gives to some fields: "guid" for id, "description" for summary or
// subtitle, and so on.

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace circuit::conformance {

struct PathResult {
  const boost::json::value* value = nullptr; // nullptr: nothing there
  std::string name;                          // of the last field, as it was found: "summary"
  const boost::json::value* parent = nullptr;
};

PathResult find_path(const boost::json::value& root, std::string_view path);

} // namespace circuit::conformance
