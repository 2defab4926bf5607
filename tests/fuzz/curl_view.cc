#include "tests/fuzz/curl_view.h"

#include <curl/curl.h>

#include <memory>

namespace circuit::fuzz {
namespace {

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string value(text);
  curl_free(text);
  return value;
}

} // namespace

std::optional<CurlView> curl_view(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return std::nullopt;
  CurlView view;
  view.scheme = part(parsed.get(), CURLUPART_SCHEME);
  view.host = part(parsed.get(), CURLUPART_HOST, CURLU_URLDECODE);
  view.port = part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  view.user = part(parsed.get(), CURLUPART_USER);
  view.password = part(parsed.get(), CURLUPART_PASSWORD);
  if (view.host.starts_with('[') && view.host.ends_with(']'))
    view.host = view.host.substr(1, view.host.size() - 2);
  return view;
}

std::string curl_origin(const CurlView& view) {
  std::string host = view.host;
  if (host.ends_with('.')) host.pop_back(); // the root's: the same host
  std::string origin = view.scheme + "://" + host + ":" + view.port;
  for (char& c : origin) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return origin;
}

} // namespace circuit::fuzz
