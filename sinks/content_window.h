#pragma once
// The originals that a gRPC sink is sending: which piece goes next, what of them the receiver has not
// consumed, and what becomes of them when the stream breaks. The counterpart of DeliveryWindow, with which it
// shares the credit: all decisions and no I/O, so that tests can drive it by hand.
//
// Rules:
// - A content has one piece at a time here; contents take turns.
// - A content that fits into one piece is sent again when the stream is lost before its acknowledgement,
// under a new id.
//   A larger one has gone by: it fails, TRANSIENT CONTENT_INTERRUPTED.
// - Whoever ends a content that is not acknowledged makes the receiver forget it.
// - What is sent and not consumed for longer than the deadline fails, and the stream with it.
//
// Not thread-safe; the stream locks. Outcomes are set from within: that only posts to the waiter's loop.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "circuit/feeds/v1/sink.pb.h"
#include "ingest/runtime/clock.h"
#include "ingest/runtime/result.h"
#include "sinks/completion.h"

namespace circuit::sinks {

using ContentNumber = uint64_t; // ours; the id on the wire is given with the first piece
using ContentOutcome = std::shared_ptr<Completion<Result<void>>>;

struct ContentPiece {
  std::string data;
  std::optional<circuit::feeds::v1::RawContent> finished; // of the last one
};

class ContentWindow {
 public:
  struct ToSend {
    int64_t content_id;
    std::string feed;
    int64_t offset;
    std::shared_ptr<const ContentPiece> piece; // null: aborted
  };

  ContentWindow(std::string address, Duration deadline) : address_(std::move(address)), deadline_(deadline) {}

  ContentNumber begin(std::string feed);
  // The next piece. `outcome` is set when there is room for another, or after the last one when the content
  // is durable at the receiver; or when it has failed. One at a time.
  void give(ContentNumber number, ContentPiece piece, ContentOutcome outcome, SteadyTime now);
  // Nobody waits for it any more.
  void end(ContentNumber number);

  // A receiver is to be told that a content is aborted: first of all, and for no credit.
  std::optional<ToSend> take_abort();
  bool has_next() const { return !ready_.empty(); }
  // The next piece if `room` has place for it, taken as sent.
  std::optional<ToSend> take_next(uint64_t room, SteadyTime now);

  void progress(const circuit::feeds::v1::ContentProgress& progress, SteadyTime now);
  void acknowledge(const circuit::feeds::v1::ContentAck& ack, SteadyTime now);
  void note_progress(SteadyTime now) { last_progress_ = now; } // of what shares the credit
  void stream_lost();

  // Fails what has waited too long. True if some of it was sent: the stream is then stuck.
  bool expire(SteadyTime now);
  void fail_all(const Error& error);
  std::optional<SteadyTime> due() const;

  bool empty() const { return contents_.empty(); }
  uint64_t outstanding_bytes() const { return outstanding_bytes_; } // sent, and not consumed

 private:
  struct Content {
    std::string feed;
    int64_t id = 0; // on this stream; 0: nothing of it was sent
    int64_t sent = 0, consumed = 0;
    std::shared_ptr<const ContentPiece> piece; // to be sent, or the last one, until it is acknowledged
    ContentOutcome outcome;                    // of that piece
    bool is_sent = false;                      // that piece
    SteadyTime moved{};                        // when something of it did last
    std::optional<Error> failure;
    bool is_durable = false;
  };
  using Entry = std::map<ContentNumber, Content>::iterator;

  Entry find(int64_t content_id);
  void forget_sent(Content& content);
  void fail(ContentNumber number, Content& content, const Error& error);
  bool waits(const Content& content) const { return content.piece || content.sent > content.consumed; }
  SteadyTime deadline(const Content& content) const;

  const std::string address_;
  const Duration deadline_;
  std::map<ContentNumber, Content> contents_;
  std::deque<ContentNumber> ready_; // those with a piece to send, in turn
  std::unordered_map<int64_t, ContentNumber> by_id_;
  std::deque<ToSend> aborted_;
  uint64_t outstanding_bytes_ = 0;
  ContentNumber next_number_ = 1;
  int64_t next_id_ = 1;
  SteadyTime last_progress_{};
};

} // namespace circuit::sinks
