#pragma once
// Where a library feed stands. The stored cursor has no message for a provider of tests: this one travels as
// text in a string field of another's.

#include <string>
#include <vector>

#include "circuit/feeds/state/v1/records.pb.h"

namespace circuit::providers::library {

// In the middle of a walk through the folders; empty between two.
struct WalkCursor {
  struct Place {
    std::string folder, marker;
  };
  std::vector<Place> places; // the next one last
  std::string moves;         // as the first page said
  std::string incomplete;    // why the walk cannot be whole any more
};

struct ChangesCursor {
  std::string token;
  bool enumerating = false; // in the middle of reading everything
  std::string incomplete;   // why what is read, or was read last, was not everything
};

WalkCursor read_walk(const circuit::feeds::state::v1::Cursor& cursor);
ChangesCursor read_changes(const circuit::feeds::state::v1::Cursor& cursor);
circuit::feeds::state::v1::Cursor write_cursor(const WalkCursor& walk);
circuit::feeds::state::v1::Cursor write_cursor(const ChangesCursor& changes);

} // namespace circuit::providers::library
