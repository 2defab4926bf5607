#pragma once
// One sync of one feed: the Pull that the provider's feed talks to, and everything between it, the sink and
// the store. All promises of docs/reliability.md about a single sync are kept in this file and in
// checkpoint.cc and sweep.cc.
//
// Lives on the engine's loop. Made by the engine, which awaits execute() exactly once.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "ingest/http/body_credit.h"
#include "ingest/http/transport.h"
#include "ingest/runtime/compute.h"
#include "ingest/runtime/event.h"
#include "ingest/state/store.h"
#include "ingest/sync/delivery.h"
#include "ingest/sync/encoded_document.h"
#include "ingest/sync/manifest.h"
#include "ingest/sync/options.h"
#include "ingest/sync/pull.h"
#include "ingest/sync/run_status.h"

namespace circuit::sync {

// A place among the running syncs, given up while the provider asks for patience.
class RunPlace {
 public:
  virtual ~RunPlace() = default;
  virtual void leave() = 0;
  virtual Task<void> take() = 0;
};

struct RunSeams {
  boost::asio::any_io_executor executor;
  Clock& clock;
  state::StateStore& store;
  http::HttpTransport& http;
  Credit& delivery_credit;
  http::BodyCredit& body_credit;
  RunPlace& place;
  Compute* compute; // nullptr: on the loop
  // The sink of this feed, opened on first use.
  Delivery::Open open_sink;
  std::string sink_uri;
  const EngineOptions& options;
};

class Run final : public Pull {
 public:
  using FeedState = circuit::feeds::state::v1::FeedStateRecord;
  using EnumerationRecord = circuit::feeds::state::v1::EnumerationRecord;

  // The settings and the connection outlive it.
  Run(RunSeams seams, const circuit::feeds::v1::Feed& settings,
      const circuit::feeds::v1::Connection& connection, FeedState state, std::shared_ptr<RunStatus> status);
  ~Run() override;

  // Pulls until the end, and returns how it ended: an error, or nothing. What was checkpointed is durable;
  // the caller writes the final records. Cancellation ends it with class CANCELLED.
  Task<std::optional<Error>> execute(Feed& feed);

  // Removes everything that was delivered, a page at a time with checkpoints in between. What a crash
  // interrupts goes on where it stopped.
  Task<void> retract(std::string reason);

  // Asks it to stop at the next checkpoint, or now when there is nothing that a checkpoint would save;
  // whether now.
  bool request_stop();
  // What is under way is given up, but for a commit that has begun. Cancel the coroutine right after.
  void abandon() { stop_requested_ = abandoned_ = true; }

  // As last committed, with what the source said about the future.
  FeedState take_state() { return std::move(committed_); } // at its end
  std::optional<SystemTime> suggested_next_sync() const { return suggested_next_sync_; }
  const std::string& ended_reason() const { return ended_reason_; }
  bool was_incomplete() const { return incomplete_; }
  // Whether it has changed anything in the store, or tried to.
  bool has_written() const { return written_; }

  // Pull
  const circuit::feeds::v1::Feed& settings() const override { return settings_; }
  const circuit::feeds::state::v1::Cursor& cursor() const override { return committed_.cursor(); }
  bool reread_all() const override;
  SystemTime started_at() const override { return started_at_; }
  const circuit::feeds::v1::Connection& connection() const override { return connection_; }
  Task<circuit::feeds::state::v1::Cursor> part(std::string name) override;
  void set_part(std::string name, circuit::feeds::state::v1::Cursor cursor) override;
  Task<std::vector<std::string>> parts(std::string after, size_t limit) override;
  Task<Result<http::Response>> fetch(http::Request request) override;
  Task<std::vector<bool>> select_changed(std::vector<ItemStamp> stamps) override;
  Task<std::vector<bool>> is_delivered(std::vector<std::string> external_ids) override;
  Task<void> upsert(circuit::feeds::v1::Document document) override;
  Task<void> upsert_all(size_t count, size_t bytes,
                        std::function<circuit::feeds::v1::Document(size_t)> make) override;
  Task<Result<circuit::feeds::v1::RawContent>> deliver_content(
      std::unique_ptr<http::BodyStream> content) override;
  Task<void> remove(std::string external_id, std::string reason) override;
  Task<void> reject(std::string external_id, Error error) override;
  Task<void> checkpoint(circuit::feeds::state::v1::Cursor cursor) override;
  Task<std::unique_ptr<Enumeration>> enumerate(std::string scope, Listing listing) override;
  void progress(std::string activity) override;
  void incomplete(std::string reason) override;
  void suggest_next_sync(SystemTime time) override { suggested_next_sync_ = time; }
  void source_ended(std::string reason) override { ended_reason_ = std::move(reason); }

