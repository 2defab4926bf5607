#pragma once
// What GitHub's answers say, as they say it. Plain values; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace circuit::feeds::github {

// REST: "List repository collaborators".
struct Reader {
  int64_t id = 0;
  std::string login;
  bool may_read = true;
};

// Who may read a repository, as far as it could be found out.
struct Access {
  enum class Kind { kUnknown, kPublic, kRestricted };
  Kind kind = Kind::kUnknown;
  std::vector<Reader> readers; // restricted: all of them, by id
  std::string why_unknown;     // for people
};

// REST: "Get a repository", and the lists of repositories.
struct Repository {
  int64_t id = 0;
  std::string full_name; // "owner/name"
  std::string owner;
  std::string default_branch;
  std::string visibility; // "public", "private", "internal"
  std::string html_url;
  bool archived = false;
  bool fork = false;
  bool has_issues = true;
  std::vector<std::string> topics;
  Access access; // not of this answer: access.h
};

// REST: "Get a tree". Modes as Git has them.
enum class EntryKind { kFile, kExecutable, kSymlink, kTree, kSubmodule };

struct TreeEntry {
  std::string path; // from the tree's own root
  std::string sha;
  EntryKind kind = EntryKind::kFile;
  uint64_t size_bytes = 0;
  bool shows_pointer = false; // of a comparison: what changed is a Git LFS pointer
};

struct Tree {
  std::vector<TreeEntry> entries;
  bool truncated = false; // more than 100,000 entries or 7 MB
};

// REST: "Compare two commits", files[].
struct ChangedFile {
  std::string path;
  std::string previous_path; // of a renamed one
  std::string sha;
  bool removed = false;
  bool renamed = false;
  // It may be a link, a submodule, or a file that was one: the comparison does not say what kind of entry it
  // is, and only the tree can tell.
  bool of_unknown_kind = false;
  bool shows_pointer = false; // its patch has the first line of a Git LFS pointer
};

struct Comparison {
  std::string status; // "ahead", "behind", "diverged", "identical"
  std::vector<ChangedFile> files;
};

struct User {
  std::string login;
  std::string html_url;
};

// REST: "List repository issues", which lists pull requests too.
struct Issue {
  int64_t number = 0;
  std::string title;
  std::string body;
  std::string state; // "open", "closed"
  std::string state_reason;
  std::string html_url;
  std::string created_at, updated_at, closed_at, merged_at; // RFC 3339
  User author;
  std::vector<std::string> labels;
  std::vector<std::string> assignees;
  std::string milestone;
  bool pull_request = false;
  bool draft = false;
  bool locked = false;
};

// Issue comments, review comments, and reviews.
struct Comment {
  int64_t id = 0;
  int64_t number = 0; // of the issue or pull request
  bool on_pull_request = false;
  std::string body;
  std::string html_url;
  std::string created_at, updated_at;
  User author;
  std::string path;      // review comments: the file
  std::string diff_hunk; // and the lines that it is about
  int64_t in_reply_to = 0;
  std::string state; // reviews: "APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"
};

struct Release {
  int64_t id = 0;
  std::string tag;
  std::string name;
  std::string body;
  std::string html_url;
  std::string created_at, published_at, updated_at;
  User author;
  bool draft = false;
  bool prerelease = false;
  struct Asset {
    std::string name, url, mime_type;
    int64_t size_bytes = 0;
  };
  std::vector<Asset> assets;
};

template <class Item>
struct Items {
  std::vector<Item> items;
  size_t malformed = 0;
};

// What a request can be made conditional with, and where that came from.
struct Validators {
  std::string etag;
  std::string url;
};

// An answer that may say that nothing changed since the validators that were sent.
template <class T>
struct Answer {
  bool not_modified = false;
  T value{};
  Validators validators;
  std::string next; // the next page as GitHub names it (Link, rel="next"); empty: the last one
};

} // namespace circuit::feeds::github
