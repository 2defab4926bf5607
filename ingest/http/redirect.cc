#include "ingest/http/redirect.h"

#include <algorithm>

#include "ingest/http/redirect_rules.h"
#include "ingest/http/url_target.h"
#include "ingest/text/url.h"

namespace circuit::http {
namespace {

// The same method at the same place gives the same answer again.
struct Visit {
  std::string method;
  std::string url;
  bool operator==(const Visit&) const = default;
};

Error looped(const std::string& start, const std::string& again) {
  return make_error(ErrorClass::kInvalid, "REDIRECT_LOOP",
                    "'" + text::loggable_url(start) + "' redirects in a circle, back to '" +
                        text::loggable_url(again) + "'",
                    "Open the address in a browser: the service is misconfigured, or wants a sign-in.");
}

Error too_many(const std::string& start, int limit) {
  return make_error(
      ErrorClass::kInvalid, "TOO_MANY_REDIRECTS",
      "'" + text::loggable_url(start) + "' redirects more than " + std::to_string(limit) + " times",
      "Use the address at the end of the redirects.");
}

} // namespace

Task<Result<Response>> RedirectLayer::send(Request request) {
  if (request.max_redirects <= 0) { // no hops to keep a copy for
    if (!request.validators_url.empty()) drop_foreign_validators(request, request.validators_url);
    return next_.send(std::move(request));
  }
  return follow(std::move(request));
}

Task<Result<Response>> RedirectLayer::follow(Request request) {
  const std::string start = request.url;
  const std::string validators_url = request.validators_url.empty() ? request.url : request.validators_url;
  std::vector<Hop> hops;
  std::vector<Visit> visited;
  for (;;) {
    visited.push_back({request.method, without_fragment(request.url)});
    Request hop = request;
    drop_foreign_validators(hop, validators_url);
    Result<Response> response = co_await next_.send(std::move(hop));
    if (!response) co_return std::move(response).error();

    const std::string location(response->headers.get("Location"));
    if (!is_redirect_status(response->status) || location.empty()) {
      response->hops = std::move(hops);
      co_return response;
    }
    if (hops.size() >= static_cast<size_t>(request.max_redirects))
      co_return too_many(start, request.max_redirects);
    Result<Request> next = redirected(request, response->status, location);
    if (!next) co_return std::move(next).error();
    if (std::find(visited.begin(), visited.end(), Visit{next->method, without_fragment(next->url)}) !=
        visited.end()) {
      co_return looped(start, next->url);
    }
    hops.push_back({response->status, next->url});
    request = std::move(*next);
  }
}

} // namespace circuit::http
