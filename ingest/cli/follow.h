#pragma once
// Follows syncs to their end: shows what they do, cancels them when a signal comes, sums up, and knows the
// exit code.

#include <string>
#include <vector>

#include "ingest/cli/session.h"

namespace circuit::cli {

struct FollowedSync {
  std::string label; // how its user knows it
  circuit::feeds::v1::Sync sync;
};

struct FollowOptions {
  bool json = false;
  bool cancel_on_signal = true; // else a signal only ends the following
};

// kDone, kFailed (any failed), kPartly (dead letters, held removals, or a source that was not read to its
// end), or the signal's.
Task<int> follow(Session& session, std::vector<FollowedSync> syncs, FollowOptions options);

// What ended syncs come to. Pure.
int exit_code_of(const std::vector<FollowedSync>& ended);

} // namespace circuit::cli
