#include "tests/providers/github/world.h"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

namespace circuit::providers::github {
namespace {

std::string bytes_of(const std::string& hex) {
  std::string out;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return out;
}

} // namespace

std::string object_id(const std::string& kind, const std::string& bytes) {
  std::string all = kind + " " + std::to_string(bytes.size());
  all += '\0';
  all += bytes;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(all.data(), all.size(), digest, &size, EVP_sha1(), nullptr) != 1)
    throw std::runtime_error("no SHA-1");
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += kHex[digest[i] >> 4];
    out += kHex[digest[i] & 15];
  }
  return out;
}

std::string SimRepository::write_tree(const Snapshot& files, const std::string& prefix) {
  std::vector<SimEntry> entries;
  for (auto at = files.lower_bound(prefix); at != files.end() && at->first.starts_with(prefix);) {
    const std::string rest = at->first.substr(prefix.size());
    const size_t slash = rest.find('/');
    if (slash == std::string::npos) {
      entries.push_back({rest, at->second.mode, at->second.sha});
      ++at;
      continue;
    }
    const std::string directory = rest.substr(0, slash);
    entries.push_back({directory, "040000", write_tree(files, prefix + directory + "/")});
    while (at != files.end() && at->first.starts_with(prefix + directory + "/")) ++at;
  }
  std::ranges::sort(entries, [](const SimEntry& a, const SimEntry& b) {
    const auto key = [](const SimEntry& e) { return e.mode == "040000" ? e.name + "/" : e.name; };
    return key(a) < key(b);
  });
  std::string bytes;
  for (const auto& entry : entries) {
    bytes += (entry.mode == "040000" ? "40000" : entry.mode) + " " + entry.name;
    bytes += '\0';
    bytes += bytes_of(entry.sha);
  }
  const std::string sha = object_id("tree", bytes);
  trees[sha] = std::move(entries);
  return sha;
}

std::string SimRepository::commit(const std::map<std::string, Change>& changes, const std::string& branch) {
  SimCommit commit;
  if (branches.contains(branch)) {
    commit.parent = branches[branch];
    commit.files = commits.at(commit.parent).files;
  }
  for (const auto& [path, change] : changes) {
    if (change.mode.empty()) {
      commit.files.erase(path);
      continue;
    }
    // A submodule's entry is the id of a commit elsewhere.
    std::string sha = object_id(change.mode == "160000" ? "commit" : "blob", change.bytes);
    if (change.mode != "160000") blobs[sha] = change.bytes;
    commit.files[path] = {std::move(sha), change.mode};
  }
  commit.tree = write_tree(commit.files, "");
  commit.sha = object_id("commit", "tree " + commit.tree + "\nparent " + commit.parent + "\n" +
                                       std::to_string(id) + "." + std::to_string(++made_));
  std::string sha = commit.sha;
  branches[branch] = sha;
  commits[sha] = std::move(commit);
  return sha;
}

void SimRepository::force_push(const std::map<std::string, Change>& changes, bool collect_old,
                               const std::string& branch) {
  const std::string old = branches.at(branch);
  const std::string parent = commits.at(old).parent;
  if (parent.empty()) {
    branches.erase(branch);
  } else {
    branches[branch] = parent;
  }
  commit(changes, branch);
  commits.at(old).collected = collect_old;
}

const Snapshot& SimRepository::files(const std::string& branch) const {
  static const Snapshot kNone;
  const auto head = branches.find(branch);
  return head == branches.end() ? kNone : commits.at(head->second).files;
}

SimRepository& World::add_repository(const std::string& owner, const std::string& name) {
  repositories_.push_back(std::make_unique<SimRepository>(next_id(), owner, name));
  return *repositories_.back();
}

size_t World::add_issue(SimRepository& repository, SystemTime now, std::string body, bool pull_request) {
  SimIssue issue;
  issue.number = static_cast<int64_t>(repository.issues.size()) + 1;
  issue.title = "Issue " + std::to_string(issue.number);
  issue.body = std::move(body);
  issue.created = issue.updated = now;
  issue.pull_request = pull_request;
  repository.issues.push_back(std::move(issue));
  return repository.issues.size() - 1;
}

size_t World::add_comment(SimRepository& repository, int64_t number, SystemTime now, std::string body) {
  SimComment comment;
  comment.id = next_id();
  comment.number = number;
  comment.body = std::move(body);
  comment.created = comment.updated = now;
  repository.comments.push_back(std::move(comment));
  return repository.comments.size() - 1;
}

} // namespace circuit::providers::github
