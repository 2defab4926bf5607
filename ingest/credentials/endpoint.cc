#include "ingest/credentials/endpoint.h"

#include <algorithm>

#include "ingest/http/address_kind.h"
#include "ingest/runtime/deadline.h"
#include "ingest/text/url.h"

namespace circuit::credentials {
namespace {

std::string host_of(const std::string& url) {
  const auto parts = text::split_url(url);
  return parts ? parts->host : std::string();
}

} // namespace

bool is_confidential(const std::string& scheme, const std::string& host, bool allow_private) {
  if (scheme == "https") return true;
  return scheme == "http" && allow_private && http::classify_host(host) == http::AddressKind::kLoopback;
}

Task<Result<http::Response>> Endpoints::send(http::Request request, std::string connection,
                                             Duration deadline) {
  const auto parts = text::split_url(request.url);
  if (!parts || !is_confidential(parts->scheme, parts->host, allow_private_)) {
    co_return make_error(
        ErrorClass::kInvalid, "URL_SCHEME_REFUSED",
        "An endpoint" + (parts ? " at " + parts->host : std::string()) + " is not an https address",
        "Correct the provider's catalog file, or the connection's parameters.");
  }
  if (allow_private_) request.address_policy = http::AddressPolicy::kAnyAddress;
  request.allowed_hosts = http::host_list({parts->host});
  request.max_redirects = 0;
  request.idempotent = false;
  // A lane of its own in the throttle layer: waiting in line for others is not part of an exchange.
  request.throttle_key = std::move(connection);
  request.total_timeout = std::min(request.total_timeout, deadline);
  request.connect_timeout = std::min(request.connect_timeout, deadline / 2);
  auto late = make_error(ErrorClass::kTransient, "TIMEOUT", parts->host + " did not answer in time",
                         "It is tried again.");
  // Some endpoints have a token in their path, so that no message names more than the host.
  // The transport keeps the same time, and says more exactly what did not happen.
  constexpr Duration kGrace = std::chrono::seconds(1);
  auto exchange = http_.send(std::move(request));
  co_return co_await with_deadline(loop_.executor(), loop_.clock(), deadline + kGrace, std::move(exchange),
                                   std::move(late));
}

void Endpoints::park(const std::string& url, SystemTime until) {
  constexpr Duration kLongest = std::chrono::hours(24);
  auto& parked = parked_[host_of(url)];
  parked = std::max(parked, std::min(until, loop_.clock().now() + kLongest));
}

std::optional<SystemTime> Endpoints::parked_until(const std::string& url) {
  const auto found = parked_.find(host_of(url));
  if (found == parked_.end()) return std::nullopt;
  if (found->second > loop_.clock().now()) return found->second;
  parked_.erase(found);
  return std::nullopt;
}

} // namespace circuit::credentials
