#pragma once
// What went wrong with single parts of a selection (repositories, forms), while the others are read. One
// sync, one loop.

#include <optional>
#include <string>
#include <vector>

#include "ingest/runtime/error.h"
#include "ingest/sync/pull.h"

namespace circuit::sync {

class Troubles {
 public:
  // Says with the sync what is missing and why. Throws Failure for what concerns the whole connection (of a
  // class other than PERMISSION, NOT_FOUND, INVALID, CONFLICT and TRANSIENT), and when nothing but passing
  // errors come.
  void add(Pull& pull, const std::string& where, Error error);
  void went_well() {
    well_ = true;
    passing_in_a_row_ = 0;
  }
  // Throws the first of them, if nothing went well.
  void throw_if_all() const;

 private:
  std::vector<std::string> texts_;
  size_t count_ = 0;
  std::optional<Error> first_;
  int passing_in_a_row_ = 0;
  bool well_ = false;
};

} // namespace circuit::sync
