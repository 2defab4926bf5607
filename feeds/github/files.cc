#include "feeds/github/files.h"

#include <algorithm>
#include <set>
#include <utility>

#include "feeds/github/blobs.h"
#include "feeds/github/normalize.h"

namespace circuit::feeds::github {
namespace {

constexpr size_t kComparisonAtMost = 300;

// As Git orders a tree: a directory as if its name ended in a slash.
bool in_git_order(const TreeEntry& a, const TreeEntry& b) {
  const auto key = [](const TreeEntry& entry) {
    return entry.kind == EntryKind::kTree ? entry.path + '/' : entry.path;
  };
  return key(a) < key(b);
}

} // namespace

Task<Result<void>> FileReader::read() {
  const bool again = place_.pull.reread_all();
  if (again) {
    state().clear_walk_head();
    state().clear_walk_after();
  }
  place_.pull.progress("reading branch " + branch_ + " of " + place_.repository.full_name);
  Validators known;
  if (!again && state().walk_head().empty() && !state().head().empty())
    known = from_state(state().validators());
  auto head =
      co_await place_.client.head(place_.pull, place_.repository.full_name, branch_, std::move(known));
  if (!head && head.error().cls == ErrorClass::kConflict) { // no commits, or no more
    std::string all = "files:" + branch_;
    const bool swept = co_await place_.forget(std::move(all));
    if (swept) state() = {};
    co_await place_.commit();
    co_return Result<void>();
  }
  if (!head) co_return std::move(head).error();
  if (head->not_modified) co_return Result<void>();

  if (!state().walk_head().empty()) {
    auto listed = co_await list(state().walk_head());
    // The commit may be gone since, after a force-push.
    const bool gone = !listed && listed.error().cls == ErrorClass::kNotFound;
    if (!listed && !gone) co_return std::move(listed).error();
    if (gone) {
      state().clear_walk_head();
      state().clear_walk_after();
      state().clear_head();
    }
  }
  bool compared = false;
  const std::string base = state().head();
  if (base == head->value && !again) compared = true;
  if (!compared && !again && !base.empty()) {
    auto changes = co_await read_changes(base, head->value);
    if (!changes) co_return std::move(changes).error();
    compared = *changes;
  }
  if (!compared) {
    auto listed = co_await list(head->value);
    if (!listed) co_return std::move(listed).error();
  }
  // A listing whose removals are held is not done: it is made again.
  if (state().head() == head->value) *state().mutable_validators() = to_state(head->validators);
  co_await place_.commit();
  co_return Result<void>();
}

Task<Result<void>> FileReader::list(std::string head) {
  const bool goes_on = state().walk_head() == head;
  if (!goes_on) {
    state().set_walk_head(head);
    state().clear_walk_after();
  }
  std::string all = scope();
  const sync::Listing how = goes_on ? sync::Listing::kGoesOn : sync::Listing::kFromStart;
  auto listing = co_await place_.pull.enumerate(std::move(all), how);
  page_.clear();
  std::string root;
  auto walked = co_await walk(head, std::move(root));
  if (!walked) co_return std::move(walked).error();
  auto delivered = co_await deliver_page();
  if (!delivered) co_return std::move(delivered).error();
  const bool swept = co_await listing->complete();
  listing.reset();
  state().clear_walk_head();
  state().clear_walk_after();
  state().clear_validators();
  if (swept) state().set_head(head);
  co_await place_.commit();
  co_return Result<void>();
}

bool FileReader::is_done(const std::string& path, bool directory) {
  const std::string& after = state().walk_after();
  if (after.empty()) return false;
  if (!directory) return path <= after;
  const std::string below = path + "/";
  return after > below && !after.starts_with(below);
}

Task<Result<void>> FileReader::walk(std::string tree, std::string prefix) {
  bool recursive = true;
  auto listed = co_await place_.client.tree(place_.pull, place_.repository.full_name, tree, recursive);
  if (listed && listed->truncated) {
    recursive = false;
    listed = co_await place_.client.tree(place_.pull, place_.repository.full_name, tree, recursive);
  }
  if (!listed) co_return std::move(listed).error();
  if (listed->truncated) {
    co_return make_error(ErrorClass::kInvalid, "GITHUB_DIRECTORY_TOO_LARGE",
                         "Directory \"" + prefix + "\" of " + place_.repository.full_name +
                             " has more entries than GitHub lists",
                         "Exclude the directory, or split it.");
  }
  std::ranges::sort(listed->entries, in_git_order);
  for (TreeEntry& entry : listed->entries) {
    if (!prefix.empty()) entry.path = prefix + "/" + entry.path;
    const bool directory = entry.kind == EntryKind::kTree;
    if (is_done(entry.path, directory)) continue;
    Result<void> done;
    if (!directory) {
      done = co_await add(std::move(entry));
    } else if (!recursive && place_.globs.may_match_below(entry.path)) {
      done = co_await walk(std::move(entry.sha), std::move(entry.path));
    }
    if (!done) co_return std::move(done).error();
  }
  co_return Result<void>();
}

Task<Result<void>> FileReader::add(TreeEntry entry) {
  if (!place_.globs.matches(entry.path)) co_return Result<void>();
  page_.push_back(std::move(entry));
  if (page_.size() < place_.options.files_page) co_return Result<void>();
  co_return co_await deliver_page();
}

Task<Result<void>> FileReader::deliver_page() {
  if (page_.empty()) co_return Result<void>();
  const std::string last = page_.back().path;
  std::vector<TreeEntry> page = std::exchange(page_, {});
  auto delivered = co_await deliver_files(place_, branch_, std::move(page));
  if (!delivered) co_return std::move(delivered).error();
  state().set_walk_after(last);
  co_await place_.commit();
  co_return Result<void>();
}

Task<Result<bool>> FileReader::read_changes(std::string base, std::string head) {
  auto changes = co_await place_.client.compare(place_.pull, place_.repository.full_name, base, head);
  if (!changes) {
    // The base was cleaned away after a force-push, or there is too much to compare.
    const bool useless =
        changes.error().cls == ErrorClass::kNotFound || changes.error().cls == ErrorClass::kInvalid;
    if (useless) co_return false;
    co_return std::move(changes).error();
  }
  const bool forward = changes->status == "ahead" || changes->status == "identical";
  if (!forward || changes->files.size() >= kComparisonAtMost) co_return false;
  std::set<std::string> gone;
  std::vector<TreeEntry> entries;
  for (const ChangedFile& file : changes->files) {
    if (file.renamed && place_.globs.matches(file.previous_path)) gone.insert(file.previous_path);
    if (!place_.globs.matches(file.path)) continue;
    if (file.of_unknown_kind) co_return false;
    if (file.removed) {
      gone.insert(file.path);
    } else {
      entries.push_back({file.path, file.sha, EntryKind::kFile, 0});
    }
  }
  for (const TreeEntry& entry : entries) gone.erase(entry.path); // its name was taken over
  std::string all = scope();
  auto listing = co_await place_.pull.enumerate(std::move(all), sync::Listing::kAdditions);
  for (const std::string& path : gone) {
    auto id = file_id(place_.repository, branch_, path);
    co_await place_.pull.remove(std::move(id), "DELETED");
  }
  auto delivered = co_await deliver_files(place_, branch_, std::move(entries));
  listing.reset();
  if (!delivered) co_return std::move(delivered).error();
  state().set_head(head);
  co_return true;
}

} // namespace circuit::feeds::github
