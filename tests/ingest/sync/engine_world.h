#pragma once
// A worker over a source whose truth the test knows and whose faults it chooses. Tests read as sentences:
// source().put("a", "text"); sync(); EXPECT_EQ(delivered(), ...).

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "tests/ingest/sync/worker_world.h"

namespace circuit::sync::testing {

// What a provider holds, listed a page at a time.
class Source {
 public:
  void put(const std::string& id, const std::string& text) { items_[id] = {text, ++revision_}; }
  void erase(const std::string& id) { items_.erase(id); }
  std::map<std::string, std::string> truth() const;

  size_t page_size = 3;
  // The listing breaks off with this error when that many pages were given; -1: never.
  int fail_after_pages = -1;
  Error failure = make_error(ErrorClass::kTransient, "LISTING_FAILED", "The listing broke off", "Wait.");
  std::set<std::string> bad_items; // cannot be read
  std::function<void(int page)> before_page;
  // What a pull does instead of listing, where a test is about something else.
  std::function<Task<void>(Pull&)> instead;
  Duration page_takes{0};
  bool sweeps = true;
  std::string ended;
  SystemTime throttled_until{};
  bool needs_connection = false;

  struct Item {
    std::string text;
    int revision;
  };
  const std::map<std::string, Item>& items() const { return items_; }
  int pages_listed = 0, bodies_fetched = 0;

 private:
  std::map<std::string, Item> items_;
  int revision_ = 0;
};

// So many items.
void fill(Source& source, int count);

class EngineWorld final : public WorkerWorld {
 public:
  explicit EngineWorld(EngineOptions options = default_options());
  ~EngineWorld() override;

  Source& source() { return source_; }
  const Provider& provider() const;
  v1::Feed inline_feed(const std::string& name) const;

  v1::Sync sync(v1::SyncMode mode = v1::INCREMENTAL, const std::string& name = "feeds/one") {
    return WorkerWorld::sync(inline_feed(name), mode);
  }
  Result<v1::Sync> start(v1::SyncMode mode = v1::INCREMENTAL, const std::string& name = "feeds/one",
                         const std::string& request_id = "") {
    return WorkerWorld::start(inline_feed(name), mode, request_id);
  }
  v1::Feed feed() { return get_feed("feeds/one"); }
  std::map<std::string, std::string> delivered() { return receiver().texts(); }

 protected:
  std::vector<const Provider*> providers() override;
  std::unique_ptr<http::HttpTransport> make_http(Random& random) override;

 private:
  class ScriptedProvider;
  class ScriptedFeed;
  class ScriptedAccount;
  class NoHttp;

  Source source_;
  std::unique_ptr<ScriptedProvider> provider_;
};

} // namespace circuit::sync::testing
