#include "sinks/grpc_stream.h"

#include <grpc/support/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "ingest/runtime/system_loop.h"
#include "sinks/receiver_errors.h"

namespace circuit::sinks {

namespace v1 = circuit::feeds::v1;

namespace {

std::string worker_name(const GrpcOptions& options, Random& random) {
  if (!options.worker.empty()) return options.worker;
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return std::string(host.data()) + "-" + random.id();
}

} // namespace

GrpcStream::GrpcStream(std::string address, std::shared_ptr<grpc::Channel> channel, GrpcOptions options)
    : address_(std::move(address)),
      channel_(std::move(channel)),
      options_(std::move(options)),
      random_(options_.random ? options_.random : std::make_shared<SystemRandom>()),
      worker_(worker_name(options_, *random_)),
      window_(address_, {options_.batch_deadline, {options_.backoff_initial, options_.backoff_max}},
              random_.get()),
      contents_(address_, options_.batch_deadline) {}

SessionNumber GrpcStream::new_session() {
  const std::lock_guard lock(mutex_);
  return next_session_++;
}

void GrpcStream::connect(Outcome outcome) {
  Deferred deferred;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return outcome->set(shut_down(address_));
    if (phase_ == Phase::kReady) return outcome->set({});
    connecting_.push_back(std::move(outcome));
    want_stream(machine_steady_now(), deferred);
  }
  carry_out(std::move(deferred));
}

void GrpcStream::send(std::vector<PartInFlight> parts) {
  Deferred deferred;
  {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = machine_steady_now();
    for (auto& part : parts) {
      if (closed_) {
        part.outcome->set(shut_down(address_));
      } else {
        window_.add(std::move(part), now);
      }
    }
    if (!window_.empty()) want_stream(now, deferred);
    if (!timer_at_) arm_timer(now); // a later deadline than the armed one needs no new alarm
  }
  carry_out(std::move(deferred));
  pump();
}

void GrpcStream::forget(SessionNumber session) {
  Deferred deferred;
  {
    const std::lock_guard lock(mutex_);
    window_.forget(session);
    settle_close(deferred);
  }
  carry_out(std::move(deferred));
}

void GrpcStream::close(Outcome outcome) {
  Deferred deferred;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    closing_.push_back(std::move(outcome));
    settle_close(deferred);
  }
  carry_out(std::move(deferred));
}

void GrpcStream::abandon() {
  Deferred deferred;
  {
    const std::lock_guard lock(mutex_);
    closed_ = abandoned_ = true;
    give_up(shut_down(address_), deferred);
    settle_close(deferred);
    timer_.reset();
  }
  carry_out(std::exchange(deferred, {}));
  holds_.wait_until_none();
}

void GrpcStream::on_response(GrpcCall& call, const v1::DeliverResponse& response) {
  Deferred deferred;
  {
    const std::lock_guard lock(mutex_);
    if (&call != call_.get()) return; // given up on
    const SteadyTime now = machine_steady_now();
    if (response.has_grant()) {
      take_grant(response.grant(), now);
    } else if (response.has_ack()) {
      window_.acknowledge(response.ack(), now);
      contents_.note_progress(now);
      trouble_over();
    } else if (response.has_content_ack() || response.has_content_progress()) {
      if (response.has_content_ack()) contents_.acknowledge(response.content_ack(), now);
      if (response.has_content_progress()) contents_.progress(response.content_progress(), now);
      window_.note_progress(now);
      trouble_over();
    } // what a newer contract adds to the answers is for newer workers
    const bool refused = response.has_ack() && response.ack().has_error();
    if (refused || !timer_at_) arm_timer(now);
    settle_close(deferred);
  }
  carry_out(std::move(deferred));
  pump();
}

void GrpcStream::on_written(GrpcCall& call) {
  Deferred deferred;
  {
    const std::lock_guard lock(mutex_);
    if (&call != call_.get()) return;
    writing_ = false;
    settle_close(deferred);
  }
  carry_out(std::move(deferred));
  pump();
}

void GrpcStream::on_ended(GrpcCall& call, const grpc::Status& status) {
  Deferred deferred;
  {
    const std::lock_guard lock(mutex_);
    if (&call != call_.get()) return;
    const SteadyTime now = machine_steady_now();
    call_.reset();
    last_status_ = status;
    if (is_permanent(status)) {
      give_up(stream_error(address_, status), deferred);
    } else {
      if (is_message_too_large(status)) window_.fail_largest_sent(stream_error(address_, status));
      lose_stream(now, deferred);
    }
    settle_close(deferred);
  }
  carry_out(std::move(deferred));
}

// With the lock held from here on.

void GrpcStream::take_grant(const v1::Grant& grant, SteadyTime now) {
  window_.grant(grant.credit_bytes());
  if (phase_ != Phase::kReady) { // the first of its stream
    ready_since_ = now;
    accepts_content_ = grant.accepts_content();
    if (!accepts_content_) contents_.fail_all(content_unsupported(address_));
  }
  phase_ = Phase::kReady;
  for (auto& outcome : std::exchange(connecting_, {})) outcome->set({});
  if (!has_work()) trouble_over();
}

