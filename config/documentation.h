#pragma once
// What users, administrators and whoever guards a network need to know of the providers, written from the
// catalog: docs/providers. Pure; any thread.

#include <map>
#include <string>
#include <vector>

#include "config/catalog.h"

namespace circuit::config {

// By file name ("github.md", "README.md"): Markdown. Does not depend on what a program implements.
std::map<std::string, std::string> provider_documentation(const std::vector<CatalogEntry>& catalog);

// "* host" and the providers that need it, for firewalls; each host once, in order.
std::map<std::string, std::vector<std::string>> egress_by_host(const std::vector<CatalogEntry>& catalog);

// "50 requests a second to one host, in bursts of 100, 16 of them side by side".
std::string describe_limits(const RateLimits& limits);

} // namespace circuit::config
