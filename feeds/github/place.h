#pragma once
// Where a sync of GitHub is: what every part of the feed works with. One sync, one loop.

#include <string>
#include <vector>

#include "feeds/github/client.h"
#include "feeds/github/provider.h"
#include "ingest/sync/pull.h"
#include "ingest/text/glob.h"

namespace circuit::feeds::github {

namespace st = circuit::feeds::state::v1;

struct Place {
  sync::Pull& pull;
  const Client& client;
  const GitHubOptions& options;
  const v1::GitHubSelection& selection;
  const text::GlobSet& globs;
  st::GitHubCursor feed{}; // the feed's own cursor
  Repository repository{}; // the one that is being read
  st::GitHubCursor at{};   // and its part of the cursor

  bool wants(const char* kind) const;
  std::string scope(const std::string& what) const; // "repo:{id}:{what}"
  // Makes both cursors durable, with all that was delivered.
  Task<void> commit();
  // Removes what was delivered of a scope; false: held back until somebody confirms it.
  Task<bool> forget(std::string what);
};

// Whether everything of a stream is to be listed, for what is gone without a sign.
bool is_whole_due(const st::GitHubStream& stream, const Place& place);
// INVALID GITHUB_ITEM_MALFORMED. `what` is for people: "issues".
Error items_malformed(const Repository& repository, const char* what, size_t count);

st::Cursor to_cursor(st::GitHubCursor cursor);
st::GitHubValidators to_state(const Validators& validators);
Validators from_state(const st::GitHubValidators& validators);

} // namespace circuit::feeds::github
