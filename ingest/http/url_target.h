#pragma once
// Where a request would go, as libcurl reads its URL: a check on anything else could be fooled by a URL that
// two parsers read differently. Private to this folder. Pure; any thread.

#include <string>
#include <string_view>

#include "ingest/http/shared_request.h"
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
// The same of the request's URL, which is read the first time.
const Result<UrlTarget>& target_of(const SharedRequest& request);
// "scheme://host:port", the same for all URLs of an origin; empty where there is no target.
std::string origin_of(const SharedRequest& request);

// The text up to the fragment: a part of `url`.
std::string_view without_fragment(std::string_view url);

} // namespace circuit::http
