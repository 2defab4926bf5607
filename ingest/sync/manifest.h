#pragma once
// What a feed has delivered: the stored manifest of one epoch with this sync's own changes laid over it.
// Holds what was loaded since the last commit, no more. Used by one run.
//
// A document that a listing saw belongs to the listing's scope and has a mark there: the generation of the
// last listing that saw it, a row of its own beside its record. Marks are in the order of scopes, so that a
// sweep reads those of one scope, however much the feed has delivered from others.
//
// A document whose change has left for a sink that takes nothing back, and is not committed, is in doubt: the
// sink may hold the new state, the old one, or neither. Its record then says neither version nor hash, so
// that whatever the source says next of it is delivered: another version, the old one, or its removal.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "circuit/feeds/state/v1/records.pb.h"
#include "ingest/runtime/result.h"
#include "ingest/runtime/task.h"
#include "ingest/state/store.h"

namespace circuit::sync {

class Manifest {
 public:
  using Record = circuit::feeds::state::v1::ManifestRecord;

  Manifest(state::StateStore& store, std::string feed, int64_t epoch);

  // Brings these into memory, in one read.
  Task<Result<void>> load(std::vector<std::string> external_ids);
  // The record as it will be after the next commit; null if the document is not delivered. Valid until the
  // next call.
  Task<Result<const Record*>> find(std::string external_id);

  // Changes of a document that was looked up before with load() or find(). A record that says nothing else
  // than the one that is there is not written.
  void put(const std::string& external_id, Record record);
  void erase(const std::string& external_id);
  // A listing of `scope` has seen it, which belongs there from now on. Nothing if it is not delivered.
  void mark(const std::string& external_id, const std::string& scope, int64_t generation);
  static bool is_in_doubt(const Record& record) { return record.content_hash().empty(); }
  // Appends records that say that these, which have been changed, are in doubt; how many records more there
  // will be. To be committed before the changes leave. They are marked as not seen by the listing that is
  // going on.
  int64_t write_doubts(const std::vector<std::string>& external_ids, state::Batch& batch);
  // Changes of it leave: it must not be changed again before settled(), so that a refusal is of one change.
  void sent(const std::string& external_id) { views_.at(external_id).in_flight = true; }
  bool is_in_flight(const std::string& external_id) const;
  // The sink refused the change that was sent: as it was before, but for its marks, since it was listed. The
  // content hash of what was refused; empty if that was a removal.
  std::string revert(const std::string& external_id);
  // The sink has taken what was sent and not reverted.
  void settled();

  size_t pending() const { return pending_; }
  // Appends the pending changes; how many documents more there will be (may be negative).
  int64_t write_to(state::Batch& batch) const;
  // They are durable: forgets them and all that was loaded.
  void committed();

  struct Page {
    std::vector<std::string> external_ids;
    std::string next; // empty: the end
  };
  // What is delivered, as stored, in key order; call with nothing pending.
  Task<Result<Page>> scan(std::string after, size_t limit);
  struct Mark {
    std::string external_id;
    int64_t generation = 0;
  };
  struct MarkPage {
    std::vector<Mark> marks;
    std::string next; // empty: the end
  };
  // The marks of one scope, likewise.
  Task<Result<MarkPage>> scan_marks(std::string scope, std::string after, size_t limit);

 private:
  struct View {
    std::optional<Record> stored;
    std::optional<Record> before; // what the sink has, where that was changed
    std::optional<Record> current;
    std::optional<int64_t> mark; // to be stored, in the scope of `current`
    bool changed = false;
    bool doubted = false;   // by this sync
    bool in_flight = false; // no answer of the sink yet
  };
  View& change(const std::string& external_id);
  void write_mark(state::Batch& batch, const std::string& scope, const std::string& external_id,
                  int64_t generation) const;

  state::StateStore& store_;
  std::string feed_;
  int64_t epoch_;
  std::map<std::string, View, std::less<>> views_;
  size_t pending_ = 0;
};

} // namespace circuit::sync
