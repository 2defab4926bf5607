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

} // namespace circuit::bench
