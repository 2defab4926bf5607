#pragma once
// A worker in virtual time that reads a simulated GitHub.

#include <map>
#include <stdexcept>
#include <string>

#include "feeds/github/provider.h"
#include "tests/feeds/account_world.h"
#include "tests/providers/github/simulator.h"

namespace circuit::feeds::github {

namespace sim = circuit::providers::github;

class GitHubWorld final : public AccountWorld {
 public:
  GitHubWorld()
      : AccountWorld("api.github.com", simulator_, bearer_),
        simulator_(world_, {}),
        provider_(description("github"), few()) {
    boot();
    put_connection(connection("connections/github", "github"));
    world_.add_repository("octocat", "hello-world");
  }
  ~GitHubWorld() override { shut_down(); }

  sim::World& world() { return world_; }
  sim::SimRepository& repository() { return world_.repository(0); }
  sim::GitHubSimulator& simulator() { return simulator_; }

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

 private:
  static GitHubOptions few() {
    GitHubOptions options;
    options.page = 5;
    options.files_page = 10;
    options.bodies_ahead = 8;
    return options;
  }

  TokenBearer bearer_{sim::SimulatorOptions{}.token};
  sim::World world_;
  sim::GitHubSimulator simulator_;
  GitHubProvider provider_;
};

} // namespace circuit::feeds::github
