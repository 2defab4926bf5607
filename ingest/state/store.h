#pragma once
// The StateStore seam: what the engine remembers between two runs. Tables of byte strings, atomic durable
// commits. Keys are tuples (key.h), so that all records of one feed are one range. docs/state-format.md has
// the layout.
//
// Every call is awaitable and may take its time: no caller may assume one process, local time, or cheap
// single-key reads. Calls come from any loop; the caller resumes on its own.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/runtime/result.h"
#include "ingest/runtime/task.h"

namespace circuit::state {

// Append only: the number is part of the format.
enum class Table {
  kMeta = 0,              // format, store id
  kFeeds = 1,             // (feed) -> FeedRecord: settings, written by the API
  kManifest = 2,          // (feed, epoch, external id) -> ManifestRecord
  kRuns = 3,              // (sync) -> RunRecord
  kRunsByFeed = 4,        // (feed, reversed time, sync) -> ""
  kDeadLetters = 5,       // (feed, external id) -> DeadLetterRecord
  kRequests = 6,          // (request id) -> RequestRecord
  kSinks = 7,             // (sink uri) -> SinkRecord
  kFeedStates = 8,        // (feed) -> FeedStateRecord: cursor and counts, written by the feed's sync
  kCursorParts = 9,       // (feed, epoch, part) -> CursorPartRecord
  kConnections = 10,      // (connection) -> ConnectionRecord: settings, written by the API
  kConnectionStates = 11, // (connection) -> ConnectionStateRecord
  kCredentials = 12,      // (connection) -> CredentialRecord
  kDataKeys = 13,         // (connection) -> DataKeyRecord
  kAuthorizations = 14,   // (hash of state) -> AuthorizationRecord
  kRevocations = 15,      // (id) -> RevocationRecord
  kEnumerations = 16,     // (feed, epoch, scope) -> EnumerationRecord
  kSeen = 17,             // (feed, epoch, scope, external id) -> SeenRecord
};
inline constexpr size_t kTableCount = 18;

struct Write {
  Table table;
  std::string key;
  std::optional<std::string> value; // nullopt deletes
};

// Applied all or not at all.
struct Batch {
  std::vector<Write> writes;
  // Every key of `table` that begins with `prefix`, as of the commit; applied before `writes`.
  std::vector<std::pair<Table, std::string>> delete_prefixes;

  void put(Table table, std::string key, std::string value) {
    writes.push_back({table, std::move(key), std::move(value)});
  }
  void erase(Table table, std::string key) { writes.push_back({table, std::move(key), std::nullopt}); }
  bool empty() const { return writes.empty() && delete_prefixes.empty(); }
};

struct Row {
  std::string key;
  std::string value;
};

struct ScanRequest {
  Table table;
  std::string prefix;
  std::string after; // exclusive; empty: from the start of the prefix
  size_t limit = 1000;
};

class StateStore {
 public:
  virtual ~StateStore() = default;

  // Reads: TRANSIENT STORE_IO, CORRUPT STORE_CORRUPT, CANCELLED STORE_CLOSED. They see what is durable, and a
  // scan that goes on sees each page as of its own call.
  virtual Task<Result<std::optional<std::string>>> get(Table table, std::string key) = 0;
  // In the order of the keys given.
  virtual Task<Result<std::vector<std::optional<std::string>>>> multi_get(Table table,
                                                                          std::vector<std::string> keys) = 0;
  // Rows in key order, at most `limit`; fewer only at the end of the prefix.
  virtual Task<Result<std::vector<Row>>> scan(ScanRequest request) = 0;
  // Returns when it is durable, in the order of the calls. Commits that wait at the same time share one
  // fsync. Cancelling the caller does not stop one that has begun: its outcome is returned all the same.
  //
  // On an error nothing was applied: EXHAUSTED DISK_FULL, TRANSIENT STORE_IO, INVALID STORE_KEY_TOO_LONG,
  // CANCELLED STORE_CLOSED. But for class CORRUPT nobody can know, and every later commit is refused in the
  // same way until the store is opened again: STORE_OUTCOME_UNKNOWN, STORE_STALLED, STORE_CORRUPT.
  virtual Task<Result<void>> commit(Batch batch) = 0;
  // Returns when nothing that was deleted or overwritten in these tables before the call is left in any file
  // of the store: not in table files, not in the log. For what must not be readable any more; takes a while.
  // On an error (as for commit) it may be left, and the call is to be made again.
  virtual Task<Result<void>> purge(std::vector<Table> tables) = 0;
};

} // namespace circuit::state
