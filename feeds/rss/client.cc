#include "feeds/rss/client.h"

#include <utility>

#include "ingest/text/url.h"

namespace circuit::feeds::rss {
namespace {

std::string with_base(const std::string& url, const std::string& base) {
  if (base.empty()) return url;
  return base + url.substr(text::url_origin(url).size());
}

Error status_error(const http::Response& response, const std::string& asked) {
  const std::string status = std::to_string(response.status);
  const std::string what = text::loggable_url(asked) + " answered " + status;
  const auto error = [&](ErrorClass cls, const char* reason, const std::string& message,
                         const char* next_step) {
    return make_error(cls, reason, message, next_step)
        .with("status", status)
        .with("url", text::loggable_url(asked));
  };
  const int code = response.status;
  if (code == 401 || code == 407) {
    return error(
        ErrorClass::kAuth, "RSS_NEEDS_LOGIN", what,
        "Feeds behind a login cannot be read; use the address of a public feed, or one with a key in it.");
  }
  if (code == 403 && !response.headers.get("cf-mitigated").empty()) {
    return error(ErrorClass::kPermission, "RSS_BOT_CHALLENGE", what + " with a challenge for browsers",
                 "Ask the publisher to let feed readers pass, or to name another address.");
  }
  if (code == 403 || code == 451) {
    return error(
        ErrorClass::kPermission, "RSS_FORBIDDEN", what,
        "Open the address in a browser: if it works there, the publisher refuses feed readers; ask them, or "
        "set another user agent.");
  }
  if (code == 404) {
    return error(ErrorClass::kNotFound, "RSS_NOT_FOUND", what,
                 "Check the address. It is tried again, less and less often, in case the feed comes back.");
  }
  if (code == 429) {
    return error(ErrorClass::kThrottled, "PROVIDER_THROTTLED", what + " (too many requests)",
                 "Nothing to do: the feed is read again later. Poll it less often if this repeats.");
  }
  if (code >= 500 || code == 408 || code == 425) {
    return error(ErrorClass::kTransient, "RSS_SERVER_ERROR", what, "Nothing to do: it is tried again.");
  }
  return error(ErrorClass::kInvalid, "RSS_UNEXPECTED_STATUS", what,
               "Open the address in a browser to see what the server wants.");
}

// 304 says that nothing changed since something that was never read.
Error not_asked(const std::string& url) {
  return make_error(
             ErrorClass::kInvalid, "RSS_UNEXPECTED_STATUS",
             text::loggable_url(url) + " answered 304 (not modified) to a request without conditions",
             "Nothing can be read until the server, or a cache before it, sends the feed; tell its operator.")
      .with("status", "304")
      .with("url", text::loggable_url(url));
}

// The permanent redirects at the start of the chain; what follows a temporary one is temporary too.
std::string permanent_target(const std::vector<http::Hop>& hops) {
  std::string target;
  for (const auto& hop : hops) {
    if (hop.status != 301 && hop.status != 308) break;
    target = hop.url;
  }
  return target;
}

} // namespace

Result<Answer> read_answer(http::Response response, const std::string& asked) {
  Answer answer;
  answer.moved_to = permanent_target(response.hops);
  switch (response.status) {
    case 200:
    case 203:
    case 226:
      answer.kind = Answer::Kind::kDocument;
      break;
    case 304:
      answer.kind = Answer::Kind::kNotModified;
      break;
    case 410:
      answer.kind = Answer::Kind::kGone;
      break;
    default:
      return status_error(response, asked);
  }
  answer.response = std::move(response);
  return answer;
}

Task<Result<Answer>> ask(sync::Pull& pull, std::string url, Validators validators,
                         const RssOptions& options) {
  pull.progress("reading " + text::loggable_url(url));
  http::Request request;
  request.url = with_base(url, options.base_url);
  request.headers.add("Accept", kAccept);
  if (!validators.etag.empty()) request.headers.add("If-None-Match", validators.etag);
  if (!validators.last_modified.empty()) request.headers.add("If-Modified-Since", validators.last_modified);
  request.validators_url = validators.url;
  request.max_body_bytes = options.max_body_bytes;
  request.total_timeout = options.request_timeout;
  request.max_redirects = options.max_redirects;
  request.address_policy =
      options.allow_private_addresses ? http::AddressPolicy::kAnyAddress : http::AddressPolicy::kPublicOnly;
  auto response = co_await pull.fetch(std::move(request));
  if (!response) co_return std::move(response).error();
  const bool conditional = !validators.empty() && response->url == validators.url;
  if (response->status == 304 && !conditional) co_return not_asked(url);
  co_return read_answer(std::move(*response), url);
}

} // namespace circuit::feeds::rss
