#include "ingest/http/auth.h"

#include <utility>

namespace circuit::http {

Task<Result<Response>> AuthLayer::send(Request request) {
  if (request.connection.empty()) return next_.send(std::move(request));
  return send_authorized(std::move(request));
}

Task<Result<Response>> AuthLayer::send_authorized(Request request) {
  if (authorizer_ == nullptr) {
    auto missing = make_error(ErrorClass::kNotFound, "CONNECTION_NOT_FOUND",
                              "This worker keeps no connections, and the request needs " + request.connection,
                              "Give the worker a master key, and connect the account.");
    co_return std::move(missing).with("connection", request.connection);
  }
  const Request plain = request;
  std::optional<Result<int64_t>> version = authorizer_->authorize_now(request);
  if (!version) {
    auto asked = co_await authorizer_->authorize(request);
    version.emplace(std::move(asked));
  }
  if (!*version) co_return version->error();
  auto response = co_await next_.send(std::move(request));
  if (!response || response->status != 401) co_return response;

  auto newer = co_await authorizer_->refused(plain.connection, **version);
  if (!newer) co_return std::move(newer).error();
  if (!*newer) co_return response;
  Request again = plain;
  auto renewed = co_await authorizer_->authorize(again);
  if (!renewed) co_return std::move(renewed).error();
  const int before = response->attempts;
  response->stream.reset(); // with its place in the throttle's lane, which the next attempt may need
  response->body = {};      // its claim pays for the next one's
  response = co_await next_.send(std::move(again));
  if (response) response->attempts += before;
  co_return response;
}

} // namespace circuit::http