 protected:
  Task<void> run_elsewhere(size_t bytes, std::function<void()> work) override;

 private:
  friend class RunEnumeration;

  struct RejectedItem {
    std::string external_id;
    Error error;
    std::string content_hash;
  };

  // checkpoint.cc
  // kEnd: after the last page, with the cursor as it is.
  enum class Commit { kBetween, kEnd };
  Task<void> commit(const circuit::feeds::state::v1::Cursor* cursor, Commit which = Commit::kBetween);
  Task<void> take_over_doubts();
  Task<void> settle();
  bool changes_state(const circuit::feeds::state::v1::Cursor* cursor) const;
  void forget_rejection(const std::string& external_id);
  Task<void> announce(std::shared_ptr<const DeliverBatch> batch, bool takes_back);
  Task<void> write_dead_letters(state::Batch& batch, FeedState& next);
  Task<void> clear_dead_letter(std::string external_id);
  Task<bool> was_refused(std::string external_id, std::string hash);

  // cursor_parts.cc
  void write_parts(state::Batch& batch) const;

  // sweep.cc
  Task<EnumerationRecord*> load_enumeration(std::string scope);
  void write_enumerations(state::Batch& batch, bool with_ended);
  Task<bool> sweep(std::string scope, int64_t generation);
  struct SweepPlan {
    int64_t remove = 0;
    int64_t of = 0;
    std::vector<std::string> examples;
  };
  Task<SweepPlan> plan_sweep(std::string scope, int64_t generation);
  bool may_sweep(const SweepPlan& plan);

  class CountedStream; // fetch.cc
  class OriginalBody;  // original.cc

  // Fetches, which may run side by side (fetch.cc).
  class Fetching;
  class Parked;
  Task<Result<http::Response>> send(http::SharedRequest request);
  Task<Result<http::Response>> parked(http::SharedRequest request, Error throttled);
  void leave_place_when_idle();
  Task<void> come_back();
  // prepare.cc
  EncodedDocument prepare(circuit::feeds::v1::Document document) const; // any thread
  Task<void> upsert_encoded(EncodedDocument document);

  // `head`: the change but for its document.
  Task<void> deliver(circuit::feeds::v1::Change head, std::string document);
  Task<void> mark_seen(std::string external_id);
  void mark_listed(const std::string& external_id); // of one that was looked up
  void check_stop() const;
  // Into the counts, which say no more than what the sink has.
  enum class Counted { kAcknowledged, kCommitted };
  void count_delivered(Counted what);
  circuit::feeds::v1::SyncCounts& counts() { return *status_->sync.mutable_counts(); }

  RunSeams seams_;
  const circuit::feeds::v1::Feed& settings_;
  const circuit::feeds::v1::Connection& connection_;
  FeedState committed_;
  // What the next commit will change of it, besides counts and cursor.
  int64_t deliveries_;
  std::optional<circuit::feeds::v1::HeldRemovals> held_;
  bool held_is_settled_ = false;
  std::shared_ptr<RunStatus> status_;
  Manifest manifest_;
  Delivery delivery_;
  SystemTime started_at_;
  std::map<std::string, circuit::feeds::state::v1::Cursor> changed_parts_; // since the last checkpoint
  struct ReadPart {
    std::string name;
    circuit::feeds::state::v1::Cursor cursor;
  };
  std::optional<ReadPart> read_part_; // the one read last, as it is stored: what equals it is not written
  std::vector<RejectedItem> rejected_;
  std::vector<std::string> recovered_; // dead letters that were delivered after all
  struct Enumerating {
    std::string scope;
    int64_t generation = 0;
  };
  std::optional<Enumerating> enumerating_; // the listing that is open
  struct ScopeRecord {
    EnumerationRecord record;
    bool changed = false; // and not committed
    bool ended = false;   // with the next checkpoint
  };
  std::map<std::string, ScopeRecord> enumerations_; // of the scopes that this sync has listed
  std::unordered_set<size_t> sent_again_;           // hashes of ids; RESEND alone
  http::BodyPayer payer_;
  std::vector<std::shared_ptr<http::BodyClaim>> body_claims_; // of the bodies that are worked up now
  uint64_t fetching_ = 0, parked_ = 0; // fetches under way, and those of them that are parked
  bool away_ = false;                  // the place was left
  Credit coming_back_{1};
  int64_t next_sequence_ = 0; // 0: no change of this sync has been sent yet
  bool stop_requested_ = false;
  bool abandoned_ = false;
  bool committing_ = false;
  bool incomplete_ = false;
  bool written_ = false;
  std::optional<SystemTime> suggested_next_sync_;
  std::string ended_reason_;
};

} // namespace circuit::sync
