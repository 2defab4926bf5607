#pragma once
// Reads what people wrote at a repository: issues, pull requests, comments, reviews and releases.
//
// Issues and comments are listed by the time of their last change, oldest first, from a little before the
// watermark on; the watermark moves with what was read. A next page is followed where GitHub names it by a
// cursor. Where it is a number the listing goes on from the time of the last item instead: an item that
// changes in the meantime leaves its place, and by numbers the one after it would be passed over.
//
// The next page is asked for while one is delivered, and only where there is one.
//
// Nothing tells of an issue or a comment that was deleted, so that everything is listed once in a while.

#include "feeds/github/place.h"

namespace circuit::feeds::github {

// Of the place's repository, which outlives the tasks. Errors are the client's.
Task<Result<void>> read_issues_and_reviews(Place& place);
// Where issues are switched off, and pull requests with them are missing from that list. Newest change first,
// up to a little before the watermark, which moves when that is reached.
Task<Result<void>> read_pull_requests(Place& place);
Task<Result<void>> read_issue_comments(Place& place);
Task<Result<void>> read_review_comments(Place& place);
Task<Result<void>> read_releases_of(Place& place);

} // namespace circuit::feeds::github
