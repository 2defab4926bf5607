#pragma once
// Delivers files: those that are not delivered at their version are fetched by the id of their blob, some of
// them side by side, and delivered in turn. What cannot be read for good is set aside as a dead letter; an
// error that may pass is returned, and what came before it is delivered.
//
// A body is believed when it has the id that it was asked for by: TRANSIENT GITHUB_BLOB_DAMAGED otherwise.

#include <string>
#include <vector>

#include "feeds/github/place.h"

namespace circuit::feeds::github {

// Of entries that the selection's globs let through. `place` outlives the task. Inside of an enumeration.
Task<Result<void>> deliver_files(Place& place, std::string branch, std::vector<TreeEntry> entries);

} // namespace circuit::feeds::github
