#pragma once
// What a person or a program sees while syncs run. One thread.
//
//   block  on a terminal: one line per sync that runs, redrawn in place, above a line of totals
//   plain  in a pipe: a line when a sync begins, waits for its provider, and ends
//   json   each state as one JSON object a line, the canonical mapping of circuit.feeds.v1.Sync

#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "circuit/feeds/v1/feed.pb.h"

namespace circuit::cli {

class ProgressDisplay {
 public:
  virtual ~ProgressDisplay() = default; // leaves the cursor on a fresh line
  // `label` is how the sync is named to the user, the same each time.
  virtual void show(const std::string& label, const circuit::feeds::v1::Sync& sync) = 0;
};

enum class ProgressStyle { kBlock, kPlain, kJson };

// A block where the stream is a terminal that nothing else writes to, plain lines elsewhere.
ProgressStyle choose_style(bool json, bool stream_is_terminal, bool documents_on_terminal);

std::unique_ptr<ProgressDisplay> make_progress(ProgressStyle style, std::FILE* stream);

// One sync in one line: what it does, or how it ended. Printable.
std::string describe(const circuit::feeds::v1::Sync& sync);

// The sum of several syncs' counts.
void add_counts(circuit::feeds::v1::SyncCounts& sum, const circuit::feeds::v1::SyncCounts& more);
// "1,204 delivered, 17 unchanged, 2 removed, 1 dead letter; 31 requests, 17 of them not modified, 4.1 MiB"
std::string describe(const circuit::feeds::v1::SyncCounts& counts);

} // namespace circuit::cli
