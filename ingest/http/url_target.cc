#include "ingest/http/url_target.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "ingest/text/url.h"

namespace circuit::http {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::optional<std::string> part(const CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(const_cast<CURLU*>(url), which, &text, flags) != CURLUE_OK) return std::nullopt;
  std::string value(text);
  curl_free(text);
  return value;
}

void lower(std::string& text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
}

Error malformed(const std::string& url, const char* why) {
  return make_error(ErrorClass::kInvalid, "URL_MALFORMED",
                    "'" + text::loggable_url(url) + "' is not a URL that can be requested (" + why + ")",
                    "Correct the URL: it needs the form https://host/path.");
}

} // namespace

Result<UrlTarget> parse_target(const std::string& url) {
  const std::unique_ptr<CURLU, FreeUrl> parsed(curl_url());
  if (!parsed)
    return make_error(ErrorClass::kExhausted, "OUT_OF_MEMORY", "no memory to read a URL", "Free memory.");
  const CURLUcode code = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (code != CURLUE_OK) return malformed(url, curl_url_strerror(code));

  auto scheme = part(parsed.get(), CURLUPART_SCHEME);
  if (!scheme) return malformed(url, "no scheme");
  lower(*scheme);
  if (*scheme != "http" && *scheme != "https") {
    return make_error(ErrorClass::kInvalid, "URL_SCHEME_REFUSED",
                      "'" + text::loggable_url(url) + "' has the scheme '" + *scheme + "'",
                      "Use an http or https URL.")
        .with("scheme", *scheme);
  }
  auto host = part(parsed.get(), CURLUPART_HOST, CURLU_URLDECODE);
  if (!host || host->empty()) return malformed(url, "no host");
  lower(*host);
  if (host->starts_with('[') && host->ends_with(']')) *host = host->substr(1, host->size() - 2);
  if (host->ends_with('.')) host->pop_back();
  const auto port = part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  UrlTarget target{*scheme, *host, 0, false};
  if (port) std::from_chars(port->data(), port->data() + port->size(), target.port);
  target.has_user_info = url.find('@') != std::string::npos && part(parsed.get(), CURLUPART_USER).has_value();
  return target;
}

const Result<UrlTarget>& target_of(const SharedRequest& request) {
  auto* sent = request.sent_.get();
  while (sent->same_url) sent = sent->same_url.get();
  auto& target = sent->target;
  if (!target) target = std::make_shared<const Result<UrlTarget>>(parse_target(request->url));
  return *target;
}

std::string origin_of(const SharedRequest& request) {
  const Result<UrlTarget>& target = target_of(request);
  if (!target) return {};
  return target->scheme + "://" + target->host + ":" + std::to_string(target->port);
}

std::string_view without_fragment(std::string_view url) { return url.substr(0, url.find('#')); }

} // namespace circuit::http
