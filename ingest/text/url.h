#pragma once
// URLs as RFC 3986 has them, with the repairs that every feed reader needs (spaces, backslashes, missing
// encoding). Pure functions; any thread.

#include <optional>
#include <string>
#include <string_view>

namespace circuit::text {

// `reference` against `base`, dot segments removed. Keeps `reference` as it is where it cannot be a URL at
// all.
std::string resolve_url(std::string_view base, std::string_view reference);

// scheme and host lower case, default port dropped, empty path "/", fragment kept; nullopt where it is no
// absolute URL.
std::optional<std::string> normalize_url(std::string_view url);

struct UrlParts {
  std::string scheme, user_info, host, path, query, fragment; // host without brackets, lower case
  int port = 0;                                               // the scheme's default where none is given
};
std::optional<UrlParts> split_url(std::string_view url); // absolute http, https and others with an authority

// "scheme://host[:port]", for comparing origins; empty where there is none.
std::string url_origin(std::string_view url);

// The URL fit for a log line: no user info; values in query and fragment that look like keys, or whose names
// say so, replaced by "...".
std::string loggable_url(std::string_view url);

} // namespace circuit::text
