#include "tests/simulation/receivers.h"

#include <algorithm>
#include <cstdlib>

namespace circuit::simulation {
namespace {

Error gone(const char* reason) {
  return make_error(ErrorClass::kTransient, reason, "The receiver is not there", "Wait.");
}

void apply(Held& held, const v1::Change& change) {
  if (change.kind() == v1::Change::UPSERT) {
    v1::Document& document = held[change.external_id()] = change.document();
    (*document.mutable_metadata())[kEpochOfHeld] = std::to_string(change.epoch());
  }
  if (change.kind() == v1::Change::REMOVE) held.erase(change.external_id());
}

} // namespace

// Deliveries of one session take effect one after another, in the order of the calls.
class Receivers::Session final : public sync::SinkSession {
 public:
  Session(Receivers& all, Clock& clock, const bool& power, std::string feed, std::string uri)
      : all_(all), clock_(clock), power_(power), feed_(std::move(feed)), uri_(std::move(uri)) {
    all_.oracle_.session_began(feed_);
    ++all_.sessions_;
  }
  ~Session() override { --all_.sessions_; }

  Task<Result<sync::DeliverAck>> deliver(std::shared_ptr<const sync::DeliverBatch> batch) override {
    const Outstanding counted(all_, batch->bytes);
    all_.oracle_.sent(feed_, *batch);
    all_.on_event("sent");
    co_await turn_.acquire(1);
    const CreditHold hold(turn_, 1);
    auto takes = Duration(static_cast<Duration::rep>(
        all_.random_.below(static_cast<uint64_t>(all_.faults_.takes_max.count()) + 1)));
    if (all_.random_.chance(all_.faults_.stalls)) takes += std::chrono::seconds(all_.random_.below(3600));
    co_await clock_.sleep_for(takes);
    if (!power_ || broken_) co_return gone("SINK_GONE");
    if (all_.random_.chance(all_.faults_.fails)) co_return broken("SINK_FAILED");
    sync::DeliverAck ack = take(*batch);
    all_.on_event("applied");
    if (all_.random_.chance(all_.faults_.fails_after_applying)) co_return broken("SINK_DISCONNECTED");
    acknowledge(*batch, ack);
    all_.on_event("acknowledged");
    co_return ack;
  }

  bool takes_back() const override { return is_file(); }
  Task<Result<std::string>> prepare() override {
    if (!is_file()) co_return std::string();
    co_await clock_.sleep_for(Duration(100));
    if (!power_) co_return gone("SINK_GONE");
    Held held = all_.oracle_.feed(feed_).held;
    for (const v1::Change& change : aside_) apply(held, change);
    auto& positions = all_.positions_[uri_];
    positions.push_back(std::move(held));
    all_.on_event("prepared");
    co_return std::to_string(positions.size());
  }
  Task<void> committed() override {
    if (is_file() && power_) {
      all_.oracle_.feed(feed_).held = all_.positions_[uri_].back();
      aside_.clear();
    }
    co_return;
  }

 private:
  struct Outstanding {
    Outstanding(Receivers& of, uint64_t count) : all(of), bytes(count) {
      all.outstanding_ += bytes;
      all.outstanding_peak_ = std::max(all.outstanding_peak_, all.outstanding_);
    }
    ~Outstanding() { all.outstanding_ -= bytes; }
    Receivers& all;
    uint64_t bytes;
  };

  bool is_file() const { return uri_.starts_with("file:"); }
  Error broken(const char* reason) {
    broken_ = true;
    return gone(reason);
  }

  sync::DeliverAck take(const sync::DeliverBatch& batch) {
    sync::DeliverAck ack;
    for (size_t i = 0; i < batch.changes.size(); ++i) {
      const v1::Change change = sync::to_change(batch.changes[i]);
      const bool refused = all_.refused_.contains(change.external_id());
      all_.oracle_.note((refused ? "refused " : "arrived ") + feed_ + " " +
                        v1::Change::Kind_Name(change.kind()) + " " + change.external_id() + " " +
                        change.document().version() + " sequence " + std::to_string(change.sequence() >> 32) +
                        "/" + std::to_string(change.sequence() & 0xffffffff));
      all_.oracle_.arrives(change);
      if (refused) {
        ack.rejections.push_back(
            {i, make_error(ErrorClass::kInvalid, "NOT_WANTED", "Refused", "Change the document.")});
        continue;
      }
      all_.oracle_.feed(feed_).lost.erase(change.external_id());
      if (is_file()) {
        aside_.push_back(change);
      } else {
        apply(all_.oracle_.feed(feed_).held, change);
      }
    }
    return ack;
  }

