#pragma once
// Makes a well-formed document of one that is not, in one pass, so that a strict parser reads as much of it
// as there is: elements left open are closed where an outer one ends, stray end tags dropped, attribute
// values quoted, '<' that starts no markup escaped, an item that begins inside another ends that one. Private
// to this folder. Pure; any thread. Time and memory are linear in the document.

#include <cstddef>
#include <string>
#include <string_view>

namespace circuit::feeds::rss {

struct Repaired {
  std::string document;
  bool too_deep = false;        // gave up: nested deeper than `max_depth`
  bool cut_inside_item = false; // the document ended between the parts of an item, which may be missing some
};

Repaired repair_xml(std::string_view document, size_t max_depth);

} // namespace circuit::feeds::rss
