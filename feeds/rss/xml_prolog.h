#pragma once
// What stands before the root element of an XML document, and what the root is called. Private to this
// folder.

#include <string_view>

namespace circuit::feeds::rss {

struct Prolog {
  std::string_view doctype;         // "<!DOCTYPE ... >" whole; empty where there is none
  std::string_view internal_subset; // what stands between its brackets
  std::string_view root;            // the root's name with its prefix; empty where there is no element at all
};

// Views into `document`. Junk before the first markup is skipped.
Prolog read_prolog(std::string_view document);

} // namespace circuit::feeds::rss
