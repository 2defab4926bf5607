#include "tests/bench/bare_http.h"

#include <curl/curl.h>

#include <map>
#include <stdexcept>
#include <string_view>

namespace circuit::bench {
namespace {

size_t discard(char*, size_t size, size_t count, void*) { return size * count; }

size_t keep(char* bytes, size_t size, size_t count, void* body) {
  static_cast<std::string*>(body)->append(bytes, size * count);
  return size * count;
}

size_t read_validators(char* line, size_t size, size_t count, void* peer) {
  const std::string_view header(line, size * count);
  const auto keep_after = [header](std::string_view name, std::string& value) {
    if (header.starts_with(name))
      value = std::string(header.substr(name.size(), header.find_first_of("\r\n") - name.size()));
  };
  keep_after("ETag: ", static_cast<Peer*>(peer)->etag);
  keep_after("Last-Modified: ", static_cast<Peer*>(peer)->last_modified);
  return size * count;
}

curl_slist* fields_of(const Peer& peer, bool conditional) {
  curl_slist* fields = nullptr;
  for (const auto& header : peer.headers) fields = curl_slist_append(fields, header.c_str());
  if (!conditional) return fields;
  if (peer.etag.empty() && peer.last_modified.empty())
    throw std::runtime_error(peer.url + " answered without a validator");
  if (!peer.etag.empty()) fields = curl_slist_append(fields, ("If-None-Match: " + peer.etag).c_str());
  if (!peer.last_modified.empty())
    fields = curl_slist_append(fields, ("If-Modified-Since: " + peer.last_modified).c_str());
  return fields;
}

// A ceiling of refusals would be none.
void require_success(CURL* easy, CURLcode result) {
  long status = 0;
  const char* url = "";
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
  if (result != CURLE_OK || (status != 200 && status != 304))
    throw std::runtime_error(std::string(url) + ": " + curl_easy_strerror(result) + ", status " +
                             std::to_string(status));
}

} // namespace

std::string fetch(const std::string& url) {
  std::string body;
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  curl_easy_perform(easy);
  curl_easy_cleanup(easy);
  return body;
}

void fetch_all(std::vector<Peer>& peers, bool conditional, int at_a_time) {
  CURLM* multi = curl_multi_init();
  std::map<CURL*, curl_slist*> idle;
  for (int i = 0; i < at_a_time; ++i) idle[curl_easy_init()] = nullptr;
  size_t next = 0, ended = 0;
  const auto start = [&](CURL* easy) {
    Peer& peer = peers[next++];
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, peer.url.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, read_validators);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &peer);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_slist_free_all(idle[easy]);
    idle[easy] = fields_of(peer, conditional);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, idle[easy]);
    curl_multi_add_handle(multi, easy);
  };
  for (auto& [easy, headers] : idle) {
    if (next < peers.size()) start(easy);
  }
  while (ended < peers.size()) {
    int running = 0, left = 0;
    curl_multi_perform(multi, &running);
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      CURL* easy = message->easy_handle;
      require_success(easy, message->data.result);
      curl_multi_remove_handle(multi, easy);
      ++ended;
      if (next < peers.size()) start(easy);
    }
    if (ended < peers.size()) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  for (auto& [easy, headers] : idle) {
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
  }
  curl_multi_cleanup(multi);
}

} // namespace circuit::bench
