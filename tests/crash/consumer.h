#pragma once
// What a consumer saw of one feed, held against what is true and what was promised. Pure.

#include <map>
#include <string>
#include <vector>

#include "tests/crash/provider.h"
#include "tests/crash/raw_receiver.h"

namespace circuit::crash {

struct Promised {
  int64_t epoch = 1; // the feed's, now
  // How many of the changes came before a moment at which the feed's syncs were known to have ended well:
  // none of them may come again.
  size_t settled = 0;
  // Whether a change that was not settled may come again after a crash: to a stream it may, in a file it may
  // not.
  bool may_repeat = false;
  // At most so many of one worker's changes may repeat those of the workers before it.
  size_t repeats_max = 0;
};

// What is wrong, a line each; empty: nothing. `seen` in the order of arrival; only of this feed.
std::string problems(const std::vector<Seen>& seen, const TrueFeed& truth, const Promised& promised);

// The changes of each feed in a JSONL file and those it was rotated to, in order.
struct FileContent {
  std::string text;                              // of all files, in the order of their writing
  std::map<std::string, std::vector<Seen>> seen; // by feed
  std::string problems;                          // lines that are no change
};
FileContent read_jsonl(const std::string& path);

} // namespace circuit::crash
