#pragma once
// A worker in virtual time that reads a simulated GitHub.

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "feeds/github/provider.h"
#include "ingest/http/stack.h"
#include "tests/ingest/sync/worker_world.h"
#include "tests/providers/github/simulator.h"
#include "tests/providers/simulated_transport.h"

namespace circuit::feeds::github {

namespace sim = circuit::providers::github;

// Shows each exchange with a provider to whoever wants to see it.
class ObservedProvider final : public providers::SimulatedProvider {
 public:
  using Observer = std::function<void(const providers::SimRequest&, const providers::SimResponse&)>;
  explicit ObservedProvider(providers::SimulatedProvider& provider) : provider_(provider) {}
  void observe(Observer observer) { observer_ = std::move(observer); }
  providers::SimResponse respond(const providers::SimRequest& request, SystemTime now,
                                 std::optional<providers::ContentFault> fault) override {
    auto response = provider_.respond(request, now, fault);
    if (observer_) observer_(request, response);
    return response;
  }

 private:
  providers::SimulatedProvider& provider_;
  Observer observer_;
};

class GitHubWorld final : public sync::testing::WorkerWorld {
 public:
  GitHubWorld()
      : WorkerWorld(default_options()),
        simulator_(world_, {}),
        observed_(simulator_),
        provider_(description(), few()) {
    boot();
    v1::Connection connection;
    connection.set_name("connections/github");
    connection.set_provider("github");
    put_connection(connection);
    world_.add_repository("octocat", "hello-world");
  }
  ~GitHubWorld() override { shut_down(); }

  sim::World& world() { return world_; }
  sim::SimRepository& repository() { return world_.repository(0); }
  sim::GitHubSimulator& simulator() { return simulator_; }
  void observe(ObservedProvider::Observer observer) { observed_.observe(std::move(observer)); }
  SystemTime now() { return loop().clock().now(); }
  uint64_t requests() const { return requests_; }

  v1::Feed feed() {
    v1::Feed feed;
    feed.set_name("feeds/one");
    feed.set_provider("github");
    feed.set_connection("connections/github");
    feed.mutable_github()->add_repositories("octocat/hello-world");
    return feed;
  }
  v1::Sync sync() { return WorkerWorld::sync(feed()); }
  v1::Sync sync_of(const v1::Feed& feed) { return WorkerWorld::sync(feed); }

  void commit(const std::string& path, const std::string& bytes) { repository().commit({{path, {bytes}}}); }
  // Files "dir{i % 10}/file{i}.txt", in one commit.
  void commit_many(int count) {
    std::map<std::string, sim::SimRepository::Change> changes;
    for (int i = 0; i < count; ++i)
      changes["dir" + std::to_string(i % 10) + "/file" + std::to_string(i) + ".txt"] = {
          "file " + std::to_string(i) + "\n"};
    repository().commit(changes);
  }

  const v1::Document& by_id(const std::string& external_id) {
    for (const auto& [id, document] : receiver().documents) {
      if (id.second == external_id) return document;
    }
    throw std::out_of_range("not delivered: " + external_id);
  }
  const v1::Document& document(const std::string& path) {
    return by_id(std::to_string(repository().id) + "/files/main/" + path);
  }
  // Between the files at the receiver and those of the first repository; empty: none.
  std::string difference() {
    std::string out;
    size_t held = 0;
    const std::string prefix = std::to_string(repository().id) + "/files/main/";
    for (const auto& [path, file] : repository().files()) {
      const std::string id = prefix + path;
      bool found = false;
      for (const auto& [key, document] : receiver().documents) {
        if (key.second == id) found = document.metadata().at("github.blob_sha") == file.sha;
      }
      if (!found) out += "missing or old: " + id + "\n";
    }
    for (const auto& [key, document] : receiver().documents) held += key.second.starts_with(prefix) ? 1 : 0;
    if (held != repository().files().size()) out += "holds " + std::to_string(held) + "\n";
    return out;
  }

 protected:
  std::vector<const sync::Provider*> providers() override { return {&provider_}; }
  std::unique_ptr<http::HttpTransport> make_http(Random& random) override {
    auto wire = std::make_unique<providers::SimulatedTransport>(loop().clock(), 5, providers::LatencyRange{});
    wire->route("api.github.com", observed_);
    wire->observe([this](const providers::Exchange&) { ++requests_; });
    auto stack =
        std::make_unique<http::HttpStack>(std::move(wire), loop().clock(), random, http::StackOptions{});
    stack->auth().use(bearer_);
    return stack;
  }

 private:
  class TokenBearer final : public http::Authorizer {
   public:
    Task<Result<int64_t>> authorize(http::Request& request) override {
      request.headers.set("Authorization", "Bearer " + sim::SimulatorOptions{}.token);
      co_return int64_t{1};
    }
    Task<Result<bool>> refused(std::string, int64_t) override { co_return false; }
  };

  static v1::Provider description() {
    v1::Provider provider;
    provider.set_name("github");
    return provider;
  }
  static GitHubOptions few() {
    GitHubOptions options;
    options.page = 5;
    options.files_page = 10;
    return options;
  }

  TokenBearer bearer_;
  sim::World world_;
  sim::GitHubSimulator simulator_;
  ObservedProvider observed_;
  GitHubProvider provider_;
  uint64_t requests_ = 0;
};

} // namespace circuit::feeds::github
