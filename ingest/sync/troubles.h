#pragma once
// What went wrong with single objects (files, blobs) and single parts of a selection (repositories, forms),
// while the others are read. One sync, one loop.

#include <optional>
#include <string>
#include <vector>

#include "ingest/runtime/error.h"
#include "ingest/sync/pull.h"

namespace circuit::sync {

// Passing errors that came one after another. Each may be of its object alone; more than a few in a row are
// not the objects' trouble, and the next sync goes on from there.
class PassingErrors {
 public:
  // Whether this one is still its object's.
  bool add() { return ++in_a_row_ <= kAtMost; }
  void went_well() { in_a_row_ = 0; }

 private:
  static constexpr int kAtMost = 3;
  int in_a_row_ = 0;
};

// What the sink said of an original (Pull::deliver_content), which is nothing that the source could mend.
inline bool is_of_sink(const Error& error) { return error.reason.starts_with("CONTENT_"); }

class Troubles {
 public:
  // Says with the sync what is missing and why. Throws Failure for what concerns the whole connection (of a
  // class other than PERMISSION, NOT_FOUND, INVALID, CONFLICT and TRANSIENT), and when nothing but passing
  // errors come.
  void add(Pull& pull, const std::string& where, Error error);
  void went_well() {
    well_ = true;
    passing_.went_well();
  }
  // Throws the first of them, if nothing went well.
  void throw_if_all() const;

 private:
  std::vector<std::string> texts_;
  size_t count_ = 0;
  std::optional<Error> first_;
  PassingErrors passing_;
  bool well_ = false;
};

} // namespace circuit::sync
