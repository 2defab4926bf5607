// Whole syncs by the real program, as a process: HTTP from a simulator to a receiver, with fsynced
// checkpoints; against bare libcurl that fetches the same bodies, or asks for the same 304s, and does nothing
// with them.

#include <curl/curl.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "tests/bench/cases.h"
#include "tests/bench/child.h"

namespace circuit::bench {
namespace {

constexpr int kFeeds = 500;
constexpr int kItems = 50;
constexpr int kAtATime = 64;

struct Peer {
  std::string url, etag;
};

size_t discard(char*, size_t size, size_t count, void*) { return size * count; }

size_t read_etag(char* line, size_t size, size_t count, void* peer) {
  const std::string_view header(line, size * count);
  if (header.size() > 6 && (header.starts_with("ETag: ") || header.starts_with("etag: "))) {
    static_cast<Peer*>(peer)->etag = std::string(header.substr(6, header.find_first_of("\r\n") - 6));
  }
  return size * count;
}

// Fetches every address once, conditionally where an ETag is known.
void fetch_all(std::vector<Peer>& peers, bool conditional) {
  CURLM* multi = curl_multi_init();
  std::map<CURL*, curl_slist*> idle;
  for (int i = 0; i < kAtATime; ++i) idle[curl_easy_init()] = nullptr;
  size_t next = 0, ended = 0;
  const auto start = [&](CURL* easy) {
    Peer& peer = peers[next++];
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, peer.url.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, read_etag);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &peer);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_slist_free_all(idle[easy]);
    idle[easy] = nullptr;
    if (conditional) idle[easy] = curl_slist_append(nullptr, ("If-None-Match: " + peer.etag).c_str());
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

// Programs and folders of one comparison.
class Scene {
 public:
  Scene()
      : folder_(std::filesystem::temp_directory_path() / ("circuit-bench-" + std::to_string(::getpid()))),
        simulator_(FEED_SIMULATOR, {"rss", "--port", "0", "--feeds", std::to_string(kFeeds), "--items",
                                    std::to_string(kItems), "--kinds", "plain"}),
        receiver_(CIRCUIT_FEEDS,
                  {"receive", "--listen", "127.0.0.1:0", "--out", prepared("received.jsonl")}) {
    std::istringstream lines(
        testing::run("/usr/bin/curl", {"-fsS", simulator_.address() + "/_control/urls"}).out);
    for (std::string line; std::getline(lines, line);) peers_.push_back({line, ""});
    // Without the politeness that a public host deserves, and with room for as much as bare libcurl does at a
    // time.
    std::ofstream(prepared("config.yaml")) << "engine:\n  max_running_syncs: 64\n  max_running_per_key: 64\n";
  }
  ~Scene() {
    std::error_code ignored; // a leftover in /tmp is no failure
    std::filesystem::remove_all(folder_, ignored);
  }

  // A first sync into a new data directory, or one more into the latest.
  void sync(bool first) {
    if (first) data_ = prepared("data-" + std::to_string(++syncs_));
    std::vector<std::string> arguments{"sync", "rss"};
    for (const auto& peer : peers_) arguments.push_back(peer.url);
    for (const char* flag : {"--allow-private", "--json"}) arguments.push_back(flag);
    arguments.insert(arguments.end(), {"--data-dir", data_, "--config", prepared("config.yaml"), "--sink",
                                       "grpc:" + receiver_.address()});
    const auto done = testing::run(CIRCUIT_FEEDS, arguments);
    if (done.code != 0)
      throw std::runtime_error("the sync ended with code " + std::to_string(done.code) + ": " +
                               done.err.substr(0, 2000));
  }
  std::vector<Peer>& peers() { return peers_; }

 private:
  std::string prepared(const std::string& name) {
    std::filesystem::create_directories(folder_);
    return (folder_ / name).string();
  }

  std::filesystem::path folder_;
  Child simulator_, receiver_;
  std::vector<Peer> peers_;
  std::string data_;
  int syncs_ = 0;
};

} // namespace

std::vector<Case> sync_cases() {
  return {{"first_sync",
           [] {
             auto scene = std::make_shared<Scene>();
             return Comparison{"first_sync",
                               "documents",
                               0.5,
                               [scene] {
                                 scene->sync(true);
                                 return double(kFeeds) * kItems;
                               },
                               [scene] {
                                 fetch_all(scene->peers(), false);
                                 return double(kFeeds) * kItems;
                               },
                               5};
           }},
          {"nothing_new", [] {
             auto scene = std::make_shared<Scene>();
             scene->sync(true);
             fetch_all(scene->peers(), false);
             return Comparison{"nothing_new",
                               "feeds",
                               0.6,
                               [scene] {
                                 scene->sync(false);
                                 return double(kFeeds);
                               },
                               [scene] {
                                 fetch_all(scene->peers(), true);
                                 return double(kFeeds);
                               },
                               5};
           }}};
}

} // namespace circuit::bench
