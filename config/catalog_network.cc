#include <algorithm>
#include <regex>

#include "config/catalog_sections.h"

namespace circuit::config {
namespace {

// Ports, paths and schemes are no part of a host; "*" alone, or instead of the names below a domain.
void check_host(const YAML::Node& node, const std::string& host) {
  static const std::regex form(R"((\*\.)?([a-z0-9-]+\.)+[a-z]{2,})");
  if (host != "*" && !std::regex_match(host, form))
    refuse(node, "'" + host.substr(0, 200) + "' is no host, as api.example.com or *.example.com is");
}

std::vector<std::string> read_egress_hosts(const Section& file) {
  const YAML::Node node = file.at("egress_hosts");
  auto hosts = file.texts("egress_hosts");
  if (hosts.empty()) refuse(node, "egress_hosts must be a list of hosts");
  for (const auto& host : hosts) {
    check_host(node, host);
    if (std::ranges::count(hosts, host) > 1) refuse(node, host + " is given twice");
  }
  return hosts;
}

void read_variants(const Section& file, credentials::Profile& profile) {
  if (!file.has("variants")) return;
  const YAML::Node variants = file.at("variants");
  if (!variants.IsMap()) refuse(variants, "variants must be a map of parameters");
  for (const auto& parameter : variants) {
    const std::string name = read_scalar(parameter.first, "a parameter of variants");
    if (profile.variants.contains(name)) refuse(parameter.first, name + " is given twice");
    if (!parameter.second.IsMap()) refuse(parameter.second, name + " must be a map of its values");
    std::vector<std::string> values;
    for (const auto& value : parameter.second)
      values.push_back(read_scalar(value.first, "a value of " + name));
    const Section of_parameter(parameter.second, name, values);
    for (const auto& value : values) profile.variants[name][value] = of_parameter.text_map(value);
  }
}

RateLimits read_limits(const YAML::Node& node) {
  const Section section(node, "limits", {"requests_per_second", "burst", "concurrent_requests"});
  RateLimits limits;
  limits.requests_per_second = static_cast<double>(section.count("requests_per_second", 1, 10'000));
  limits.burst = section.count("burst", 1, 10'000);
  limits.concurrent_requests = section.count("concurrent_requests", 1, 1'000);
  return limits;
}

} // namespace

void read_network(const Section& file, CatalogEntry& entry) {
  read_variants(file, entry.profile);
  entry.profile.variables = file.text_map("variables");
  entry.profile.base_url = file.text("base_url", "");
  entry.profile.named_hosts = read_egress_hosts(file);
  for (const auto& host : entry.profile.named_hosts) entry.description.add_egress_hosts(host);
  entry.profile.hosts = file.texts("credential_hosts");
  entry.limits = read_limits(file.at("limits"));
}

bool host_is_covered(const std::string& host, const std::vector<std::string>& hosts) {
  return std::ranges::any_of(hosts, [&](const std::string& listed) {
    return listed == "*" || listed == host || (listed.starts_with("*.") && host.ends_with(listed.substr(1)));
  });
}

} // namespace circuit::config
