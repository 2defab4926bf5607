#pragma once
// The feed contract: what a provider implements, and all that it may do. This comment is the specification;
// the suite in tests/acceptance holds every feed to it.
//
// A feed is straight-line coroutine code. It never sleeps, retries, reads the clock, touches the store, sees
// a token or counts bytes: the engine does. One Feed object serves one sync, on one loop; what burns CPU it
// hands over as pure functions (compute, upsert_all), which may run on another thread while it waits.
//
//   select_changed  before fetching bodies: which of the listed items are not delivered at the version given
//   upsert          delivers a document, unless the same content was delivered before; suspends on
//                   back-pressure
//   remove          for a positive delete signal of the provider, and for nothing else
//   reject          sets one bad object aside as a dead letter, and the sync goes on
//   checkpoint      returns when all before it is acknowledged by the sink and the cursor is durable. Put one
//                   after each page: a crash repeats what came after the last one
//   enumerate       opens a listing of a whole scope: from its start, or going on where the cursor is in the
//                   middle of one that an earlier sync began. complete() removes what was delivered from that
//                   scope and not seen (by select_changed, upsert or reject) since it began. Leaving it
//                   without complete() removes nothing. Whoever goes on with a listing that was incomplete
//                   says so again
//
// The calls come one after another, but for fetch(), which may be under way several times at once: the bodies
// of a page are best fetched side by side, and what comes next ahead of its turn (read_ahead.h), and then
// delivered in turn.
//
// Errors: every call below throws Failure when the sync cannot go on (sink or store failed) and
// boost::system::system_error(operation_aborted) when it is to stop. Let both pass. fetch() returns its
// errors: decide per request whether it is the end (throw Failure), one object's (reject), or nothing.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "circuit/feeds/state/v1/records.pb.h"
#include "circuit/feeds/v1/connection.pb.h"
#include "circuit/feeds/v1/document.pb.h"
#include "circuit/feeds/v1/feed.pb.h"
#include "circuit/feeds/v1/services.pb.h"
#include "ingest/http/message.h"
#include "ingest/runtime/result.h"
#include "ingest/runtime/task.h"
#include "ingest/sync/failure.h"

namespace circuit::sync {

// A listed item: what identifies it and what changes when it does.
struct ItemStamp {
  std::string external_id;
  std::string version; // ETag, revision, sha; empty: unknown, always fetched
};

// Where a listing stands when it is opened.
enum class Listing {
  kFromStart, // nothing of it is seen yet
  kGoesOn,    // what an interrupted one has seen counts as seen
  // No listing: what is delivered belongs to the scope from now on, and nothing is said of the rest. For
  // changes between two listings, which the next listing may find gone. complete() removes nothing.
  kAdditions,
};

class Enumeration {
 public:
  virtual ~Enumeration() = default;
  // The listing was whole. Removes what was not seen, a page at a time with checkpoints in between, or holds
  // the removals when they are more than allowed. At most once. It has ended with the next checkpoint():
  // until then a crash lets it go on. Whether what was not seen is gone now; false: held, or nothing was
  // swept.
  virtual Task<bool> complete() = 0;
  // Why it was not whole; shown with the sync. Sweeps nothing.
  virtual void incomplete(std::string reason) = 0;
};

// Authorized requests of one connection.
class Api {
 public:
  virtual ~Api() = default;
  // Authorized, throttled, retried, guarded, counted.
  virtual Task<Result<http::Response>> fetch(http::Request request) = 0;
};

class Pull : public Api {
 public:
  virtual const circuit::feeds::v1::Feed& settings() const = 0;
  // As last committed; empty on the first sync and after a reset.
  virtual const circuit::feeds::state::v1::Cursor& cursor() const = 0;
  // Whether to disregard validators and watermarks and read everything: modes FULL and RESEND, and retried
  // dead letters.
  virtual bool reread_all() const = 0;
  // When this sync began: the only time a feed knows.
  virtual SystemTime started_at() const = 0;
  // The account that it reads through, with its parameters and properties; empty where it needs none.
  virtual const circuit::feeds::v1::Connection& connection() const = 0;

  // For selections of several parts (containers, repositories, forms), each with a cursor of its own, which
  // is read when its turn comes and written only when it changed. As last committed, or as set since; empty
  // where there is none. Gone after a reset, as the cursor is.
  virtual Task<circuit::feeds::state::v1::Cursor> part(std::string name) = 0;
  // Durable with the next checkpoint, in the same write. An empty cursor forgets the part.
  virtual void set_part(std::string name, circuit::feeds::state::v1::Cursor cursor) = 0;
  // Names of the parts that are stored, in order, after `after`, at most `limit`: to find those that are no
  // longer selected.
  virtual Task<std::vector<std::string>> parts(std::string after, size_t limit) = 0;

  // While the provider asks for patience the sync is parked in fetch() (of Api).

  // For each stamp, whether it has to be fetched and upserted; the others are marked as seen.
  virtual Task<std::vector<bool>> select_changed(std::vector<ItemStamp> stamps) = 0;
  // Whether each is delivered now, at whatever version, in mode RESEND by this sync: for older pages that
  // repeat what newer ones said.
  virtual Task<std::vector<bool>> is_delivered(std::vector<std::string> external_ids) = 0;
  // feed, connection, provider, content_hash and (where empty) version are filled in here.
  virtual Task<void> upsert(circuit::feeds::v1::Document document) = 0;
  // The same for `count` documents in turn, made by `make` from what takes about `bytes` bytes: for many at
  // once. `make` is called with 0 to count - 1, some ahead of their delivery and perhaps on another thread,
  // and never twice at the same time: a pure function of what the caller has, and what does not change while
  // this runs.
  virtual Task<void> upsert_all(size_t count, size_t bytes,
                                std::function<circuit::feeds::v1::Document(size_t index)> make) = 0;

