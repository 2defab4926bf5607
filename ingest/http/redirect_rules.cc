#include "ingest/http/redirect_rules.h"

#include <algorithm>
#include <array>

#include "ingest/http/url_target.h"
#include "ingest/text/url.h"

namespace circuit::http {
namespace {

// An allow-list, since providers name the headers of their keys as they please.
constexpr auto kHarmlessHeaders = std::to_array<std::string_view>({
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Cache-Control",
    "Content-Language",
    "Content-Type",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Pragma",
    "Range",
    "User-Agent",
});

bool is_harmless(std::string_view name) {
  return std::any_of(kHarmlessHeaders.begin(), kHarmlessHeaders.end(),
                     [name](std::string_view harmless) { return same_header(name, harmless); });
}

bool carries_credentials(const Request& request, const UrlTarget& target) {
  if (target.has_user_info || !request.body.empty()) return true;
  const auto& fields = request.headers.fields();
  return std::any_of(fields.begin(), fields.end(),
                     [](const auto& field) { return !is_harmless(field.first); });
}

void keep_harmless_headers(Headers& headers) {
  Headers kept;
  for (const auto& [name, value] : headers.fields()) {
    if (is_harmless(name)) kept.add(name, value);
  }
  headers = std::move(kept);
}

void become_get(Request& request) {
  request.method = "GET";
  request.idempotent = true;
  request.body.clear();
  for (const char* name : {"Content-Type", "Content-Length", "Content-Encoding", "Content-Language"}) {
    request.headers.remove(name);
  }
}

Error refused(const Request& from, const std::string& to, const char* why) {
  return make_error(
      ErrorClass::kInvalid, "REDIRECT_REFUSED",
      "'" + text::loggable_url(from.url) + "' redirects to '" + text::loggable_url(to) + "', " + why,
      "Check that the address is right; if the service has moved, use its new address.");
}

bool becomes_get(const std::string& method, int status) {
  if (status == 303) return method != "GET" && method != "HEAD";
  return (status == 301 || status == 302) && method == "POST";
}

} // namespace

bool is_redirect_status(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<Request> redirected(const Request& request, int status, std::string_view location) {
  Request next = request;
  next.url = text::resolve_url(request.url, location);
  // A fragment is the reader's, and is inherited (RFC 9110 section 10.2.2).
  const size_t fragment = request.url.find('#');
  if (fragment != std::string::npos && next.url.find('#') == std::string::npos)
    next.url += request.url.substr(fragment);

  Result<UrlTarget> to = parse_target(next.url);
  if (!to)
    return std::move(std::move(to).error())
        .while_doing("following a redirect of '" + text::loggable_url(request.url) + "'");
  const Result<UrlTarget> from = parse_target(request.url);
  if (!from) return from.error();

  if (becomes_get(request.method, status)) become_get(next);
  if (*from == *to) return next;
  next.connection.clear(); // its credential belongs to the origin before
  if (from->scheme == "https" && to->scheme == "http" && carries_credentials(request, *from)) {
    return refused(request, next.url, "which would send a confidential request without encryption");
  }
  if (!next.body.empty()) {
    return refused(request, next.url, "another origin, which must not receive the body of this request");
  }
  keep_harmless_headers(next.headers);
  return next;
}

bool has_foreign_validators(const Request& request, const std::string& validators_url) {
  return without_fragment(request.url) != without_fragment(validators_url) &&
         (request.headers.has("If-None-Match") || request.headers.has("If-Modified-Since"));
}

void drop_foreign_validators(Request& request, const std::string& validators_url) {
  if (!has_foreign_validators(request, validators_url)) return;
  request.headers.remove("If-None-Match");
  request.headers.remove("If-Modified-Since");
}

} // namespace circuit::http
