// Refs, trees, blobs and comparisons.

#include <openssl/evp.h>

#include <set>

#include "tests/providers/github/shape_parts.h"
#include "tests/providers/github/shapes.h"

namespace circuit::providers::github {
namespace {

namespace json = boost::json;

json::object commit_json(const SimRepository& repository, const SimCommit& commit, const std::string& base) {
  const std::string url = repository_url(repository, base) + "/commits/" + commit.sha;
  const json::object person{
      {"name", "Octo Cat"}, {"email", "octocat@example.org"}, {"date", "2026-01-01T00:00:00Z"}};
  json::array parents;
  if (!commit.parent.empty()) {
    parents.push_back(json::object{{"sha", commit.parent},
                                   {"url", repository_url(repository, base) + "/commits/" + commit.parent},
                                   {"html_url", html(repository) + "/commit/" + commit.parent}});
  }
  json::object tree{{"sha", commit.tree},
                    {"url", repository_url(repository, base) + "/git/trees/" + commit.tree}};
  json::object inner{{"author", person},
                     {"committer", person},
                     {"message", "A change"},
                     {"tree", std::move(tree)},
                     {"url", repository_url(repository, base) + "/git/commits/" + commit.sha},
                     {"comment_count", 0}};
  return {{"url", url},
          {"sha", commit.sha},
          {"node_id", node_id(commit.sha)},
          {"html_url", html(repository) + "/commit/" + commit.sha},
          {"comments_url", url + "/comments"},
          {"commit", std::move(inner)},
          {"author", user_json("octocat", base)},
          {"committer", user_json("octocat", base)},
          {"parents", std::move(parents)}};
}

// As Git shows a line without an end, and a submodule.
std::string patch_of(const SimRepository& repository, const SimFile& file) {
  if (file.mode == "160000") return "@@ -0,0 +1 @@\n+Subproject commit " + file.sha;
  const std::string& bytes = repository.blobs.at(file.sha);
  std::string patch = "@@ -0,0 +1 @@\n+" + bytes.substr(0, std::min<size_t>(bytes.size(), 200));
  if (!bytes.empty() && bytes.back() == '\n') {
    patch.pop_back();
  } else {
    patch += "\n\\ No newline at end of file";
  }
  return patch;
}

json::object changed_json(const SimRepository& repository, const std::string& path, const SimFile& file,
                          const char* status, const std::string& base) {
  json::object out{{"sha", file.sha},
                   {"filename", path},
                   {"status", status},
                   {"additions", 1},
                   {"deletions", 0},
                   {"changes", 1},
                   {"blob_url", html(repository) + "/blob/" + file.sha},
                   {"raw_url", html(repository) + "/raw/" + file.sha},
                   {"contents_url", repository_url(repository, base) + "/contents/" + file.sha}};
  const bool text = file.mode == "160000" ||
                    repository.blobs.at(file.sha).find('\0') == std::string::npos; // binaries have no patch
  if (text) out["patch"] = patch_of(repository, file);
  return out;
}

void add_tree(const SimRepository& repository, const std::string& tree, const std::string& prefix,
              bool recursive, size_t most, const std::string& base, json::array& out, bool& truncated) {
  for (const SimEntry& entry : repository.trees.at(tree)) {
    if (out.size() >= most) {
      truncated = true;
      return;
    }
    const bool directory = entry.mode == "040000";
    const bool submodule = entry.mode == "160000";
    json::object item{{"path", prefix + entry.name},
                      {"mode", entry.mode},
                      {"type", directory   ? "tree"
                               : submodule ? "commit"
                                           : "blob"},
                      {"sha", entry.sha}};
    if (!directory && !submodule) item["size"] = repository.blobs.at(entry.sha).size();
    if (!submodule) {
      item["url"] =
          repository_url(repository, base) + (directory ? "/git/trees/" : "/git/blobs/") + entry.sha;
    }
    out.push_back(std::move(item));
    if (directory && recursive)
      add_tree(repository, entry.sha, prefix + entry.name + "/", recursive, most, base, out, truncated);
  }
}

} // namespace

json::object ref_json(const SimRepository& repository, const std::string& branch, const std::string& base) {
  const std::string& sha = repository.branches.at(branch);
  json::object target{
      {"type", "commit"}, {"sha", sha}, {"url", repository_url(repository, base) + "/git/commits/" + sha}};
  return {{"ref", "refs/heads/" + branch},
          {"node_id", node_id(sha)},
          {"url", repository_url(repository, base) + "/git/refs/heads/" + branch},
          {"object", std::move(target)}};
}

json::object tree_json(const SimRepository& repository, const std::string& tree, bool recursive,
                       size_t entries, const std::string& base) {
  json::array out;
  bool truncated = false;
  add_tree(repository, tree, "", recursive, entries, base, out, truncated);
  return {{"sha", tree},
          {"url", repository_url(repository, base) + "/git/trees/" + tree},
          {"tree", std::move(out)},
          {"truncated", truncated}};
}

json::object blob_json(const SimRepository& repository, const std::string& sha, const std::string& base) {
  const std::string& bytes = repository.blobs.at(sha);
  std::string encoded(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  encoded.resize(static_cast<size_t>(size));
  return {{"sha", sha},           {"node_id", node_id(sha)},
          {"size", bytes.size()}, {"url", repository_url(repository, base) + "/git/blobs/" + sha},
          {"content", encoded},   {"encoding", "base64"}};
}

json::object comparison_json(const SimRepository& repository, const SimCommit& base_commit,
                             const SimCommit& head, const std::string& base) {
  std::set<std::string> ancestors;
  for (std::string at = head.sha; !at.empty(); at = repository.commits.at(at).parent) ancestors.insert(at);
  std::string merge_base = base_commit.sha;
  int behind = 0;
  while (!merge_base.empty() && !ancestors.contains(merge_base)) {
    ++behind;
    merge_base = repository.commits.at(merge_base).parent;
  }
  json::array commits;
  for (std::string at = head.sha; at != merge_base && !at.empty(); at = repository.commits.at(at).parent)
    commits.insert(commits.begin(), commit_json(repository, repository.commits.at(at), base));
  const SimCommit& from = merge_base.empty() ? base_commit : repository.commits.at(merge_base);
  constexpr size_t kMost = 300;
  json::array files;
  for (const auto& [path, file] : head.files) {
    const auto before = from.files.find(path);
    if (before != from.files.end() && before->second.sha == file.sha && before->second.mode == file.mode)
      continue;
    // Git finds a rename by looking among what is gone.
    std::string previous;
    if (before == from.files.end()) {
      for (const auto& [old_path, old] : from.files) {
        if (old.sha == file.sha && !head.files.contains(old_path)) previous = old_path;
      }
    }
    const char* status = before == from.files.end() ? "added" : "modified";
    json::object entry = changed_json(repository, path, file, previous.empty() ? status : "renamed", base);
    if (!previous.empty()) {
      entry["previous_filename"] = previous;
      entry["changes"] = entry["additions"] = 0;
      entry.erase("patch");
    }
    if (files.size() < kMost) files.push_back(std::move(entry));
  }
  for (const auto& [path, file] : from.files) {
    if (head.files.contains(path) || files.size() >= kMost) continue;
    bool renamed = false;
    for (const auto& [new_path, new_file] : head.files)
      renamed = renamed || (new_file.sha == file.sha && !from.files.contains(new_path));
    if (!renamed) files.push_back(changed_json(repository, path, file, "removed", base));
  }
  const auto ahead = static_cast<int>(commits.size());
  const char* status = behind > 0 && ahead > 0 ? "diverged"
                       : behind > 0            ? "behind"
                       : ahead > 0             ? "ahead"
                                               : "identical";
  const std::string page = html(repository) + "/compare/" + base_commit.sha + "..." + head.sha;
  return {{"url", repository_url(repository, base) + "/compare/" + base_commit.sha + "..." + head.sha},
          {"html_url", page},
          {"permalink_url", page},
          {"diff_url", page + ".diff"},
          {"patch_url", page + ".patch"},
          {"base_commit", commit_json(repository, base_commit, base)},
          {"merge_base_commit", commit_json(repository, from, base)},
          {"status", status},
          {"ahead_by", ahead},
          {"behind_by", behind},
          {"total_commits", ahead},
          {"commits", std::move(commits)},
          {"files", std::move(files)}};
}

} // namespace circuit::providers::github
