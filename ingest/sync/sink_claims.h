#pragma once
// Which feeds count on what a sink's own storage holds. A feed does from its first delivery on, as its
// manifest then says what need not be delivered again; a reset ends that. So a storage that is gone may begin
// anew when no feed counts on it: nobody believes that anything is there. On the engine's loop.

#include <string>
#include <vector>

#include "ingest/runtime/result.h"
#include "ingest/state/store.h"

namespace circuit::sync {

struct SinkClaims {
  std::vector<std::string> feeds; // in the order of their names
  bool more = false;              // there are others beyond those

  bool none() const { return feeds.empty(); }
  bool only_of(const std::string& feed) const {
    return feeds.empty() || (feeds.size() == 1 && !more && feeds.front() == feed);
  }
};

// Of the feeds that name this sink, or none where it is the default one.
Task<Result<SinkClaims>> claims_on_sink(state::StateStore& store, std::string uri, std::string default_sink);

// `problem`, as the sink says it, for `feed`: with those that count on what is gone, and what to do.
Error storage_gone(Error problem, const SinkClaims& claims, const std::string& feed);

} // namespace circuit::sync
