#include "ingest/http/egress.h"

#include <algorithm>

#include "ingest/http/url_target.h"
#include "ingest/text/url.h"

namespace circuit::http {
namespace {

Error host_refused(const Request& request, const std::string& host) {
  return make_error(ErrorClass::kPermission, "HOST_REFUSED",
                    "the host '" + host + "' of '" + text::loggable_url(request.url) +
                        "' is not one of the provider's hosts",
                    "If the provider really uses this host, add it to egress_hosts in its catalog file.")
      .with("host", host);
}

Result<void> judge(const SharedRequest& shared) {
  const Request& request = *shared;
  const Result<UrlTarget>& target = target_of(shared);
  if (!target) return target.error();
  if (request.allowed_hosts && !host_is_listed(target->host, *request.allowed_hosts))
    return host_refused(request, target->host);
  if (request.address_policy == AddressPolicy::kAnyAddress) return {};
  const auto kind = classify_host(target->host);
  if (kind && *kind != AddressKind::kPublic) return address_refused(request.url, target->host, *kind);
  return {};
}

Task<Result<Response>> end_with(Error error) { co_return error; }

bool matches(std::string_view host, std::string_view pattern) {
  if (!pattern.starts_with("*.")) return same_header(host, pattern);
  const std::string_view suffix = pattern.substr(1);
  return host.size() > suffix.size() && same_header(host.substr(host.size() - suffix.size()), suffix);
}

} // namespace

bool host_is_listed(std::string_view host, const std::vector<std::string>& allowed_hosts) {
  return std::any_of(allowed_hosts.begin(), allowed_hosts.end(),
                     [host](const std::string& pattern) { return matches(host, pattern); });
}

Error address_refused(const std::string& url, const std::string& address, AddressKind kind) {
  return make_error(ErrorClass::kPermission, "ADDRESS_REFUSED",
                    "'" + text::loggable_url(url) + "' leads to " + address + ", a " +
                        address_kind_name(kind) + " address",
                    "Only public addresses may be fetched; an operator who trusts this one can pass "
                    "--allow-private.")
      .with("address", address)
      .with("kind", address_kind_name(kind));
}

Task<Result<Response>> EgressLayer::send(SharedRequest request) {
  Result<void> verdict = judge(request);
  if (!verdict) return end_with(std::move(verdict).error());
  return next_.send(std::move(request));
}

} // namespace circuit::http
