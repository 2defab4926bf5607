#include "ingest/http/proxy.h"

#include <algorithm>

namespace circuit::http {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

std::vector<std::string> split_hosts(std::string_view list) {
  std::vector<std::string> hosts;
  while (!list.empty()) {
    const size_t end = std::min(list.find_first_of(", \t"), list.size());
    std::string_view host = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    while (host.starts_with('.')) host.remove_prefix(1);
    if (!host.empty()) hosts.push_back(lower(host));
  }
  return hosts;
}

// A name exempts itself and all names below it.
bool exempts(std::string_view entry, std::string_view host) {
  if (entry == "*" || entry == host) return true;
  return host.size() > entry.size() && host.ends_with(entry) && host[host.size() - entry.size() - 1] == '.';
}

} // namespace

ProxySettings ProxySettings::from_environment(const std::function<const char*(const char*)>& variable) {
  const auto first_of = [&variable](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const char* value = variable(name);
      if (value != nullptr && *value != '\0') return std::string(value);
    }
    return std::string();
  };
  ProxySettings settings;
  settings.http_ = first_of({"http_proxy", "all_proxy", "ALL_PROXY"});
  settings.https_ = first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  settings.exempt_ = split_hosts(first_of({"no_proxy", "NO_PROXY"}));
  return settings;
}

const std::string& ProxySettings::for_target(std::string_view scheme, std::string_view host) const {
  static const std::string kNone;
  const bool exempt = std::any_of(exempt_.begin(), exempt_.end(),
                                  [host](const std::string& entry) { return exempts(entry, host); });
  if (exempt) return kNone;
  return scheme == "https" ? https_ : http_;
}

} // namespace circuit::http
