#include "tests/ingest/sync/engine_world.h"

#include <utility>

namespace circuit::sync::testing {

std::map<std::string, std::string> Source::truth() const {
  std::map<std::string, std::string> out;
  for (const auto& [id, item] : items_) out[id] = item.text;
  return out;
}

void fill(Source& source, int count) {
  for (int i = 0; i < count; ++i) {
    std::string id = "item-";
    id += std::to_string(1000 + i);
    source.put(id, "text of " + id);
  }
}

class EngineWorld::ScriptedFeed final : public Feed {
 public:
  ScriptedFeed(Source& source, Clock& clock) : source_(source), clock_(clock) {}

  Task<void> pull(Pull& pull) override { return source_.instead ? source_.instead(pull) : list(pull); }

 private:
  Task<void> list(Pull& pull) {
    if (pull.started_at() < source_.throttled_until || clock_.now() < source_.throttled_until) {
      http::Request request;
      request.url = "https://source.test/";
      auto answer = co_await pull.fetch(std::move(request));
      if (!answer) throw Failure(std::move(answer).error());
    }
    std::unique_ptr<Enumeration> listing;
    std::string after = pull.cursor().rss().history_url();
    const Listing begins = after.empty() ? Listing::kFromStart : Listing::kGoesOn;
    if (source_.sweeps) listing = co_await pull.enumerate("all", begins);
    for (int page = 0;; ++page) {
      if (source_.before_page) source_.before_page(page);
      co_await clock_.sleep_for(source_.page_takes);
      if (source_.fail_after_pages == page) throw Failure(source_.failure);
      auto it = source_.items().upper_bound(after);
      std::vector<ItemStamp> stamps;
      for (; it != source_.items().end() && stamps.size() < source_.page_size; ++it) {
        stamps.push_back({it->first, std::to_string(it->second.revision)});
      }
      if (stamps.empty()) break;
      ++source_.pages_listed;
      co_await read_page(pull, stamps);
      after = stamps.back().external_id;
      circuit::feeds::state::v1::Cursor cursor;
      cursor.mutable_rss()->set_history_url(after);
      co_await pull.checkpoint(std::move(cursor));
    }
    if (!source_.ended.empty()) pull.source_ended(source_.ended);
    if (listing) co_await listing->complete();
    co_await pull.checkpoint({});
  }

  Task<void> read_page(Pull& pull, const std::vector<ItemStamp>& stamps) {
    const std::vector<bool> wanted = co_await pull.select_changed(stamps);
    for (size_t i = 0; i < stamps.size(); ++i) {
      if (!wanted[i]) continue;
      ++source_.bodies_fetched;
      const std::string& id = stamps[i].external_id;
      if (source_.bad_items.contains(id)) {
        auto error =
            make_error(ErrorClass::kInvalid, "ITEM_UNREADABLE", "The item cannot be read", "Mend it.");
        co_await pull.reject(id, std::move(error));
        continue;
      }
      const auto item = source_.items().find(id);
      if (item == source_.items().end()) continue; // deleted since it was listed
      v1::Document document;
      document.set_external_id(id);
      document.set_text(item->second.text);
      document.set_version(stamps[i].version);
      co_await pull.upsert(std::move(document));
    }
  }

  Source& source_;
  Clock& clock_;
};

// Asks who it is, and lists two shelves.
class EngineWorld::ScriptedAccount final : public Account {
 public:
  Task<Result<v1::ConnectionReport>> check(Api& api) override {
    http::Request request;
    request.url = "https://source.test/me";
    auto asking = api.fetch(std::move(request));
    const auto answer = co_await std::move(asking);
    if (!answer) co_return answer.error();
    v1::ConnectionReport report;
    report.set_works(answer->status == 200);
    if (report.works()) report.set_account(answer->body);
    if (!report.works()) {
      report.mutable_error()->set_error_class("AUTH");
      report.mutable_error()->set_reason("TOKEN_REFUSED");
      report.mutable_error()->set_message("The source does not know the token");
      report.mutable_error()->set_next_step("Make another one.");
    }
    co_return report;
  }
  Task<Result<v1::BrowseResponse>> browse(Api&, v1::BrowseRequest request) override {
    v1::BrowseResponse response;
    for (const char* shelf : {"fiction", "travel"}) response.add_items()->set_id(request.parent() + shelf);
    co_return response;
  }
};

class EngineWorld::ScriptedProvider final : public Provider {
 public:
  ScriptedProvider(Source& source, Clock& clock) : source_(source), clock_(clock) {
    description_.set_name("scripted");
  }
  const v1::Provider& description() const override { return description_; }
  Result<void> canonicalize(v1::Feed& feed) const override {
    if (feed.rss().url().empty()) {
      return make_error(ErrorClass::kInvalid, "URL_MISSING", "The selection has no URL", "Set rss.url.");
    }
    return {};
  }
  std::string identity(const v1::Feed& feed) const override { return feed.rss().url(); }
  std::string fairness_key(const v1::Feed& feed) const override { return feed.rss().url(); }
  std::unique_ptr<Feed> make_feed(const v1::Feed&) const override {
    return std::make_unique<ScriptedFeed>(source_, clock_);
  }
  bool needs_connection() const override { return source_.needs_connection; }
  std::unique_ptr<Account> make_account(const v1::Connection&) const override {
    return source_.needs_connection ? std::make_unique<ScriptedAccount>() : nullptr;
  }

 private:
  Source& source_;
  Clock& clock_;
  v1::Provider description_;
};

// The only request a scripted feed makes is one that is throttled until the source says otherwise.
class EngineWorld::NoHttp final : public http::HttpTransport {
 public:
  NoHttp(Source& source, Clock& clock) : source_(source), clock_(clock) {}
  Task<Result<http::Response>> send(http::SharedRequest) override {
    if (clock_.now() < source_.throttled_until) {
      auto error = make_error(ErrorClass::kThrottled, "PROVIDER_THROTTLED", "Too many requests", "Wait.");
      error.retry_at = source_.throttled_until;
      co_return error;
    }
    http::Response response;
    response.status = 200;
    co_return response;
  }

 private:
  Source& source_;
  Clock& clock_;
};

EngineWorld::EngineWorld(EngineOptions options)
    : WorkerWorld(std::move(options)),
      provider_(std::make_unique<ScriptedProvider>(source_, loop().clock())) {
  boot();
}

EngineWorld::~EngineWorld() { shut_down(); }

const Provider& EngineWorld::provider() const { return *provider_; }

std::vector<const Provider*> EngineWorld::providers() { return {provider_.get()}; }

std::unique_ptr<http::HttpTransport> EngineWorld::make_http(Random&) {
  return std::make_unique<NoHttp>(source_, loop().clock());
}

v1::Feed EngineWorld::inline_feed(const std::string& name) const {
  v1::Feed feed;
  feed.set_name(name);
  feed.set_provider("scripted");
  feed.mutable_rss()->set_url("https://source.test/" + name);
  return feed;
}

} // namespace circuit::sync::testing
