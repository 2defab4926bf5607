#pragma once
// Reads the files of one branch.
//
// First the whole tree of its head is listed. The tree of a commit never changes, so a listing that was
// interrupted goes on after its last path. Git orders a tree by the bytes of whole paths. Where GitHub cuts a
// recursive tree off, the tree is walked directory by directory.
//
// Later the head is asked for; another one is compared with the last. A comparison names at most 300 files,
// is of no use after a force-push, and does not say of what kind an entry is: then the tree is listed again,
// and what did not change in it is known by its blob.
//
// Bodies are read ahead over the ends of the pages between two checkpoints; the cursor stands behind the last
// page of which all is delivered.

#include <optional>
#include <string>
#include <vector>

#include "feeds/github/blobs.h"
#include "feeds/github/place.h"

namespace circuit::feeds::github {

class FileReader {
 public:
  // `place` outlives it; its repository is the one.
  FileReader(Place& place, std::string branch) : place_(place), branch_(std::move(branch)) {}

  // Errors are the client's and those of FileDelivery; with a file or part of a directory missing, what it
  // failed with, and all others are delivered. CONFLICT GITHUB_REPOSITORY_EMPTY is none: it has no files.
  Task<Result<void>> read();

 private:
  Task<Result<void>> list(std::string head);
  Task<void> deliver_tree(FileDelivery& files, std::string head, Result<void>* outcome);
  Task<Result<void>> walk(FileDelivery& files, std::string tree, std::string prefix);
  Task<Result<void>> add(FileDelivery& files, TreeEntry entry);
  Task<Result<void>> add_page(FileDelivery& files);
  Task<void> delivered(std::string last);
  Task<Result<void>> deliver_changed(std::vector<TreeEntry> entries);
  Task<void> deliver_some(FileDelivery& files, std::vector<TreeEntry> entries, Result<void>* outcome);
  // False: the comparison does not say enough.
  Task<Result<bool>> read_changes(std::string base, std::string head);
  std::string scope() const { return place_.scope("files:" + branch_); }
  st::GitHubFiles& state() { return (*place_.at.mutable_files())[branch_]; }
  bool is_done(const std::string& path, bool directory);

  Place& place_;
  std::string branch_;
  std::vector<TreeEntry> page_;
  std::optional<Error> gap_;      // in what was last listed or compared
  std::optional<Error> unlisted_; // the first directory of the listing that GitHub did not list whole
};

} // namespace circuit::feeds::github