void GrpcStream::want_stream(SteadyTime now, Deferred& deferred) {
  if (phase_ != Phase::kIdle) return;
  phase_ = Phase::kConnecting;
  if (!trouble_since_) trouble_since_ = now;
  deferred.start_call = true;
  arm_timer(now);
}

void GrpcStream::lose_stream(SteadyTime now, Deferred& deferred) {
  deferred.cancel = std::exchange(call_, nullptr);
  writing_ = false;
  window_.stream_lost();
  contents_.stream_lost();
  if (!has_work()) {
    phase_ = Phase::kIdle;
    trouble_over();
    return;
  }
  // A stream that breaks at once, every time, is as bad as none; one that was up for long has ended the
  // trouble.
  const bool was_up = phase_ == Phase::kReady && now - ready_since_ >= options_.connect_deadline;
  if (!trouble_since_ || was_up) trouble_since_ = now;
  phase_ = Phase::kBackingOff;
  resume_at_ =
      now + backoff_delay({options_.backoff_initial, options_.backoff_max}, attempts_++, random_->uniform());
  arm_timer(now);
}

void GrpcStream::give_up(const Error& error, Deferred& deferred) {
  deferred.cancel = std::exchange(call_, nullptr);
  deferred.start_call = false;
  writing_ = false;
  window_.stream_lost();
  contents_.stream_lost();
  window_.fail_all(error);
  contents_.fail_all(error);
  for (auto& outcome : std::exchange(connecting_, {})) outcome->set(error);
  phase_ = Phase::kIdle;
  trouble_over();
}

void GrpcStream::trouble_over() {
  trouble_since_.reset();
  attempts_ = 0;
}

// Closing: first all that was accepted is settled, then the receiver is told, then it ends the call.
void GrpcStream::settle_close(Deferred& deferred) {
  if (closing_.empty() || !window_.empty() || !contents_.empty()) return;
  if (call_ && phase_ == Phase::kReady) {
    if (writing_ || finish_by_) return;
    finish_by_ = machine_steady_now() + options_.close_deadline;
    deferred.finish = call_;
    arm_timer(machine_steady_now());
    return;
  }
  give_up(shut_down(address_), deferred);
  for (auto& outcome : std::exchange(closing_, {})) outcome->set({});
}

Error GrpcStream::unreachable() const {
  if (last_status_.ok()) {
    return stream_error(address_, grpc::Status(grpc::StatusCode::UNAVAILABLE, "it granted no credit"));
  }
  return stream_error(address_, grpc::Status(grpc::StatusCode::UNAVAILABLE, last_status_.error_message()));
}

std::optional<SteadyTime> GrpcStream::due(SteadyTime now) const {
  std::optional<SteadyTime> earliest = window_.due(now);
  const auto consider = [&earliest](SteadyTime at) { earliest = earliest ? std::min(*earliest, at) : at; };
  if (const auto content = contents_.due()) consider(*content);
  if (phase_ == Phase::kBackingOff) consider(resume_at_);
  if (phase_ != Phase::kReady && trouble_since_) consider(*trouble_since_ + options_.connect_deadline);
  if (finish_by_) consider(*finish_by_);
  return earliest;
}

void GrpcStream::arm_timer(SteadyTime now) {
  const auto at = due(now);
  if (abandoned_ || !at || (timer_at_ && *timer_at_ <= *at)) return;
  timer_at_ = at;
  timer_ = std::make_unique<grpc::Alarm>(); // the one before is cancelled
  const auto wait = gpr_time_from_micros(std::max<int64_t>((*at - now).count(), 0), GPR_TIMESPAN);
  timer_->Set(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), wait),
              [stream = weak_from_this(), hold = holds_.hold(), generation = ++timer_generation_](bool) {
                const auto self = stream.lock();
                if (!self) return;
                {
                  const std::lock_guard lock(self->mutex_);
                  if (generation != self->timer_generation_) return;
                  self->timer_at_.reset();
                }
                self->tick();
              });
}

// Without the lock from here on.

void GrpcStream::tick() {
  Deferred deferred;
  {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = machine_steady_now();
    const bool stuck_batch = window_.expire(now);
    const bool stuck = contents_.expire(now) || stuck_batch;
    if (stuck && phase_ == Phase::kReady) lose_stream(now, deferred);
    if (phase_ != Phase::kReady && trouble_since_ && now >= *trouble_since_ + options_.connect_deadline) {
      give_up(unreachable(), deferred);
    }
    if (phase_ == Phase::kBackingOff && now >= resume_at_) {
      phase_ = Phase::kConnecting;
      deferred.start_call = true;
    }
    if (finish_by_ && now >= *finish_by_) give_up(shut_down(address_), deferred);
    settle_close(deferred);
    arm_timer(now);
  }
  carry_out(std::move(deferred));
  pump();
}

void GrpcStream::carry_out(Deferred deferred) {
  if (deferred.cancel) deferred.cancel->cancel();
  if (deferred.finish) deferred.finish->finish_writing();
  if (deferred.start_call) start_call();
}

void GrpcStream::start_call() {
  const auto call = std::make_shared<GrpcCall>(shared_from_this(), holds_.hold());
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::kConnecting || call_) return; // given up meanwhile, or started by somebody else
    call_ = call;
    writing_ = true; // the Hello
  }
  GrpcCall::start(call, channel_);
  call->write(encode_hello(worker_));
}

} // namespace circuit::sinks
