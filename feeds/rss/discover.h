#pragma once
// The feeds that a web page names: <link rel="alternate" type="application/rss+xml" href="...">. Pure; any
// thread. Source: the HTML standard's rel=alternate; the RSS Advisory Board's autodiscovery page.

#include <string>
#include <string_view>
#include <vector>

namespace circuit::feeds::rss {

// Absolute addresses in the order of the page, each once. `url` is the page's. Looks at the first MiB.
std::vector<std::string> discover_feeds(std::string_view html, const std::string& url);

} // namespace circuit::feeds::rss
