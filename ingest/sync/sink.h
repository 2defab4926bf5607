#pragma once
// The Sink seam: where changes go.
//
// A sink serves many feeds; each run of a feed opens a session. A session's calls come one after another from
// one loop, except that deliver() may be called again before an earlier deliver() has returned, up to the
// caller's window: batches then take effect in the order of the calls.
//
// The engine's side: deliver, deliver, ..., prepare, (commit to the store), committed, deliver, ...

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "circuit/feeds/v1/document.pb.h"
#include "ingest/runtime/result.h"
#include "ingest/runtime/task.h"

namespace circuit::sync {

// A change on its way: its v1::Change in wire form (serialized once, away from the loop), and what is read of
// it on the way.
struct OutgoingChange {
  circuit::feeds::v1::Change::Kind kind = circuit::feeds::v1::Change::KIND_UNSPECIFIED;
  std::string external_id;
  std::string wire;
};

OutgoingChange to_outgoing(const circuit::feeds::v1::Change& change);
// The change itself, for sinks that write something else than its wire form. Throws std::logic_error if the
// bytes are none, which nobody makes.
circuit::feeds::v1::Change to_change(const OutgoingChange& change);

// Changes of one feed, in order. Shared because the engine keeps it until the acknowledgement.
struct DeliverBatch {
  std::vector<OutgoingChange> changes;
  uint64_t bytes = 0; // about what they take on the wire, and what was taken of the byte credit
};

struct Rejection {
  size_t index; // into DeliverBatch::changes
  Error error;  // class INVALID
};

struct DeliverAck {
  std::vector<Rejection> rejections;
};

// The bytes of an original, read as the sink takes them.
class ContentSource {
 public:
  virtual ~ContentSource() = default;
  // The next piece, at most some hundred KiB; empty at the end. Its errors end the delivery of this content.
  virtual Task<Result<std::string>> read() = 0;
};

class SinkSession {
 public:
  virtual ~SinkSession() = default; // gives up what was delivered and not committed, as far as the sink can

  // Whether what was delivered and not committed is gone when the session is, or its process. Where it may
  // stay, the engine takes down what it is about to deliver, to be able to correct it.
  virtual bool takes_back() const { return false; }

  // Returns when every change but the rejected ones is durable at the sink, or will be when prepare()
  // returns. TRANSIENT errors were retried by the session within its own bounds already; any error fails the
  // sync.
  virtual Task<Result<DeliverAck>> deliver(std::shared_ptr<const DeliverBatch> batch) = 0;

  // Stores an original under its SHA-256 and returns when it is durable, which it stays whether or not a
  // document names it later. One at a time in a session; deliver() may be under way. The source is read once,
  // from its start to its end, and lives as long as the call. Errors:
  //   the source's       as they are; nothing is kept
  //   INVALID            CONTENT_REFUSED: the sink will never take this one; CONTENT_UNSUPPORTED (the
  //   default):
  //                      it takes none, said before anything is read
  //   TRANSIENT          CONTENT_INTERRUPTED: the way to the sink broke in the middle, where the source
  //   cannot
  //                      be read again. Whoever has a new one may try again at once
  //   all others         fail the sync
  virtual Task<Result<circuit::feeds::v1::RawContent>> deliver_content(ContentSource& source);

  // What to store in the same commit as the cursor (SinkRecord.position), for sinks whose own storage must
  // agree with the checkpoint; empty: nothing. Then the commit's outcome.
  virtual Task<Result<std::string>> prepare() = 0;
  virtual Task<void> committed() = 0;
};

struct SessionRequest {
  std::string feed; // "feeds/{id}"
  int64_t epoch = 0;
};

// A sink's storage of which nothing is left.
struct GoneStorage {
  Error problem;        // as recover() says it
  std::string position; // of the storage that may begin in its place
};

class Sink {
 public:
  virtual ~Sink() = default;
  virtual const std::string& uri() const = 0; // as configured; the key of its SinkRecord
  // Called once before the first session, with SinkRecord.position as last committed, or empty.
  // INVALID, PERMISSION or EXHAUSTED: it cannot be used as configured. TRANSIENT: not reachable now.
  virtual Task<Result<void>> recover(std::string position) = 0;
  // Where nothing is left of what `position` covers, as when a file was removed or emptied. nullopt (the
  // default): something is left, or the sink cannot know. Looks and touches nothing, at any time.
  virtual Task<std::optional<GoneStorage>> find_gone(std::string position);
  // CORRUPT: what it has open is not its storage any more; recover another one.
  virtual Task<Result<std::unique_ptr<SinkSession>>> open(SessionRequest request) = 0;
  // Waits until everything accepted is settled, and lets go of files and connections.
  virtual Task<void> close() = 0;
};

} // namespace circuit::sync
