#pragma once
// Where a request would go, as libcurl reads its URL: a check on anything else could be fooled by a URL that
// two parsers read differently. Private to this folder. Pure; any thread.

#include <string>

#include "ingest/runtime/result.h"

namespace circuit::http {

struct UrlTarget {
  std::string scheme; // "http" or "https"
  std::string host;   // lower case, IPv6 without brackets, IPv4 in dotted form, without the root's dot
  int port = 0;
  bool has_user_info = false;

  friend bool operator==(const UrlTarget& a, const UrlTarget& b) {
    return a.scheme == b.scheme && a.host == b.host && a.port == b.port; // the same origin
  }
};

// INVALID URL_MALFORMED or URL_SCHEME_REFUSED.
Result<UrlTarget> parse_target(const std::string& url);

// The text up to the fragment.
std::string without_fragment(const std::string& url);

} // namespace circuit::http
