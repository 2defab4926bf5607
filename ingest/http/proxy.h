#pragma once
// Which proxy a request goes through, by the environment's conventions: http_proxy, https_proxy, all_proxy,
// no_proxy. Read here and not by libcurl, because a connection to a proxy must be told from a connection to
// the target: the proxy's address is the operator's choice, and is not held against the rules for addresses
// that users choose. Pure; any thread.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace circuit::http {

class ProxySettings {
 public:
  // No proxy at all.
  ProxySettings() = default;
  // This one for everything.
  explicit ProxySettings(std::string url) : http_(url), https_(std::move(url)) {}
  // From the environment; `variable` returns null where one is not set. Upper-case HTTP_PROXY is ignored, as
  // everywhere (a CGI request can set it).
  static ProxySettings from_environment(const std::function<const char*(const char*)>& variable);

  // The proxy's URL, or empty. `scheme` and `host` are lower case.
  const std::string& for_target(std::string_view scheme, std::string_view host) const;
  bool is_empty() const { return http_.empty() && https_.empty(); }

 private:
  std::string http_;
  std::string https_;
  std::vector<std::string> exempt_; // lower case, without leading dots; "*" for every host
};

} // namespace circuit::http
