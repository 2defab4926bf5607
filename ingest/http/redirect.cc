#include "ingest/http/redirect.h"

#include <algorithm>

#include "ingest/http/redirect_rules.h"
#include "ingest/http/url_target.h"
#include "ingest/text/url.h"

namespace circuit::http {
namespace {

// The same method at the same place gives the same answer again.
bool asks_the_same(const Request& a, const Request& b) {
  return a.method == b.method && without_fragment(a.url) == without_fragment(b.url);
}

// The request, without validators that belong elsewhere.
SharedRequest as_sent(const SharedRequest& request, const std::string& validators_url) {
  if (validators_url.empty() || !has_foreign_validators(*request, validators_url)) return request;
  Request without = *request;
  drop_foreign_validators(without, validators_url);
  return {std::move(without), request};
}

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

Task<Result<Response>> RedirectLayer::send(SharedRequest request) {
  if (request->max_redirects <= 0) return next_.send(as_sent(request, request->validators_url));
  return follow(std::move(request));
}

Task<Result<Response>> RedirectLayer::follow(SharedRequest request) {
  const SharedRequest first = request;
  const std::string& validators_url = first->validators_url.empty() ? first->url : first->validators_url;
  std::vector<Hop> hops;
  std::vector<SharedRequest> visited;
  for (;;) {
    SharedRequest hop = as_sent(request, validators_url);
    Result<Response> response = co_await next_.send(std::move(hop));
    if (!response) co_return std::move(response).error();

    const std::string location(response->headers.get("Location"));
    if (!is_redirect_status(response->status) || location.empty()) {
      response->hops = std::move(hops);
      co_return response;
    }
    if (hops.size() >= static_cast<size_t>(request->max_redirects))
      co_return too_many(first->url, request->max_redirects);
    Result<Request> next = redirected(*request, response->status, location);
    if (!next) co_return std::move(next).error();
    visited.push_back(std::move(request));
    const bool is_circle = std::any_of(visited.begin(), visited.end(), [&](const SharedRequest& before) {
      return asks_the_same(*before, *next);
    });
    if (is_circle) co_return looped(first->url, next->url);
    hops.push_back({response->status, next->url});
    request = SharedRequest(*std::move(next));
  }
}

} // namespace circuit::http