  void acknowledge(const sync::DeliverBatch& batch, const sync::DeliverAck& ack) {
    for (size_t i = 0; i < batch.changes.size(); ++i) {
      const bool refused =
          std::any_of(ack.rejections.begin(), ack.rejections.end(),
                      [i](const sync::Rejection& rejection) { return rejection.index == i; });
      const v1::Change change = sync::to_change(batch.changes[i]);
      if (refused) {
        all_.oracle_.refused(change);
      } else {
        all_.oracle_.answered(change);
      }
    }
    all_.oracle_.settled(feed_, batch.changes.size());
  }

  Receivers& all_;
  Clock& clock_;
  const bool& power_;
  std::string feed_, uri_;
  std::vector<v1::Change> aside_; // of a file, since the last commit
  Credit turn_{1};
  bool broken_ = false;
};

class Receivers::Sink final : public sync::Sink {
 public:
  Sink(Receivers& all, std::string uri, Clock& clock, const bool& power)
      : all_(all), uri_(std::move(uri)), clock_(clock), power_(power) {}

  const std::string& uri() const override { return uri_; }
  Task<Result<void>> recover(std::string position) override {
    auto delayed = co_await open_delay();
    if (!delayed) co_return std::move(delayed).error();
    position_ = std::move(position);
    recovered_ = true;
    co_return Result<void>();
  }
  Task<Result<std::unique_ptr<sync::SinkSession>>> open(sync::SessionRequest request) override {
    auto delayed = co_await open_delay();
    if (!delayed) co_return std::move(delayed).error();
    if (recovered_ && uri_.starts_with("file:")) all_.go_back(uri_, request.feed, position_);
    recovered_ = false;
    std::unique_ptr<sync::SinkSession> session =
        std::make_unique<Session>(all_, clock_, power_, request.feed, uri_);
    co_return session;
  }
  Task<void> close() override { co_return; }

 private:
  Task<Result<void>> open_delay() {
    const auto most = static_cast<uint64_t>(all_.faults_.open_takes_max.count());
    co_await clock_.sleep_for(Duration(static_cast<Duration::rep>(all_.random_.below(most + 1))));
    all_.on_event("opening");
    if (!power_) co_return gone("SINK_GONE");
    if (all_.random_.chance(all_.faults_.open_fails)) co_return gone("SINK_UNREACHABLE");
    co_return Result<void>();
  }
  Receivers& all_;
  std::string uri_;
  Clock& clock_;
  const bool& power_;
  std::string position_;
  bool recovered_ = false;
};

// What was written and not committed is cut off. A file serves one feed here.
void Receivers::go_back(const std::string& uri, const std::string& feed, const std::string& position) {
  const auto count = static_cast<size_t>(std::atoll(position.c_str()));
  auto& positions = positions_[uri];
  positions.resize(count);
  oracle_.feed(feed).held = count == 0 ? Held() : positions.back();
}

Receivers::Receivers(Oracle& oracle, const Scenario& scenario)
    : oracle_(oracle), random_(random_for(scenario.seed, 5)), faults_(scenario.sink) {}

Result<std::unique_ptr<sync::Sink>> Receivers::make(const std::string& uri, Clock& clock, const bool& power) {
  if (!uri.starts_with("stream:") && !uri.starts_with("file:")) {
    return make_error(ErrorClass::kInvalid, "SINK_UNKNOWN", "There is no such sink", "Use stream: or file:.");
  }
  std::unique_ptr<sync::Sink> sink = std::make_unique<Sink>(*this, uri, clock, power);
  return sink;
}

} // namespace circuit::simulation
