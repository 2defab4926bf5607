#pragma once
// Repositories with their Git objects, issues and comments, which know the truth. Objects have the ids that
// Git gives them. One thread.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ingest/runtime/clock.h"

namespace circuit::providers::github {

struct SimEntry { // of a tree
  std::string name;
  std::string mode; // "100644", "040000", ...
  std::string sha;
};

struct SimFile {
  std::string sha;
  std::string mode = "100644";
};
using Snapshot = std::map<std::string, SimFile>; // by path

struct SimCommit {
  std::string sha;
  std::string parent;
  std::string tree;
  Snapshot files;
  bool collected = false; // gone, as after a force-push and Git's cleaning up
};

struct SimIssue {
  int64_t number = 0;
  std::string title, body, login = "octocat";
  SystemTime created, updated;
  bool pull_request = false;
  bool closed = false;
  bool deleted = false;
  bool malformed = false;
};

struct SimComment { // and reviews
  int64_t id = 0;
  int64_t number = 0;
  std::string body, path, state, login = "hubot";
  SystemTime created, updated;
  bool deleted = false;
};

struct SimCollaborator { // whatever gave them access: the repository, a team, the organization
  int64_t id = 0;
  std::string login;
  bool may_read = true;
};

struct SimRelease {
  int64_t id = 0;
  std::string tag, body;
  SystemTime created;
  bool deleted = false;
};

class SimRepository {
 public:
  SimRepository(int64_t number, std::string of, std::string called)
      : id(number), owner(std::move(of)), name(std::move(called)) {}

  std::string full_name() const { return owner + "/" + name; }
  // A commit on the branch with these changes; an empty mode removes the path.
  struct Change {
    std::string bytes;
    std::string mode = "100644";
  };
  std::string commit(const std::map<std::string, Change>& changes, const std::string& branch = "main");
  // As `git push --force`: the branch is rebuilt without its last commits, which may be cleaned away.
  void force_push(const std::map<std::string, Change>& changes, bool collect_old,
                  const std::string& branch = "main");
  const Snapshot& files(const std::string& branch = "main") const;

  int64_t id;
  std::string owner, name;
  std::vector<std::string> old_names; // full ones, which redirect
  std::string visibility = "public";
  std::string default_branch = "main";
  bool visible = true; // to the token
  bool archived = false, fork = false;
  bool has_issues = true;
  std::vector<std::string> topics;
  std::map<std::string, std::string> branches; // name to commit
  std::map<std::string, SimCommit> commits;
  std::map<std::string, std::vector<SimEntry>> trees;
  std::map<std::string, std::string> blobs;
  std::string unreadable_blob; // an id that is answered 404
  std::vector<SimIssue> issues;
  std::vector<SimComment> comments, review_comments, reviews;
  std::vector<SimRelease> releases;
  std::vector<SimCollaborator> collaborators;
  bool token_may_push = true; // whose user sees the collaborators then

 private:
  std::string write_tree(const Snapshot& files, const std::string& prefix);
  uint64_t made_ = 0;
};

class World {
 public:
  SimRepository& add_repository(const std::string& owner, const std::string& name);
  SimRepository& repository(size_t index) { return *repositories_.at(index); }
  const std::vector<std::unique_ptr<SimRepository>>& repositories() const { return repositories_; }
  int64_t next_id() { return ++last_id_; }
  size_t add_issue(SimRepository& repository, SystemTime now, std::string body, bool pull_request = false);
  size_t add_comment(SimRepository& repository, int64_t number, SystemTime now, std::string body);
  // Organizations; all other owners are people.
  std::vector<std::string> organizations;

 private:
  std::vector<std::unique_ptr<SimRepository>> repositories_;
  int64_t last_id_ = 1000;
};

// Git's id of an object: SHA-1 of "{kind} {size}", a NUL, and the bytes.
std::string object_id(const std::string& kind, const std::string& bytes);

} // namespace circuit::providers::github
