#include "feeds/github/files.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <set>
#include <utility>

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

// One page of changes has no place to be remembered.
Task<void> nothing(std::string) { co_return; }

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
  unlisted_.reset();
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup readers(executor);
  FileDelivery files(place_, branch_, readers,
                     [this](std::string last) { return delivered(std::move(last)); });
  Result<void> outcome;
  co_await run_beside(readers, deliver_tree(files, head, &outcome));
  if (!outcome) co_return std::move(outcome).error();
  if (unlisted_) listing->incomplete(unlisted_->message + ".");
  bool swept = false;
  if (!unlisted_) swept = co_await listing->complete();
  listing.reset();
  state().clear_walk_head();
  state().clear_walk_after();
  state().clear_validators();
  // Otherwise it is listed again by the next sync, and what is missing is read.
  if (swept && !gap_) state().set_head(head);
  co_await place_.commit();
  if (gap_) co_return *gap_;
  if (unlisted_) co_return *unlisted_;
  co_return Result<void>();
}

Task<void> FileReader::deliver_tree(FileDelivery& files, std::string head, Result<void>* outcome) {
  std::string root;
  auto walked = co_await walk(files, std::move(head), std::move(root));
  Result<void> added;
  if (walked) added = co_await add_page(files);
  // What was listed before an error is delivered; an error on the way there came first.
  auto rest = co_await files.finish();
  gap_ = files.gap();
  *outcome = !rest ? std::move(rest) : !walked ? std::move(walked) : std::move(added);
}

bool FileReader::is_done(const std::string& path, bool directory) {
  const std::string& after = state().walk_after();
  if (after.empty()) return false;
  if (!directory) return path <= after;
  const std::string below = path + "/";
  return after > below && !after.starts_with(below);
}

Task<Result<void>> FileReader::walk(FileDelivery& files, std::string tree, std::string prefix) {
  bool recursive = true;
  auto listed = co_await place_.client.tree(place_.pull, place_.repository.full_name, tree, recursive);
  if (listed && listed->truncated) {
    recursive = false;
    listed = co_await place_.client.tree(place_.pull, place_.repository.full_name, tree, recursive);
  }
  if (!listed) co_return std::move(listed).error();
  if (listed->truncated && !unlisted_) {
    unlisted_ = make_error(ErrorClass::kInvalid, "GITHUB_DIRECTORY_TOO_LARGE",
                           "Directory \"" + prefix + "\" of " + place_.repository.full_name +
                               " has more entries than GitHub lists, and those beyond were not read",
                           "Exclude the directory, or split it.");
  }
  std::ranges::sort(listed->entries, in_git_order);
  for (TreeEntry& entry : listed->entries) {
    if (!prefix.empty()) entry.path = prefix + "/" + entry.path;
    const bool directory = entry.kind == EntryKind::kTree;
    if (is_done(entry.path, directory)) continue;
    Result<void> done;
    if (!directory) {
      done = co_await add(files, std::move(entry));
    } else if (!recursive && place_.globs.may_match_below(entry.path)) {
      done = co_await walk(files, std::move(entry.sha), std::move(entry.path));
    }
    if (!done) co_return std::move(done).error();
  }
  co_return Result<void>();
}

Task<Result<void>> FileReader::add(FileDelivery& files, TreeEntry entry) {
  if (!place_.globs.matches(entry.path)) co_return Result<void>();
  page_.push_back(std::move(entry));
  if (page_.size() < place_.options.files_page) co_return Result<void>();
  co_return co_await add_page(files);
}

Task<Result<void>> FileReader::add_page(FileDelivery& files) {
  if (page_.empty()) co_return Result<void>();
  std::string last = page_.back().path;
  std::vector<TreeEntry> page = std::exchange(page_, {});
  co_return co_await files.add(std::move(page), std::move(last));
}

Task<void> FileReader::delivered(std::string last) {
  state().set_walk_after(std::move(last));
  co_await place_.commit();
}

Task<Result<void>> FileReader::deliver_changed(std::vector<TreeEntry> entries) {
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup readers(executor);
  FileDelivery files(place_, branch_, readers, nothing);
  Result<void> outcome;
  co_await run_beside(readers, deliver_some(files, std::move(entries), &outcome));
  co_return outcome;
}

Task<void> FileReader::deliver_some(FileDelivery& files, std::vector<TreeEntry> entries,
                                    Result<void>* outcome) {
  std::string all;
  *outcome = co_await files.add(std::move(entries), std::move(all));
  if (*outcome) *outcome = co_await files.finish();
  gap_ = files.gap();
}

Task<Result<bool>> FileReader::read_changes(std::string base, std::string head) {
  auto changes = co_await place_.client.compare(place_.pull, place_.repository.full_name, base, head);
  if (!changes) {
    // The base was cleaned away after a force-push, or there is too much to compare, which may also be a 5xx
    // each time.
    const ErrorClass cls = changes.error().cls;
    const bool useless =
        cls == ErrorClass::kNotFound || cls == ErrorClass::kInvalid || cls == ErrorClass::kTransient;
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
      entries.push_back({file.path, file.sha, EntryKind::kFile, 0, file.shows_pointer});
    }
  }
  for (const TreeEntry& entry : entries) gone.erase(entry.path); // its name was taken over
  std::string all = scope();
  auto listing = co_await place_.pull.enumerate(std::move(all), sync::Listing::kAdditions);
  for (const std::string& path : gone) {
    auto id = file_id(place_.repository, branch_, path);
    co_await place_.pull.remove(std::move(id), "DELETED");
  }
  auto delivered = co_await deliver_changed(std::move(entries));
  listing.reset();
  if (!delivered) co_return std::move(delivered).error();
  if (gap_) co_return *gap_;
  state().set_head(head);
  co_return true;
}

} // namespace circuit::feeds::github
