#include "config/applications.h"

#include <algorithm>

#include "ingest/text/url.h"

namespace circuit::config {
namespace {

void replace(std::string& address, const std::string& override_with) {
  if (!override_with.empty()) address = override_with;
}

void override_method(const Overrides& overrides, credentials::Method& method) {
  if (method.oauth) {
    replace(method.oauth->authorization_endpoint, overrides.authorization_endpoint);
    replace(method.oauth->token_endpoint, overrides.token_endpoint);
    replace(method.oauth->issuer, overrides.issuer);
    auto& revocation = method.oauth->revocation;
    replace(revocation.endpoint, overrides.revocation_endpoint);
    // Whoever knows of an endpoint that the provider does not document knows the standard.
    if (!overrides.revocation_endpoint.empty() && revocation.kind == credentials::Revocation::Kind::kNone)
      revocation.kind = credentials::Revocation::Kind::kRfc7009;
  }
  if (method.assertion) replace(method.assertion->token_endpoint, overrides.token_endpoint);
  replace(method.account.url, overrides.account_url);
}

} // namespace

void apply_overrides(const Overrides& overrides, credentials::Profile& profile) {
  for (auto& method : profile.methods) override_method(overrides, method);
  if (!overrides.base_url.empty()) {
    profile.base_url = overrides.base_url;
    // Other templates name it too; a provider's variables win over the defaults of fields.
    profile.variables["base_url"] = overrides.base_url;
  }
  const auto add_host = [&](const std::string& host) {
    for (auto* hosts : {&profile.hosts, &profile.named_hosts}) {
      if (std::ranges::find(*hosts, host) == hosts->end()) hosts->push_back(host);
    }
  };
  // The authorization endpoint is for browsers: this program sends nothing there.
  for (const auto& address :
       {overrides.token_endpoint, overrides.revocation_endpoint, overrides.account_url, overrides.base_url}) {
    if (const auto parts = text::split_url(address)) add_host(parts->host);
  }
  for (const auto& host : overrides.hosts) add_host(host);
}

} // namespace circuit::config
