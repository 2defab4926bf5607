// A GitHub repository before the acceptance suite: its files, its issues, and all that is read by default.

#include "feeds/github/provider.h"
#include "tests/acceptance/subject.h"
#include "tests/providers/github/simulator.h"

namespace circuit::acceptance {
namespace {

namespace sim = circuit::providers::github;
namespace github = circuit::feeds::github;

class GitHubSubject final : public Subject {
 public:
  enum class Kind { kFiles, kIssues, kAll };

  explicit GitHubSubject(Kind kind)
      : kind_(kind), simulator_(world_, {}), provider_(description(), options()) {
    auto& repository = world_.add_repository("octocat", "hello-world");
    repository.commit({{"README.md", {"# Hello, zero\n"}}});
    constexpr int kItems = 10;
    const SystemTime start{std::chrono::hours(24 * 365 * 50)};
    for (int i = 0; i < kItems; ++i) add_item(start + std::chrono::hours(2 * i));
    if (kind == Kind::kAll) world_.add_comment(repository, 1, start, "a comment");
  }

  const sync::Provider& provider() const override { return provider_; }
  v1::Feed feed() const override {
    v1::Feed feed;
    feed.set_provider("github");
    feed.set_connection(connection().name());
    feed.mutable_github()->add_repositories("octocat/hello-world");
    if (kind_ == Kind::kFiles) feed.mutable_github()->add_kinds("files");
    if (kind_ == Kind::kIssues) feed.mutable_github()->add_kinds("issues");
    return feed;
  }
  std::string host() const override { return "api.github.com"; }
  providers::SimulatedProvider& model() override { return simulator_; }
  v1::Connection connection() const override {
    v1::Connection connection;
    connection.set_name("connections/github");
    connection.set_provider("github");
    connection.set_method("token");
    return connection;
  }
  std::string token() const override { return sim::SimulatorOptions{}.token; }
  // The repository and its branch; its issues; both kinds of comments.
  uint64_t quiet_requests() const override { return kind_ == Kind::kAll ? 5 : 2; }

  bool can(Ability ability) const override {
    switch (ability) {
      case Ability::kEdit:
      case Ability::kLosePermission:
      case Ability::kRejectOneItem:
        return true;
      case Ability::kDelete: // nothing tells of an issue that was deleted
        return kind_ != Kind::kIssues;
      case Ability::kResumeListing: // each file is a request of its own
        return kind_ == Kind::kIssues;
      case Ability::kEnd:
        return false;
    }
    return false;
  }

  size_t add_item(SystemTime now) override { return add(now, 0); }
  void add_huge_item(SystemTime now, size_t bytes) override { add(now, bytes); }
  void add_bad_item(SystemTime now) override {
    const Item& item = items_[add(now, 0)];
    if (item.issue) {
      repository().issues[*item.issue].malformed = true;
    } else {
      repository().unreadable_blob = repository().files().at(item.path).sha;
    }
  }
  void edit_item(size_t item, SystemTime now) override {
    ++items_.at(item).version;
    write(items_.at(item), item, now, 0);
  }
  void delete_item(size_t item, SystemTime) override {
    if (!items_.at(item).issue) repository().commit({{items_.at(item).path, {"", ""}}});
    items_.at(item).deleted = true;
  }
  void lose_permission(bool lost, SystemTime) override { repository().visible = !lost; }
  void end_source(SystemTime) override {}

  std::map<std::string, Expected> must_hold() const override {
    std::map<std::string, Expected> out;
    const std::string prefix = std::to_string(repository().id) + "/";
    for (size_t i = 0; i < items_.size(); ++i) {
      const Item& item = items_[i];
      if (item.deleted) continue;
      if (item.issue) {
        const sim::SimIssue& issue = repository().issues[*item.issue];
        const char* where = issue.pull_request ? "pull/" : "issues/";
        if (!issue.malformed) out[prefix + where + std::to_string(issue.number)] = {marker(item, i)};
      } else if (repository().files().at(item.path).sha != repository().unreadable_blob) {
        out[prefix + "files/main/" + item.path] = {marker(item, i)};
      }
    }
    return out;
  }
  bool may_hold(const std::string& external_id) const override {
    return must_hold().contains(external_id) || external_id.ends_with("/README.md") ||
           external_id.find("/comments/") != std::string::npos;
  }

 private:
  struct Item {
    std::string path;
    std::optional<size_t> issue;
    int version = 1;
    bool deleted = false;
  };

  static v1::Provider description() {
    v1::Provider provider;
    provider.set_name("github");
    return provider;
  }
  static github::GitHubOptions options() {
    github::GitHubOptions options;
    options.page = 3;
    options.files_page = 4;
    options.max_text_bytes = 1 << 20;
    return options;
  }
  sim::SimRepository& repository() const { return *world_.repositories()[0]; }
  static std::string marker(const Item& item, size_t index) {
    return "marker" + std::to_string(index) + "v" + std::to_string(item.version) + "x";
  }

  size_t add(SystemTime now, size_t bytes) {
    const size_t index = items_.size();
    Item item;
    const bool file = kind_ == Kind::kFiles || (kind_ == Kind::kAll && index % 3 == 0);
    if (file) {
      item.path = (index % 2 == 0 ? "docs/item" : "item") + std::to_string(index) + ".txt";
    } else {
      item.issue = world_.add_issue(repository(), now, "", kind_ == Kind::kAll && index % 3 == 1);
    }
    items_.push_back(std::move(item));
    write(items_.back(), index, now, bytes);
    return index;
  }
  void write(const Item& item, size_t index, SystemTime now, size_t bytes) {
    std::string text = marker(item, index) + "\n";
    while (text.size() < bytes) text += "A line of a long file.\n";
    if (item.issue) {
      repository().issues[*item.issue].body = text;
      repository().issues[*item.issue].updated = now;
    } else {
      repository().commit({{item.path, {text}}});
    }
  }

  Kind kind_;
  sim::World world_;
  sim::GitHubSimulator simulator_;
  github::GitHubProvider provider_;
  std::vector<Item> items_;
};

SubjectCase subject(std::string name, GitHubSubject::Kind kind) {
  return {std::move(name), [kind](uint64_t) { return std::make_unique<GitHubSubject>(kind); }};
}

} // namespace

std::vector<SubjectCase> github_subjects() {
  return {subject("GitHubFiles", GitHubSubject::Kind::kFiles),
          subject("GitHubIssues", GitHubSubject::Kind::kIssues),
          subject("GitHubRepository", GitHubSubject::Kind::kAll)};
}

} // namespace circuit::acceptance
