#pragma once
// Reads reviews, which GitHub lists for one pull request at a time: of those that changed, and a pull request
// is changed by each of its reviews.

#include <utility>
#include <vector>

#include "feeds/github/place.h"
#include "ingest/runtime/error.h"

namespace circuit::feeds::github {

// Those whose reviews could not be read, each by its own trouble.
using Unread = std::vector<std::pair<const Issue*, Error>>;

// Of the pull requests among these. Outside of any listing; errors are the client's.
Task<Result<Unread>> read_reviews_of(Place& place, std::vector<const Issue*> issues);

} // namespace circuit::feeds::github
