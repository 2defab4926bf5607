#pragma once
// Reads reviews, which GitHub lists for one pull request at a time: of those that changed, and a pull request
// is changed by each of its reviews.

#include <string>
#include <vector>

#include "feeds/github/place.h"

namespace circuit::feeds::github {

// A pull request whose reviews GitHub fails to give out; it is not to be delivered without them, and its own
// dead letter says so.
struct Unreviewed {
  int64_t number = 0;
  Error error;
};

// Of the pull requests among these. Outside of any listing. Errors are the client's, where they are not those
// of one pull request; more than three of those in a row are not.
Task<Result<std::vector<Unreviewed>>> read_reviews_of(Place& place, std::vector<const Issue*> issues);

} // namespace circuit::feeds::github
