#include "ingest/http/auth.h"

#include <utility>

namespace circuit::http {

Task<Result<Response>> AuthLayer::send(SharedRequest request) {
  if (request->connection.empty()) return next_.send(std::move(request));
  return send_authorized(std::move(request));
}

Task<Result<Response>> AuthLayer::send_authorized(SharedRequest plain) {
  Request request = *plain;
  if (authorizer_ == nullptr) {
    auto missing = make_error(ErrorClass::kNotFound, "CONNECTION_NOT_FOUND",
                              "This worker keeps no connections, and the request needs " + request.connection,
                              "Give the worker a master key, and connect the account.");
    co_return std::move(missing).with("connection", request.connection);
  }
  std::optional<Result<int64_t>> version = authorizer_->authorize_now(request);
  if (!version) {
    auto asked = co_await authorizer_->authorize(request);
    version.emplace(std::move(asked));
  }
  if (!*version) co_return version->error();
  SharedRequest authorized(std::move(request), plain);
  auto response = co_await next_.send(std::move(authorized));
  if (!response || response->status != 401 || plain->reauthorized) co_return response;

  auto newer = co_await authorizer_->refused(plain->connection, **version);
  if (!newer) co_return std::move(newer).error();
  response->credential_renewed = *newer;
  co_return response;
}

} // namespace circuit::http
