#pragma once
// A worker in virtual time that reads web feeds of a site that a test writes page by page.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "feeds/rss/provider.h"
#include "ingest/http/stack.h"
#include "tests/ingest/sync/worker_world.h"
#include "tests/providers/simulated_transport.h"

namespace circuit::feeds::rss::test {

// Answers by host and target; everything else is 404. A page that redirects has its target for a body.
class Site final : public providers::SimulatedProvider {
 public:
  void put(const std::string& url, std::string body) { put(url, 200, std::move(body)); }
  void put(const std::string& url, int status, std::string body, providers::Fields fields = {}) {
    pages_[url] = {status, std::move(body), std::move(fields), providers::Delivery::Break::kNone};
  }
  void redirect(const std::string& url, int status, const std::string& target) {
    put(url, status, "", {{"Location", target}});
  }
  void refuse(const std::string& url) { pages_[url] = {0, "", {}, providers::Delivery::Break::kRefused}; }

  providers::SimResponse respond(const providers::SimRequest& request, SystemTime /*now*/,
                                 std::optional<providers::ContentFault> /*fault*/) override {
    const std::string url = "http://" + request.host + request.target;
    asked.push_back(url);
    const auto page = pages_.find(url);
    if (page == pages_.end()) return providers::text_response(404, "text/plain", "nothing here");
    auto response = providers::text_response(page->second.status, "text/xml", page->second.body);
    for (const auto& [name, value] : page->second.fields) {
      providers::set_field(response.fields, name, value);
    }
    response.delivery.broken = page->second.broken;
    return response;
  }

  std::vector<std::string> asked; // every request, in order

 private:
  struct Page {
    int status = 200;
    std::string body;
    providers::Fields fields;
    providers::Delivery::Break broken = providers::Delivery::Break::kNone;
  };
  std::map<std::string, Page> pages_;
};

class RssWorld final : public sync::testing::WorkerWorld {
 public:
  RssWorld() : WorkerWorld(default_options()), provider_(description(), {}) { boot(); }
  ~RssWorld() override { shut_down(); }

  Site& site() { return site_; }
  v1::Feed feed(const std::string& url, bool with_history = false) {
    v1::Feed feed;
    feed.set_name("feeds/one");
    feed.set_provider("rss");
    feed.mutable_rss()->set_url(url);
    feed.mutable_rss()->set_with_history(with_history);
    return feed;
  }
  v1::Sync sync(const std::string& url, v1::SyncMode mode = v1::INCREMENTAL) {
    return WorkerWorld::sync(feed(url), mode);
  }
  v1::Sync sync_with_history(const std::string& url) { return WorkerWorld::sync(feed(url, true)); }
  // External ids that the receiver holds.
  std::vector<std::string> held() {
    std::vector<std::string> ids;
    for (const auto& [id, text] : receiver().texts()) ids.push_back(id);
    return ids;
  }

 protected:
  std::vector<const sync::Provider*> providers() override { return {&provider_}; }
  std::unique_ptr<http::HttpTransport> make_http(Random& random) override {
    auto wire = std::make_unique<providers::SimulatedTransport>(loop().clock(), 5, providers::LatencyRange{});
    wire->route("*.example", site_);
    return std::make_unique<http::HttpStack>(std::move(wire), loop().clock(), random, http::StackOptions{});
  }

 private:
  static v1::Provider description() {
    v1::Provider provider;
    provider.set_name("rss");
    return provider;
  }

  Site site_;
  RssProvider provider_;
};

} // namespace circuit::feeds::rss::test
