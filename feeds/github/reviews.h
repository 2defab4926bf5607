#pragma once
// Reads reviews, which GitHub lists for one pull request at a time: of those that changed, and a pull request
// is changed by each of its reviews.

#include <vector>

#include "feeds/github/place.h"

namespace circuit::feeds::github {

// Of the pull requests among these. Outside of any listing; errors are the client's.
Task<Result<void>> read_reviews_of(Place& place, std::vector<const Issue*> issues);

} // namespace circuit::feeds::github
