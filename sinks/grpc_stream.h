#pragma once
// The one stream of a gRPC sink: connects when there is something to do, sends what the window allows,
// connects again with backoff when it breaks, and gives up after the connect deadline.
//
//   idle ──work──► connecting ──Grant──► ready ──end──► backing off ──► connecting
//     ▲                │ no work, permanent error, or deadline │             │
//     └────────────────┴───────────────────────────────────────┴─────────────┘
//
// Sessions of any loop call; gRPC's threads call back; all state is behind one lock, which is never held
// while gRPC is called. Outcomes are set from any of these threads, which posts to the waiter's loop.
//
// Errors: those of stream_error() and of the window; TRANSIENT SINK_UNREACHABLE with the last thing heard;
// CANCELLED SINK_SHUT_DOWN after close().

#include <grpcpp/alarm.h>
#include <grpcpp/channel.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sinks/completion.h"
#include "sinks/content_window.h"
#include "sinks/delivery_window.h"
#include "sinks/grpc_call.h"
#include "sinks/grpc_holds.h"
#include "sinks/grpc_options.h"

namespace circuit::sinks {

class GrpcStream final : public GrpcCall::Listener, public std::enable_shared_from_this<GrpcStream> {
 public:
  using Outcome = std::shared_ptr<Completion<Result<void>>>;

  GrpcStream(std::string address, std::shared_ptr<grpc::Channel> channel, GrpcOptions options);

  // Set when the receiver has granted credit.
  void connect(Outcome outcome);
  // The parts of one batch.
  void send(std::vector<PartInFlight> parts);
  void forget(SessionNumber session);
  // Originals, a piece at a time (content_window.h). Whether the receiver takes them, once connected.
  Result<void> accepts_content();
  ContentNumber begin_content(std::string feed);
  void give_content(ContentNumber content, ContentPiece piece, ContentOutcome outcome);
  void end_content(ContentNumber content);
  // Set when everything accepted is settled and the stream has ended.
  void close(Outcome outcome);
  // Drops the stream and everything on it, and waits until gRPC has let go. Not from a gRPC thread.
  void abandon();

  SessionNumber new_session();

  void on_response(GrpcCall& call, const circuit::feeds::v1::DeliverResponse& response) override;
  void on_written(GrpcCall& call) override;
  void on_ended(GrpcCall& call, const grpc::Status& status) override;

 private:
  enum class Phase { kIdle, kConnecting, kReady, kBackingOff };
  // What to do once the lock is released.
  struct Deferred {
    std::shared_ptr<GrpcCall> cancel;
    std::shared_ptr<GrpcCall> finish;
    bool start_call = false;
  };
  // What is to be written.
  struct Message {
    std::optional<DeliveryWindow::ToSend> part;
    std::optional<ContentWindow::ToSend> content;
  };

  bool has_work() const { return !window_.empty() || contents_.has_next() || !connecting_.empty(); }
  void take_grant(const circuit::feeds::v1::Grant& grant, SteadyTime now);
  Message take_next(SteadyTime now);
  void want_stream(SteadyTime now, Deferred& deferred);
  void lose_stream(SteadyTime now, Deferred& deferred);
  void give_up(const Error& error, Deferred& deferred);
  void settle_close(Deferred& deferred);
  void trouble_over();
  Error unreachable() const;
  std::optional<SteadyTime> due(SteadyTime now) const;
  void arm_timer(SteadyTime now);

  // Without the lock:
  void carry_out(Deferred deferred);
  void start_call();
  void pump();
  void tick();

  const std::string address_;
  const std::shared_ptr<grpc::Channel> channel_;
  const GrpcOptions options_;
  const std::shared_ptr<Random> random_;
  const std::string worker_;

  GrpcHolds holds_; // calls and timers
  std::mutex mutex_;
  Phase phase_ = Phase::kIdle;
  DeliveryWindow window_;
  ContentWindow contents_;
  bool content_turn_ = false;       // whether an original goes next, where a batch could too
  bool accepts_content_ = false;    // the receiver of the stream that was ready last
  std::vector<Outcome> connecting_; // who waits for the first grant
  std::vector<Outcome> closing_;
  bool closed_ = false;
  bool abandoned_ = false;
  std::shared_ptr<GrpcCall> call_;
  bool writing_ = false;                    // on call_
  int attempts_ = 0;                        // since the last progress
  SteadyTime ready_since_{};                // while ready
  SteadyTime resume_at_{};                  // while backing off
  std::optional<SteadyTime> trouble_since_; // since when there was no progress for want of a stream
  std::optional<SteadyTime> finish_by_;     // the receiver's time to end its side
  grpc::Status last_status_;
  SessionNumber next_session_ = 1;

  std::unique_ptr<grpc::Alarm> timer_;
  std::optional<SteadyTime> timer_at_;
  uint64_t timer_generation_ = 0;
};

} // namespace circuit::sinks
