#pragma once
// The sections of a catalog file, each read by a file of its own. Private to catalog_file.cc. All refuse by
// throwing Malformed.

#include <yaml-cpp/yaml.h>

#include "config/catalog_entry.h"
#include "config/yaml_section.h"

namespace circuit::config {

// catalog_methods.cc: "methods".
std::vector<credentials::Method> read_methods(const Section& file);
// catalog_oauth.cc: "oauth2" and "assertion" of a method.
credentials::OAuthProfile read_oauth(const YAML::Node& node);
credentials::AssertionProfile read_assertion(const YAML::Node& node);
// catalog_approval.cc: "approval" and "review_places".
credentials::Approval read_approval(const YAML::Node& node);
std::vector<credentials::ReviewPlace> read_review_places(const Section& file);
// catalog_network.cc: "variants", "variables", "base_url", "egress_hosts", "credential_hosts", "limits".
void read_network(const Section& file, CatalogEntry& entry);
// Whether one of the hosts is that one, or "*.example.com" above it, or "*".
bool host_is_covered(const std::string& host, const std::vector<std::string>& hosts);

// catalog_consistency.cc: what no section shows alone. Templates name nothing that a connection cannot have,
// addresses lead to hosts that are listed, methods have what they need. Positions are those of the sections.
void check_entry(const Section& file, const CatalogEntry& entry);

// catalog_methods.cc: a scope without a capability is needed by each; whoever reads capabilities finds it
// under all of them.
void spread_common_scopes(std::vector<credentials::Method>& methods);

// catalog_description.cc: fills in of the description what the profile says.
void describe(const credentials::Profile& profile, circuit::feeds::v1::Provider& description);

} // namespace circuit::config
