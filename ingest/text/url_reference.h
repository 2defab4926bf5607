#pragma once
// A URI reference taken apart by RFC 3986 appendix B, after the repairs that browsers make. Private to this
// folder. Works on IRIs as well: characters beyond ASCII are kept. Pure functions; any thread.

#include <string>
#include <string_view>

namespace circuit::text {

// Views into the text that was split; an absent component differs from an empty one.
struct UrlReference {
  std::string_view scheme, authority, path, query, fragment;
  bool has_scheme = false, has_authority = false, has_query = false, has_fragment = false;
};

UrlReference split_reference(std::string_view reference);

// Trims white space, drops line breaks and tabs, turns backslashes into slashes where a special scheme (or
// none) is used, escapes what no URL may hold as it is (spaces, quotes, angle brackets, braces, stray percent
// signs).
std::string repair_reference(std::string_view reference);
// True: there is nothing to repair, and no percent-encoding to look at.
bool needs_no_repair(std::string_view text);

// RFC 3986 section 5.2.4.
std::string remove_dot_segments(std::string_view path);

// Lower case, without ':'; empty where the text begins with no scheme.
std::string scheme_of(std::string_view reference);

} // namespace circuit::text