  // Returns what `work` returns, a pure function over about `bytes` bytes that the caller keeps where they
  // are. Long works run on another thread, and others go on meanwhile; short ones at once. What it throws is
  // thrown on.
  template <class Work>
  Task<std::invoke_result_t<Work&>> compute(size_t bytes, Work work) {
    std::optional<std::invoke_result_t<Work&>> result;
    std::function<void()> job = [&work, &result] { result.emplace(work()); };
    co_await run_elsewhere(bytes, std::move(job));
    co_return std::move(*result);
  }
  // Streams the original of a document to the sink, in bounded memory, and returns when it is durable there:
  // for Document.raw of the upsert that follows. It stays there, whether or not a document names it.
  //
  // Returned are errors that concern the one document:
  //   the stream's own              reject the document, or throw Failure if it shows that nothing more will
  //   come INVALID CONTENT_REFUSED       the sink will not take it; CONTENT_UNSUPPORTED: it has no place for
  //                                 originals. Deliver the document without
  //   TRANSIENT CONTENT_INTERRUPTED the way to the sink broke in the middle: the body can be fetched and
  //   delivered
  //                                 once more; when that breaks too, throw Failure, and the next sync goes on
  //                                 from the checkpoint
  //
  // A stream holds its place among the requests of its connection (http/throttle.h) until it is gone, which
  // is when this returns. So hand it over before the next fetch() of the same task, and hold no two of them.
  virtual Task<Result<circuit::feeds::v1::RawContent>> deliver_content(
      std::unique_ptr<http::BodyStream> content) = 0;
  // `reason`: "DELETED", "UNSELECTED", "EXPIRED", ... Unknown documents are no error: they were never
  // delivered.
  virtual Task<void> remove(std::string external_id, std::string reason) = 0;
  virtual Task<void> reject(std::string external_id, Error error) = 0;
  virtual Task<void> checkpoint(circuit::feeds::state::v1::Cursor cursor) = 0;
  // One at a time. What is delivered outside of any is removed by none until one has seen it: a feed that
  // delivers between two listings opens kAdditions.
  virtual Task<std::unique_ptr<Enumeration>> enumerate(std::string scope, Listing listing) = 0;

  // What it does now, for people: "reading page 3 of https://...".
  virtual void progress(std::string activity) = 0;
  // The source was not read to its end; shown with the sync.
  virtual void incomplete(std::string reason) = 0;
  // When the source would like to be read again. The poll interval is the floor.
  virtual void suggest_next_sync(SystemTime time) = 0;
  // The source said that it will not come back. The feed is not polled any more.
  virtual void source_ended(std::string reason) = 0;

 protected:
  virtual Task<void> run_elsewhere(size_t bytes, std::function<void()> work) = 0;
};

class Feed {
 public:
  virtual ~Feed() = default;
  // Brings what was delivered up to date with the selection.
  virtual Task<void> pull(Pull& pull) = 0;
};

// What a connection can be asked apart from any feed. One object serves one request.
class Account {
 public:
  virtual ~Account() = default;
  // The cheapest real request that shows whether the credential works: O(1) requests, however large the
  // source. An error of the credential goes into the report; the caller fills in the connection's name.
  virtual Task<Result<circuit::feeds::v1::ConnectionReport>> check(Api& api) = 0;
  virtual Task<Result<circuit::feeds::v1::BrowseResponse>> browse(
      Api& api, circuit::feeds::v1::BrowseRequest request) = 0;
};

// A provider as the engine knows it: one object per provider, made in the composition root. Any thread.
class Provider {
 public:
  virtual ~Provider() = default;
  virtual const circuit::feeds::v1::Provider& description() const = 0;
  // Checks the selection and brings it into its canonical form. INVALID with the field's path in the
  // metadata.
  virtual Result<void> canonicalize(circuit::feeds::v1::Feed& feed) const = 0;
  // What makes two selections the same feed; part of it becomes the id of a feed that was given none.
  virtual std::string identity(const circuit::feeds::v1::Feed& feed) const = 0;
  // Whether a feed may go on with another selection: a sync after the change delivers what is new in it, and
  // removes what is not in it any more, as if the source had changed.
  virtual bool may_become(const circuit::feeds::v1::Feed& before,
                          const circuit::feeds::v1::Feed& after) const {
    return identity(before) == identity(after);
  }
  // Whose patience its requests use up (account, host): the scheduler is fair between these.
  virtual std::string fairness_key(const circuit::feeds::v1::Feed& feed) const = 0;
  virtual std::unique_ptr<Feed> make_feed(const circuit::feeds::v1::Feed& feed) const = 0;
  // Whether its feeds are read through a connection.
  virtual bool needs_connection() const { return false; }
  // Null where there is nothing to connect.
  virtual std::unique_ptr<Account> make_account(const circuit::feeds::v1::Connection&) const {
    return nullptr;
  }
};

} // namespace circuit::sync
