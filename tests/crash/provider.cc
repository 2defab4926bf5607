#include "tests/crash/provider.h"

#include <boost/json.hpp>
#include <cctype>
#include <stdexcept>
#include <utility>

namespace circuit::crash {
namespace {

size_t append(char* data, size_t size, size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

size_t append_lower(char* data, size_t size, size_t count, void* to) {
  for (size_t i = 0; i < size * count; ++i)
    *static_cast<std::string*>(to) += static_cast<char>(std::tolower(static_cast<unsigned char>(data[i])));
  return size * count;
}

std::string text_of(const boost::json::value& value) { return std::string(value.as_string()); }

} // namespace

Provider::Provider(std::string base_url) : base_url_(std::move(base_url)), handle_(::curl_easy_init()) {}

Page Provider::ask(const std::string& url, bool post) {
  Page page;
  CURL* curl = handle_.get();
  ::curl_easy_reset(curl);
  ::curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append);
  ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &page.body);
  ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &append_lower);
  ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, &page.headers);
  ::curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
  ::curl_easy_setopt(curl, CURLOPT_PROXY, "");
  ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  if (post) ::curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
  if (const CURLcode code = ::curl_easy_perform(curl); code != CURLE_OK)
    throw std::runtime_error(url + ": " + ::curl_easy_strerror(code));
  long status = 0;
  ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  page.status = static_cast<int>(status);
  return page;
}

Page Provider::get(const std::string& url) { return ask(url, false); }

bool Provider::post(const std::string& change) {
  return ask(base_url_ + "/_control/" + change, true).status == 200;
}

std::vector<TrueFeed> Provider::truth() {
  const auto truth = boost::json::parse(get(base_url_ + "/_control/truth").body);
  std::vector<TrueFeed> feeds;
  for (const auto& feed : truth.at("feeds").as_array()) {
    TrueFeed& out = feeds.emplace_back(TrueFeed{text_of(feed.at("url")), {}});
    for (const auto& document : feed.at("documents").as_array()) {
      const std::string marker = text_of(document.at("marker"));
      out.documents.push_back({text_of(document.at("external_id")), marker,
                               marker.substr(0, marker.find('v') + 1), text_of(document.at("visibility"))});
    }
  }
  return feeds;
}

} // namespace circuit::crash
