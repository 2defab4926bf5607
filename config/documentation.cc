#include "config/documentation.h"

#include "config/documentation_parts.h"

namespace circuit::config {

std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const auto& text : cells) line += text.empty() ? " |" : " " + text + " |";
  return line + "\n";
}

std::string table(const std::vector<std::string>& heading) {
  std::string rule = "|";
  for (size_t i = 0; i < heading.size(); ++i) rule += "---|";
  return row(heading) + rule + "\n";
}

std::string code(const std::string& text) { return "`" + cell(text) + "`"; }

std::string joined(const std::vector<std::string>& texts, const std::string& separator) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : separator) + text;
  return all;
}

std::string table_name(const CatalogEntry& entry) {
  return entry.description.display_name() + (entry.description.pulled_later() ? "" : " (feed)");
}

std::string show_place(const circuit::feeds::v1::ReviewPlace& place) {
  return place.url().empty() ? place.where() : "[" + place.where() + "](" + place.url() + ")";
}

std::string describe_limits(const RateLimits& limits) {
  return std::to_string(static_cast<uint64_t>(limits.requests_per_second)) +
         (limits.requests_per_second < 2 ? " request" : " requests") +
         " a second to one host, in bursts of " + std::to_string(limits.burst) + ", " +
         std::to_string(limits.concurrent_requests) + " side by side";
}

std::map<std::string, std::string> provider_documentation(const std::vector<CatalogEntry>& catalog) {
  std::map<std::string, std::string> pages;
  for (const auto& entry : catalog) pages[entry.description.name() + ".md"] = provider_page(entry);
  pages["README.md"] = provider_summary(catalog);
  return pages;
}

std::map<std::string, std::vector<std::string>> egress_by_host(const std::vector<CatalogEntry>& catalog) {
  std::map<std::string, std::vector<std::string>> hosts;
  for (const auto& entry : catalog) {
    for (const auto& host : entry.description.egress_hosts()) hosts[host].push_back(entry.description.name());
  }
  return hosts;
}

} // namespace circuit::config
