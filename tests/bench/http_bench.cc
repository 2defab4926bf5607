// The HTTP layer against bare libcurl multi: the same requests for 4 KiB bodies over loopback, which the
// server compresses and each inflates, 64 at a time.

#include <curl/curl.h>

#include <boost/asio/co_spawn.hpp>
#include <memory>
#include <thread>

#include "ingest/http/curl_transport.h"
#include "ingest/runtime/system_loop.h"
#include "ingest/runtime/task_group.h"
#include "tests/bench/cases.h"
#include "tests/bench/child.h"

namespace circuit::bench {
namespace {

constexpr int kAtATime = 64;
constexpr int kRequests = 20'000;

size_t discard(char*, size_t size, size_t count, void* total) {
  *static_cast<size_t*>(total) += size * count;
  return size * count;
}

double bare_multi(const std::string& url) {
  CURLM* multi = curl_multi_init();
  size_t bytes = 0;
  int started = 0, ended = 0;
  const auto start = [&](CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_multi_add_handle(multi, easy);
    ++started;
  };
  std::vector<CURL*> handles;
  for (int i = 0; i < kAtATime; ++i) {
    CURL* easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &bytes);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); // as the layer does: the server compresses for both
    handles.push_back(easy);
    start(easy);
  }
  while (ended < kRequests) {
    int running = 0;
    curl_multi_perform(multi, &running);
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      CURL* easy = message->easy_handle;
      curl_multi_remove_handle(multi, easy);
      ++ended;
      if (started < kRequests) start(easy);
    }
    if (ended < kRequests) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  for (CURL* easy : handles) curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
  return kRequests;
}

Task<void> request_many(http::HttpTransport* transport, std::string url, int* left) {
  while (*left > 0) {
    --*left;
    http::Request request;
    request.url = url;
    request.address_policy = http::AddressPolicy::kAnyAddress;
    auto response = co_await transport->send(std::move(request));
    if (!response) throw std::runtime_error(response.error().message);
  }
}

Task<void> run_all(http::HttpTransport* transport, SystemLoop* loop, std::string url, bool* done) {
  int left = kRequests;
  TaskGroup group(loop->executor());
  for (int i = 0; i < kAtATime; ++i) group.spawn(request_many(transport, url, &left));
  co_await group.join();
  *done = true;
}

double our_layer(const std::string& url) {
  SystemLoop loop;
  auto transport = http::CurlTransport::create(loop, {});
  if (!transport) return 0;
  bool done = false;
  boost::asio::co_spawn(loop.executor(), run_all(transport->get(), &loop, url, &done),
                        [](std::exception_ptr error) {
                          if (error) std::rethrow_exception(error);
                        });
  loop.run_while([&] { return !done; });
  return kRequests;
}

} // namespace

std::vector<Case> http_cases() {
  return {{"http", [] {
             // Two items of about two KiB make a body of about four.
             auto server = std::make_shared<Child>(
                 FEED_SIMULATOR, std::vector<std::string>{"rss", "--port", "0", "--feeds", "1", "--items",
                                                          "2", "--item-bytes", "1500", "--kinds", "plain"});
             const std::string url = server->address() + "/feeds/0.xml";
             return Comparison{"http", "requests", 0.85, [server, url] { return our_layer(url); },
                               [server, url] { return bare_multi(url); }};
           }}};
}

} // namespace circuit::bench
