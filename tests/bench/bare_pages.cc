#include "tests/bench/bare_pages.h"

#include <curl/curl.h>

#include <memory>
#include <stdexcept>

namespace circuit::bench {
namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

size_t keep(char* bytes, size_t size, size_t count, void* body) {
  static_cast<std::string*>(body)->append(bytes, size * count);
  return size * count;
}

size_t discard(char*, size_t size, size_t count, void*) { return size * count; }

Headers list_of(const std::string& header) {
  return {curl_slist_append(nullptr, header.c_str()), curl_slist_free_all};
}

Easy make_easy(const Headers& headers) {
  Easy easy(curl_easy_init(), curl_easy_cleanup);
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_ACCEPT_ENCODING, "");
  return easy;
}

void require_ok(CURL* easy, CURLcode result, const std::string& url) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (result != CURLE_OK || status != 200)
    throw std::runtime_error(url + ": " + curl_easy_strerror(result) + ", status " + std::to_string(status));
}

} // namespace

std::vector<std::string> fetch_pages(const std::string& url, const std::string& header,
                                     const std::function<std::string(const std::string& body)>& next) {
  const Headers headers = list_of(header);
  const Easy easy = make_easy(headers);
  std::string body;
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
  std::vector<std::string> urls;
  for (std::string at = url; !at.empty(); at = next(body)) {
    body.clear();
    curl_easy_setopt(easy.get(), CURLOPT_URL, at.c_str());
    require_ok(easy.get(), curl_easy_perform(easy.get()), at);
    urls.push_back(at);
  }
  return urls;
}

void fetch_side_by_side(const std::vector<std::string>& urls, const std::string& header, size_t at_a_time) {
  const Headers headers = list_of(header);
  const std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi(curl_multi_init(), curl_multi_cleanup);
  std::vector<Easy> handles;
  size_t next = 0, ended = 0;
  const auto start = [&](CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_URL, urls[next].c_str());
    curl_easy_setopt(easy, CURLOPT_PRIVATE, urls[next].c_str());
    ++next;
    curl_multi_add_handle(multi.get(), easy);
  };
  while (handles.size() < at_a_time && next < urls.size()) {
    handles.push_back(make_easy(headers));
    curl_easy_setopt(handles.back().get(), CURLOPT_WRITEFUNCTION, discard);
    start(handles.back().get());
  }
  while (ended < urls.size()) {
    int running = 0, left = 0;
    curl_multi_perform(multi.get(), &running);
    while (CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
      CURL* easy = message->easy_handle;
      const char* url = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &url);
      require_ok(easy, message->data.result, url);
      curl_multi_remove_handle(multi.get(), easy);
      ++ended;
      if (next < urls.size()) start(easy);
    }
    if (ended < urls.size()) curl_multi_poll(multi.get(), nullptr, 0, 1000, nullptr);
  }
  for (const Easy& easy : handles) curl_multi_remove_handle(multi.get(), easy.get());
}

} // namespace circuit::bench
