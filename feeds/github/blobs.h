#pragma once
// Delivers files: those that are not delivered at their version are fetched by the id of their blob, some of
// them side by side and ahead of their delivery, and delivered in turn. What cannot be read for good is set
// aside as a dead letter. So is one that cannot be read now, and gap() says that it is to be read again;
// more than three of them in a row are not the files' trouble: the error is returned, and what came before it
// is delivered.
//
// A body is believed when it has the id that it was asked for by: TRANSIENT GITHUB_BLOB_DAMAGED otherwise.

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "feeds/github/place.h"
#include "ingest/sync/read_ahead.h"
#include "ingest/sync/troubles.h"

namespace circuit::feeds::github {

struct File {
  TreeEntry entry;
  v1::Document document{};
  std::optional<Error> error{};
};

// Inside of one enumeration. On the loop of the place's Pull.
class FileDelivery {
 public:
  // Called when all files of a page, and of those before it, are delivered. Not behind a gap.
  using Delivered = std::function<Task<void>(std::string page)>;

  // `place` outlives it; `readers` have ended before it goes, and stop when no more is to be delivered.
  FileDelivery(Place& place, std::string branch, TaskGroup& readers, Delivered delivered);

  // Entries that the selection's globs let through. Returns when only those are left that are read ahead.
  Task<Result<void>> add(std::vector<TreeEntry> entries, std::string page);
  // Delivers what is left; nothing, once an error was returned: a page is delivered when all before it is.
  Task<Result<void>> finish();
  // What the first file failed with that is to be read again.
  const std::optional<Error>& gap() const { return gap_; }

 private:
  // In the order of delivery: files, each with or without a body to come, and the ends of pages.
  struct Step {
    enum class Kind { kComplete, kReadAhead, kOriginal, kPageEnd };
    Kind kind;
    File file{};
    std::string page{};
  };

  Task<Result<void>> deliver_down_to(size_t bodies);
  Task<Result<void>> take(Step step);
  Task<Result<void>> deliver(File file);

  Place& place_;
  const std::string branch_;
  const size_t low_; // with no more bodies to come than these, it is time to add files
  sync::ReadAhead<File> bodies_;
  Delivered delivered_;
  std::deque<Step> steps_;
  sync::PassingErrors passing_;
  std::optional<Error> gap_;
  bool failed_ = false;
};

} // namespace circuit::feeds::github
